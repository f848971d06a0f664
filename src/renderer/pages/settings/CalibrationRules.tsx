import { Typography } from '@mui/material'
import { useState } from 'react'
import type { CalibrationPolicy, CalibrationRule } from '../../../contract/calibration.ts'
import { calibrationCases, ruleMeanings, ruleNames } from '../../logic/calibrationRules.ts'
import { Choice } from '../../parts/Choice.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { SaveForm } from '../../parts/SaveForm.tsx'
import { useFetched } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

const options = Object.entries(ruleNames).map(([value, label]) => ({ value, label }))

function RulesForm({ start }: { start: CalibrationPolicy }) {
  const station = useStation()
  const [policy, setPolicy] = useState(start)
  const save = async (who: string): Promise<void> => {
    await station.call((client) => client.instruments.calibrations.savePolicy({ policy, who }))
  }
  return (
    <SaveForm label="Instruments out of calibration" signed save={save}>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        What the pre-flight does when an instrument of the test is not in order. A reason that an operator gives stands
        in the record of the run and beside the instrument on its report, with the operator’s name.
      </Typography>
      {calibrationCases.map(({ name, label }) => (
        <Choice
          key={name}
          label={label}
          value={policy[name]}
          options={options}
          helperText={ruleMeanings[policy[name]]}
          onChoose={(rule) => setPolicy({ ...policy, [name]: rule as CalibrationRule })}
        />
      ))}
    </SaveForm>
  )
}

/** What happens to a test with an instrument out of calibration. */
export function CalibrationRules() {
  const fetched = useFetched({
    key: 'calibration policy',
    fetch: (client) => client.instruments.calibrations.policy(),
  })
  return (
    <FetchedView fetched={fetched} what="the rules">
      {(policy) => <RulesForm start={policy} />}
    </FetchedView>
  )
}
