import { Alert, Box, Button, Link } from '@mui/material'
import { useState } from 'react'
import type { InstrumentState } from '../../contract/api.ts'
import { leftByHand, sayLeft } from '../logic/hands.ts'
import { hrefOf } from '../logic/route.ts'
import { ErrorNotice } from '../parts/ErrorNotice.tsx'
import { useDraft } from '../state/draft.ts'
import { useAction } from '../state/hooks.ts'
import { useMirror, useStation } from '../state/station.ts'
import { windowName } from '../state/windowName.ts'

const mostShown = 3

function Left({ instrument }: { instrument: InstrumentState }) {
  const station = useStation()
  const who = useDraft((draft) => draft.operator.trim())
  const [unproved, setUnproved] = useState(false)
  const action = useAction()
  const { id, name } = instrument.config
  const takeOver = (): Promise<boolean> =>
    action.run(async () => {
      await station.call((client) => client.instruments.takeOver({ id, who, window: windowName }))
    })
  const stop = (): Promise<boolean> =>
    action.run(async () => {
      const actor = who === '' ? 'somebody at a window' : who
      const proof = await station.call((client) => client.instruments.safeStop({ id, who: actor }))
      setUnproved(!proof.safe)
    })
  return (
    <Alert
      severity="error"
      variant="standard"
      square
      role="alert"
      sx={{ py: 0.25, borderBottom: 1, borderColor: 'error.main' }}
    >
      {sayLeft(instrument)}
      {unproved && <strong> NOT CONFIRMED as off: switch it off by hand and check with a meter.</strong>}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 0.5, alignItems: 'center' }}>
        <Button
          size="small"
          variant="contained"
          color="error"
          disabled={action.busy}
          onClick={() => void stop()}
          aria-label={`Safe stop: ${name}`}
        >
          Safe stop
        </Button>
        {who === '' ? (
          <Link href={hrefOf({ page: 'instruments' })} color="inherit">
            To take it over, give your name on the Instruments page
          </Link>
        ) : (
          <Button
            size="small"
            variant="outlined"
            color="inherit"
            disabled={action.busy}
            onClick={() => void takeOver()}
            aria-label={`Take over: ${name}`}
          >
            Take over as {who}
          </Button>
        )}
      </Box>
      <ErrorNotice error={action.error} onClose={action.dismiss} />
    </Alert>
  )
}

/** On every page of every window: what somebody switched on by hand, and went away from. */
export function HandBanner() {
  const left = leftByHand(useMirror((state) => state.instruments))
  const more = left.length - mostShown
  return (
    <>
      {left.slice(0, mostShown).map((instrument) => (
        <Left key={instrument.config.id} instrument={instrument} />
      ))}
      {more > 0 && (
        <Alert severity="error" square>
          And {more} more: see the <Link href={hrefOf({ page: 'instruments' })}>instruments</Link>.
        </Alert>
      )}
    </>
  )
}
