import { Box, Button, Typography } from '@mui/material'
import { useState } from 'react'
import type { InstrumentState } from '../../../contract/api.ts'
import { formatBytes, formatClock } from '../../logic/format.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { useAction, useFetched, useNow } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

const askAgainMs = 2000
const mostShown = 200

function Stats({ id, round }: { id: string; round: number }) {
  const fetched = useFetched({
    key: `stats ${id}`,
    version: String(round),
    fetch: (client) => client.instruments.stats({ id }),
  })
  return (
    <FetchedView fetched={fetched} what="the statistics of the link">
      {(stats) => (
        <Figures minWidth={96}>
          <Figure label="Questions" text={String(stats.queries)} unit="" />
          <Figure label="Without an answer" text={String(stats.timeouts)} unit="" />
          <Figure label="Sent" text={formatBytes(stats.sentBytes)} unit="" />
          <Figure label="Received" text={formatBytes(stats.receivedBytes)} unit="" />
          <Figure label="Discarded" text={formatBytes(stats.discardedBytes)} unit="" />
          <Figure label="Opened, lost" text={`${stats.opens}, ${stats.losses}`} unit="" />
        </Figures>
      )}
    </FetchedView>
  )
}

interface PiecesProps {
  name: string
  pieces: readonly { utcMs: number; direction: 'sent' | 'received'; hex: string; text: string }[]
}

/** Newest first, as they are and as text. */
function Pieces({ name, pieces }: PiecesProps) {
  if (pieces.length === 0) return null
  return (
    <Box
      component="ol"
      reversed
      tabIndex={0}
      aria-label={`Bytes of ${name}, newest first`}
      sx={{
        listStyle: 'none',
        m: 0,
        mt: 1,
        p: 1,
        maxHeight: 260,
        overflow: 'auto',
        border: 1,
        borderColor: 'divider',
        fontFamily: 'monospace',
        fontSize: '0.72rem',
      }}
    >
      {pieces
        .slice(-mostShown)
        .toReversed()
        .map((piece, i) => (
          <Box
            component="li"
            key={i}
            sx={{ display: 'grid', gridTemplateColumns: '62px 16px minmax(0, 1fr)', columnGap: 1 }}
          >
            <span>{formatClock(piece.utcMs)}</span>
            <span title={piece.direction}>{piece.direction === 'sent' ? '→' : '←'}</span>
            <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
              {piece.text}{' '}
              <Box component="span" sx={{ color: 'text.secondary' }}>
                [{piece.hex}]
              </Box>
            </Box>
          </Box>
        ))}
    </Box>
  )
}

/** The bytes on the wire, newest first, as they are and as text. */
function Trace({ id, name, round }: { id: string; name: string; round: number }) {
  const station = useStation()
  const action = useAction()
  const [count, setCount] = useState(0)
  const fetched = useFetched({
    key: `trace ${id}`,
    version: `${round}|${count}`,
    fetch: (client) => client.instruments.trace.get({ id }),
  })
  const change = (isOn: boolean): Promise<boolean> =>
    action.run(async () => {
      await station.call((client) =>
        isOn ? client.instruments.trace.stop({ id }) : client.instruments.trace.start({ id }),
      )
      setCount((before) => before + 1)
    })
  return (
    <FetchedView fetched={fetched} what="the bytes">
      {({ isOn, link, dropped, pieces }) => (
        <Box>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
            <Button size="small" variant="outlined" disabled={action.busy} onClick={() => void change(isOn)}>
              {isOn ? 'Stop recording bytes' : 'Record the bytes'}
            </Button>
            <Typography variant="caption" sx={{ color: 'text.secondary' }}>
              {link ?? 'no wire yet'}
              {dropped > 0 && `, ${dropped} older pieces made room`}
            </Typography>
          </Box>
          <ErrorNotice error={action.error} />
          <Pieces name={name} pieces={pieces} />
        </Box>
      )}
    </FetchedView>
  )
}

/** How the link does, and what goes over it. */
export function LinkPanel({ instrument }: { instrument: InstrumentState }) {
  const { id, name } = instrument.config
  const round = Math.floor(useNow(askAgainMs) / askAgainMs)
  return (
    <Box sx={{ display: 'grid', gap: 2 }}>
      <Stats id={id} round={round} />
      <Trace id={id} name={name} round={round} />
    </Box>
  )
}
