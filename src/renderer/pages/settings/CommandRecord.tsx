import { Typography } from '@mui/material'
import { useState } from 'react'
import { Choice } from '../../parts/Choice.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { SaveForm } from '../../parts/SaveForm.tsx'
import { useFetched } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

const levels = {
  off: {
    label: 'Nothing',
    meaning: 'What a test commands isn’t in the audit trail; its readings and its log are kept as ever.',
  },
  commands: { label: 'Commands', meaning: 'Whatever changes something at an instrument, each with its answer.' },
  all: {
    label: 'Commands and questions',
    meaning:
      'Also every single reading: good for finding a fault, but in a test of weeks the database grows by millions of entries.',
  },
} as const
type Level = keyof typeof levels
const options = Object.entries(levels).map(([value, { label }]) => ({ value, label }))

function LevelForm({ start }: { start: Level }) {
  const station = useStation()
  const [level, setLevel] = useState(start)
  const save = async (who: string): Promise<void> => {
    await station.call((client) => client.instruments.auditLevel.set({ level, who }))
  }
  return (
    <SaveForm label="Record of instrument commands" signed save={save}>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        What the audit trail keeps of the commands that tests give. What people do by hand is always in it.
      </Typography>
      <Choice
        label="Of the instruments of a test"
        value={level}
        options={options}
        helperText={levels[level].meaning}
        onChoose={(chosen) => setLevel(chosen as Level)}
      />
    </SaveForm>
  )
}

/** How much of the commands to instruments goes into the audit trail. */
export function CommandRecord() {
  const fetched = useFetched({ key: 'audit level', fetch: (client) => client.instruments.auditLevel.get() })
  return (
    <FetchedView fetched={fetched} what="the level">
      {({ level }) => <LevelForm start={level} />}
    </FetchedView>
  )
}
