import { Box, Button, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { Run } from '../../../contract/run.ts'
import { formatDateTime } from '../../logic/format.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useDraft } from '../../state/draft.ts'
import { useAction } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

function SignForm({ run }: { run: Run }) {
  const station = useStation()
  const operator = useDraft((draft) => draft.operator)
  const [name, setName] = useState(operator)
  const [meaning, setMeaning] = useState('Reviewed and approved')
  const action = useAction()
  const ready = name.trim() !== '' && meaning.trim() !== ''
  const sign = (): Promise<boolean> =>
    action.run(async () => {
      const signed = await station.call((client) =>
        client.runs.sign({ runId: run.id, name: name.trim(), meaning: meaning.trim() }),
      )
      station.store.setState((state) => ({ runs: state.runs.map((one) => (one.id === signed.id ? signed : one)) }))
    })
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault()
        void sign()
      }}
    >
      <Typography variant="body2" sx={{ mb: 1.5, color: 'text.secondary' }}>
        The report is a draft until it is signed. The name is recorded as typed. The signature is bound to the data by
        their SHA-256.
      </Typography>
      <Box
        sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr auto' }, alignItems: 'start' }}
      >
        <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} />
        <TextField
          label="Meaning of the signature"
          value={meaning}
          onChange={(event) => setMeaning(event.target.value)}
        />
        <Button type="submit" variant="contained" disabled={!ready || action.busy} sx={{ height: 38 }}>
          Sign
        </Button>
      </Box>
      <ErrorNotice error={action.error} />
    </Box>
  )
}

/** Who signed for what; or the form to do so. */
export function SignOff({ run }: { run: Run }) {
  const { signature } = run
  return (
    <Panel title="Sign-off">
      {signature === null ? (
        <SignForm run={run} />
      ) : (
        <>
          <Typography>
            <strong>{signature.name}</strong> – {signature.meaning}, {formatDateTime(signature.utcMs)} (name as typed)
          </Typography>
          <Typography variant="caption" component="div" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
            Data signed, SHA-256: {signature.dataSha256}
          </Typography>
        </>
      )}
    </Panel>
  )
}
