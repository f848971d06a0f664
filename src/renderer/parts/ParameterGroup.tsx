import { Box, Button } from '@mui/material'
import type { Parameter } from '../../contract/template.ts'
import { groupTitles, isChanged, type ParameterTexts } from '../logic/parameters.ts'
import { Panel } from './Panel.tsx'
import { ParameterField } from './ParameterField.tsx'

interface ParameterGroupProps {
  group: Parameter['group']
  parameters: readonly Parameter[]
  texts: ParameterTexts
  problems: Readonly<Record<string, string>>
  onText: (name: string, text: string) => void
  onReset: (names: readonly string[]) => void
}

/** The parameters of one group of a protocol. Shows nothing when the group is empty. */
export function ParameterGroup({ group, parameters, texts, problems, onText, onReset }: ParameterGroupProps) {
  const members = parameters.filter((parameter) => parameter.group === group)
  const changed = members.filter((parameter) => isChanged(parameter, texts)).map((parameter) => parameter.name)
  if (members.length === 0) return null
  return (
    <Panel
      title={groupTitles[group]}
      aside={
        changed.length > 0 && (
          <Button size="small" onClick={() => onReset(changed)}>
            Reset {changed.length} changed
          </Button>
        )
      }
    >
      <Box
        sx={{
          display: 'grid',
          columnGap: 2,
          rowGap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
        }}
      >
        {members.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            texts={texts}
            problem={problems[parameter.name]}
            onText={onText}
            onReset={onReset}
          />
        ))}
      </Box>
    </Panel>
  )
}
