import { Box, Button, Link, Paper, Typography } from '@mui/material'
import { useState } from 'react'
import type { InstrumentState } from '../../../contract/api.ts'
import type { Reading } from '../../../contract/instrument.ts'
import { formatClock, formatDateTime, formatDay, formatNumber, noValue } from '../../logic/format.ts'
import { calibrationState } from '../../logic/instruments.ts'
import { decimalsOfUnit, readingName } from '../../logic/readings.ts'
import { hrefOf } from '../../logic/route.ts'
import type { Tone } from '../../logic/words.ts'
import { ToneChip } from '../../parts/chips.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { HealthChip } from '../../parts/HealthChip.tsx'
import { useAction, type Action } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

const calibrationWords = {
  none: { tone: 'caution', label: 'none entered' },
  inDate: { tone: 'good', label: 'in date' },
  dueSoon: { tone: 'caution', label: 'due soon' },
  overdue: { tone: 'bad', label: 'overdue' },
} as const satisfies Record<string, { tone: Tone; label: string }>

function Calibration({ instrument }: { instrument: InstrumentState }) {
  const { calibration } = instrument.config
  const [today] = useState(() => formatDay(Date.now()))
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
      {calibration !== null && `${calibration.certificate} (${calibration.by}), due ${calibration.dueDate}`}
      <ToneChip {...calibrationWords[calibrationState(calibration?.dueDate ?? null, today)]} />
    </Box>
  )
}

function Facts({ instrument }: { instrument: InstrumentState }) {
  const { identity, lastGoodUtcMs, lockedBy, config } = instrument
  const rows = [
    ['Driver', instrument.driverTitle],
    ['Link', <code key="link">{config.link}</code>],
    [
      'Identity',
      identity === null
        ? 'not asked yet'
        : `${identity.maker} ${identity.model}, serial number ${identity.serialNumber ?? noValue}, firmware ${identity.firmware ?? noValue}`,
    ],
    ['Last good answer', lastGoodUtcMs === null ? 'none since the start' : formatDateTime(lastGoodUtcMs)],
    ['Calibration', <Calibration key="calibration" instrument={instrument} />],
    [
      'Used by',
      lockedBy === null ? (
        'nobody'
      ) : (
        <Link key="run" href={hrefOf({ page: 'run', runId: lockedBy })}>
          a run that is going on
        </Link>
      ),
    ],
  ] as const
  return (
    <Box
      component="dl"
      sx={{
        ...{ m: 0, display: 'grid', columnGap: 2, rowGap: 0.5, fontSize: '0.8125rem', alignItems: 'center' },
        gridTemplateColumns: 'max-content minmax(0, 1fr)',
      }}
    >
      {rows.map(([label, value]) => (
        <Box key={label} sx={{ display: 'contents' }}>
          <Box component="dt" sx={{ color: 'text.secondary' }}>
            {label}
          </Box>
          <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {value}
          </Box>
        </Box>
      ))}
    </Box>
  )
}

interface Answer {
  readings: readonly Reading[]
  atMs: number
}

function Answered({ answer }: { answer: Answer }) {
  return (
    <Box role="status" sx={{ mt: 1.5 }}>
      <Typography variant="caption" sx={{ color: 'text.secondary' }}>
        Read once at {formatClock(answer.atMs)}
      </Typography>
      <Figures>
        {answer.readings.map((reading) => (
          <Figure
            key={reading.channel}
            label={readingName(reading)}
            text={formatNumber(reading.value, decimalsOfUnit(reading.unit))}
            unit={reading.unit}
            {...(reading.value === null && { note: reading.reason ?? 'no value, no reason given' })}
          />
        ))}
      </Figures>
    </Box>
  )
}

interface ActionsProps {
  instrument: InstrumentState
  action: Action
  onAnswer: (answer: Answer) => void
  onEdit: () => void
}

function Actions({ instrument, action, onAnswer, onEdit }: ActionsProps) {
  const station = useStation()
  const [sure, setSure] = useState(false)
  const { id, name } = instrument.config
  const disabled = action.busy || instrument.lockedBy !== null
  const identify = (): Promise<boolean> =>
    action.run(async () => void (await station.call((client) => client.instruments.identify({ id }))))
  const read = (): Promise<boolean> =>
    action.run(async () => {
      const readings = await station.call((client) => client.instruments.read({ id }))
      onAnswer({ readings, atMs: Date.now() })
    })
  const remove = (): Promise<boolean> =>
    action.run(async () => void (await station.call((client) => client.instruments.remove({ id }))))
  const buttons = [
    { text: 'Identify', act: () => void identify() },
    { text: 'Read values', act: () => void read() },
    { text: 'Edit', act: onEdit },
    sure
      ? { text: 'Remove, I am sure', act: () => void remove().finally(() => setSure(false)) }
      : { text: 'Remove', act: () => setSure(true) },
  ]
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 1.5 }}>
      {buttons.map(({ text, act }) => (
        <Button
          key={text}
          size="small"
          variant="outlined"
          color={text.startsWith('Remove,') ? 'error' : 'primary'}
          aria-label={`${text}: ${name}`}
          disabled={disabled}
          onClick={act}
        >
          {text}
        </Button>
      ))}
    </Box>
  )
}

/** One instrument of the station: what it is, how it does, what can be done with it. */
export function InstrumentCard({ instrument, onEdit }: { instrument: InstrumentState; onEdit: () => void }) {
  const action = useAction()
  const [answer, setAnswer] = useState<Answer | null>(null)
  return (
    <Paper component="article" aria-label={instrument.config.name} variant="outlined" sx={{ p: 1.75, minWidth: 0 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center', mb: 1 }}>
        <Typography component="h2" sx={{ fontWeight: 650, fontSize: '1rem', flexGrow: 1 }}>
          {instrument.config.name}
        </Typography>
        <HealthChip instrument={instrument} />
      </Box>
      <Facts instrument={instrument} />
      {answer !== null && <Answered answer={answer} />}
      <ErrorNotice
        error={action.error ?? instrument.problem}
        {...(action.error !== null && { onClose: action.dismiss })}
      />
      <Actions instrument={instrument} action={action} onAnswer={setAnswer} onEdit={onEdit} />
    </Paper>
  )
}
