import { Box, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { StationInfo } from '../../../contract/api.ts'
import { PageHead } from '../../parts/PageHead.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { SaveForm } from '../../parts/SaveForm.tsx'
import { useMirror, useStation } from '../../state/station.ts'
import { CalibrationRules } from './CalibrationRules.tsx'
import { CommandRecord } from './CommandRecord.tsx'
import { StationLog } from './StationLog.tsx'

const fields = [
  { name: 'name', label: 'Laboratory name', lines: 1 },
  { name: 'address', label: 'Laboratory address', lines: 3 },
  { name: 'station', label: 'Station name', lines: 1 },
] as const

function LaboratoryForm({ info }: { info: StationInfo }) {
  const station = useStation()
  const [laboratory, setLaboratory] = useState(info.laboratory)
  const save = async (): Promise<void> => {
    const next = await station.call((client) => client.station.saveLaboratory(laboratory))
    station.store.setState({ info: next })
  }
  return (
    <SaveForm label="Laboratory" save={save}>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        Printed at the head of every report that is made from now on.
      </Typography>
      {fields.map(({ name, label, lines }) => (
        <TextField
          key={name}
          label={label}
          value={laboratory[name]}
          multiline={lines > 1}
          minRows={lines}
          onChange={(event) => setLaboratory({ ...laboratory, [name]: event.target.value })}
        />
      ))}
    </SaveForm>
  )
}

/** What this station is called, and the rules that hold for everybody. */
export function SettingsPage() {
  const info = useMirror((state) => state.info)
  if (info === null) return null
  return (
    <>
      <PageHead title="Station" subtitle={`PVTP Station ${info.softwareVersion}`} />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Panel title="Laboratory">
          <LaboratoryForm info={info} />
        </Panel>
        <Panel title="Instruments out of calibration">
          <CalibrationRules />
        </Panel>
        <Panel title="Record of instrument commands">
          <CommandRecord />
        </Panel>
        <StationLog />
        <Panel title="About stopping">
          <Typography variant="body2" sx={{ maxWidth: '72ch' }}>
            The Stop button at the top of every page commands the outputs of all running tests off and reads them back.
            It is a software stop: it doesn’t replace the emergency stop, which has to cut the energy in hardware.
          </Typography>
        </Panel>
      </Box>
    </>
  )
}
