import { Box } from '@mui/material'
import type { Parameter } from '../../../contract/template.ts'
import { groups, isChanged, type ParameterTexts } from '../../logic/parameters.ts'
import { Fold } from '../../parts/Fold.tsx'
import { ParameterGroup } from '../../parts/ParameterGroup.tsx'

interface PartParametersProps {
  title: string
  parameters: readonly Parameter[]
  texts: ParameterTexts
  problems: Readonly<Record<string, string>>
  onText: (name: string, text: string) => void
  onReset: (names: readonly string[]) => void
}

/** What came with a protocol that this one contains: closed, as long as nothing in it needs a look. */
export function PartParameters({ title, parameters, texts, problems, onText, onReset }: PartParametersProps) {
  if (parameters.length === 0) return null
  const changed = parameters.filter((parameter) => isChanged(parameter, texts)).length
  const wrong = parameters.filter(({ name }) => problems[name] !== undefined).length
  const count = `${parameters.length} values`
  const summary =
    wrong > 0
      ? `${count}, ${wrong} to correct`
      : changed > 0
        ? `${count}, ${changed} changed`
        : `${count}, all as the protocol has them`
  return (
    <Fold title={title} summary={summary} forced={wrong > 0}>
      <Box sx={{ display: 'grid', gap: 2 }}>
        {groups.map((group) => (
          <ParameterGroup key={group} {...{ group, parameters, texts, problems, onText, onReset }} />
        ))}
      </Box>
    </Fold>
  )
}
