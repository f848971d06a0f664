import { Box, Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material'
import type { Run } from '../../../contract/run.ts'
import { exceptionLines } from '../../logic/calibrationForm.ts'
import { noValue } from '../../logic/format.ts'
import { Panel } from '../../parts/Panel.tsx'
import { useTemplate } from '../../state/hooks.ts'

/** The instruments as they were used, frozen in the run. */
export function InstrumentsUsed({ run }: { run: Run }) {
  const template = useTemplate(run.protocolId)
  const roles = template.state === 'here' ? template.value.roles : []
  const titleOf = (name: string): string => roles.find((need) => need.name === name)?.title ?? name
  if (run.instruments.length === 0) return null
  return (
    <Panel title="Instruments used" flush>
      <TableContainer>
        <Table aria-label="Instruments used">
          <TableHead>
            <TableRow>
              <TableCell>Role</TableCell>
              <TableCell>Instrument</TableCell>
              <TableCell>Identity</TableCell>
              <TableCell>Calibration</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {run.instruments.map((used) => (
              <TableRow key={`${used.roleName} ${used.instrumentId}`}>
                <TableCell>{titleOf(used.roleName)}</TableCell>
                <TableCell>{used.name}</TableCell>
                <TableCell>
                  {used.identity.maker} {used.identity.model}, serial number {used.identity.serialNumber ?? noValue}
                </TableCell>
                <TableCell>
                  {used.calibration === null
                    ? 'none entered'
                    : `${used.calibration.certificate} (${used.calibration.by}), due ${used.calibration.dueDate}`}
                  {exceptionLines(used, run.operator).map((line) => (
                    <Box key={line} sx={{ fontWeight: 600 }}>
                      {line}
                    </Box>
                  ))}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Panel>
  )
}
