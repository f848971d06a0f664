import { Box, Button, Paper, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import { signIn } from '../connection/session.ts'
import { WordedError, type ErrorParts } from '../logic/errors.ts'
import { ErrorNotice } from '../parts/ErrorNotice.tsx'
import { useAction } from '../state/hooks.ts'
import { useStation } from '../state/station.ts'

const refused: ErrorParts = {
  code: 'access.denied',
  happened: 'The station did not accept this access token.',
  did: 'The request was refused; nothing of the station was shown.',
  check: 'Copy the token that the station printed when it was started. A new start makes a new one.',
}

/** Asks for the access token that a station on the network printed at its start. */
export function AccessPage() {
  const station = useStation()
  const [token, setToken] = useState('')
  const action = useAction()
  const submit = async (): Promise<void> => {
    await action.run(async () => {
      if (!(await signIn(token.trim()))) throw new WordedError(refused)
      station.connect()
    })
  }
  return (
    <Box component="main" sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Paper
        variant="outlined"
        component="form"
        sx={{ p: 3, width: '100%', maxWidth: 440 }}
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Typography component="h1" variant="h1">
          PVTP Station
        </Typography>
        <Typography sx={{ mt: 1, mb: 2, color: 'text.secondary' }}>
          This station is reached over the network. Enter the access token that it printed when it was started.
        </Typography>
        <TextField
          label="Access token"
          type="password"
          autoComplete="off"
          value={token}
          onChange={(event) => setToken(event.target.value)}
          slotProps={{ htmlInput: { spellCheck: false } }}
        />
        <ErrorNotice error={action.error} />
        <Button type="submit" variant="contained" sx={{ mt: 2 }} disabled={token.trim() === '' || action.busy}>
          Open the station
        </Button>
      </Paper>
    </Box>
  )
}
