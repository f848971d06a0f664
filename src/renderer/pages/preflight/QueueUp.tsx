import { Alert, Box, Button, Checkbox, FormControlLabel, Typography } from '@mui/material'
import { useState } from 'react'
import type { StartRequest } from '../../../contract/startRequest.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useDraft } from '../../state/draft.ts'
import { goTo, useAction, useFetched } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

/** What an operator answers for who lets a chamber start with nobody there. */
function Word({ request, given, onGive }: { request: StartRequest; given: boolean; onGive: (given: boolean) => void }) {
  const fetched = useFetched({
    key: JSON.stringify(request),
    fetch: (client) => client.queue.mayStartAlone(request),
  })
  if (fetched.state !== 'here') return null
  const { refused } = fetched.value
  if (refused !== null)
    return (
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        A person has to start it when its turn comes: {refused}.
      </Typography>
    )
  return (
    <>
      <FormControlLabel
        control={<Checkbox checked={given} onChange={(_event, is) => onGive(is)} />}
        label="It may start by itself, with nobody there"
      />
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        {request.operator} answers for it (name as typed): the modules are in the chamber already, and nobody will have
        a hand in it. The station starts it only after a pre-flight without a problem or a new warning, and not if
        another module was tested there or the run before ended otherwise than completed.
      </Typography>
    </>
  )
}

/** Puts the test into the queue of its instruments, or a queued one back into its place there. */
export function useQueueUp(request: StartRequest) {
  const station = useStation()
  const { queuedId, clear } = useDraft()
  const [unattended, setUnattended] = useState(false)
  const action = useAction()
  const leave = (): void => {
    goTo({ page: 'queue' })
    clear()
  }
  const send = (): Promise<boolean> =>
    action.run(async () => {
      const asked = { request, who: request.operator, unattended }
      await station.call((client) =>
        queuedId === null ? client.queue.add(asked) : client.queue.edit({ ...asked, id: queuedId }),
      )
      leave()
    })
  return { request, queuedId, unattended, setUnattended, action, leave, send }
}
type QueueUp = ReturnType<typeof useQueueUp>

/** What waiting means, and the word that only an operator can give. */
export function QueuePanel({ queueUp }: { queueUp: QueueUp }) {
  const { request, queuedId, unattended, setUnattended, leave } = queueUp
  return (
    <Box sx={{ mt: 2 }}>
      <Panel title={queuedId === null ? 'If it has to wait' : 'In the queue'}>
        {queuedId !== null && (
          <Alert
            severity="info"
            variant="outlined"
            sx={{ mb: 1 }}
            action={
              <Button size="small" color="inherit" onClick={leave}>
                Leave it as it was
              </Button>
            }
          >
            This is a queued run that is asked for otherwise. It keeps its place.
          </Alert>
        )}
        <Typography variant="body2" sx={{ mb: 1 }}>
          In the queue a test waits until its instruments are free. Its checks are made again before it starts.
        </Typography>
        <Word request={request} given={unattended} onGive={setUnattended} />
        <ErrorNotice error={queueUp.action.error} />
      </Panel>
    </Box>
  )
}

/** @param fresh the checks on the page belong to this request */
export function QueueButton({ queueUp, fresh }: { queueUp: QueueUp; fresh: boolean }) {
  const { queuedId, action, send } = queueUp
  return (
    <Button variant="outlined" size="large" disabled={!fresh || action.busy} onClick={() => void send()}>
      {queuedId === null ? 'Queue it' : 'Save in the queue'}
    </Button>
  )
}
