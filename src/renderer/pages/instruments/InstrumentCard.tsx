import { Box, Button, Link, Paper, Typography } from '@mui/material'
import { useState } from 'react'
import type { InstrumentState } from '../../../contract/api.ts'
import type { Profile } from '../../../contract/instrument.ts'
import { runName } from '../../../contract/runName.ts'
import { formatDateTime, formatDay, formatDuration, noValue } from '../../logic/format.ts'
import { calibrationState } from '../../logic/instruments.ts'
import { holderOf, sayReconnect } from '../../logic/manual.ts'
import { readingName, scaledReading } from '../../logic/readings.ts'
import { hrefOf } from '../../logic/route.ts'
import type { Tone } from '../../logic/words.ts'
import { ToneChip } from '../../parts/chips.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { Figure, Figures } from '../../parts/Figure.tsx'
import { Fold } from '../../parts/Fold.tsx'
import { HealthChip } from '../../parts/HealthChip.tsx'
import { useAction, useUtcNow, type Action } from '../../state/hooks.ts'
import { applyIdleReadings } from '../../state/stationState.ts'
import { useMirror, useStation } from '../../state/station.ts'
import { CalibrationPanel } from './CalibrationPanel.tsx'
import { LinkPanel } from './LinkPanel.tsx'
import { ManualPanel } from './ManualPanel.tsx'

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

const placeText = ({ station, slot }: { station: string; slot: string }): string =>
  slot === '' ? station : `${station}, ${slot}`

/** Who has it: a person, or the run that it belongs to now. */
function HolderText({ instrument: { lockedBy, hand } }: { instrument: InstrumentState }) {
  const holder = holderOf(lockedBy)
  const runId = holder.kind === 'run' ? holder.runId : null
  const run = useMirror((state) => state.runs.find((one) => one.id === runId))
  if (holder.kind === 'nobody') return hand?.mayBeOn === true ? `nobody; ${hand.who} left it on` : 'nobody'
  if (holder.kind === 'person')
    return `${holder.name}, by hand${(hand?.leftUtcMs ?? null) === null ? '' : '; that window is gone'}`
  if (!run) return lockedBy
  return <Link href={hrefOf({ page: 'run', runId: run.id })}>the run of {runName(run)}</Link>
}

function Facts({ instrument }: { instrument: InstrumentState }) {
  const { identity, lastGoodUtcMs, config } = instrument
  const rows = [
    ['Driver', instrument.driverTitle],
    ...(config.group === undefined ? [] : [['Place', placeText(config.group)] as const]),
    ['Link', <code key="link">{config.link}</code>],
    [
      'Identity',
      identity === null
        ? 'not asked yet'
        : `${identity.maker} ${identity.model}, serial number ${identity.serialNumber ?? noValue}, firmware ${identity.firmware ?? noValue}`,
    ],
    ['Last good answer', lastGoodUtcMs === null ? 'none since the start' : formatDateTime(lastGoodUtcMs)],
    ['Calibration', <Calibration key="calibration" instrument={instrument} />],
    ['Used by', <HolderText key="holder" instrument={instrument} />],
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

/** The last values, and how old they are; grey where they are no longer those of now. */
function LiveValues({ instrument }: { instrument: InstrumentState }) {
  const nowUtcMs = useUtcNow()
  const { readings = [], lastGoodUtcMs, health, reconnect } = instrument
  const again = sayReconnect(reconnect, nowUtcMs)
  const stale = health !== 'connected'
  return (
    <Box sx={{ mt: 1.25 }}>
      {again !== null && (
        <Typography variant="body2" role="status" sx={{ color: 'error.main', fontWeight: 600 }}>
          {again}
        </Typography>
      )}
      {readings.length > 0 && lastGoodUtcMs !== null && (
        <>
          <Typography
            variant="caption"
            component="div"
            sx={{ color: stale ? 'warning.main' : 'text.secondary', mb: 0.5 }}
          >
            {stale && 'STALE: '}
            {formatDuration(nowUtcMs - lastGoodUtcMs)} ago
          </Typography>
          <Figures minWidth={104} align="end">
            {readings.map((reading) => (
              <Figure
                key={reading.channel}
                label={readingName(reading)}
                {...scaledReading(reading.value, reading.unit)}
                stale={stale}
                {...(reading.value === null && { note: reading.reason ?? 'no value, no reason given' })}
              />
            ))}
          </Figures>
        </>
      )}
    </Box>
  )
}

interface ActionsProps {
  instrument: InstrumentState
  action: Action
  onEdit: () => void
}

function Actions({ instrument, action, onEdit }: ActionsProps) {
  const station = useStation()
  const [sure, setSure] = useState(false)
  const { id, name } = instrument.config
  const disabled = action.busy || instrument.lockedBy !== null
  const identify = (): Promise<boolean> =>
    action.run(async () => void (await station.call((client) => client.instruments.identify({ id }))))
  const read = (): Promise<boolean> =>
    action.run(async () => {
      const readings = await station.call((client) => client.instruments.read({ id }))
      // The station tells of values that it reads by itself; those asked for come with the answer.
      station.store.setState((state) => applyIdleReadings(state, { id, readings, utcMs: Date.now() }))
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

const settingsText = (profile: Profile | undefined): string =>
  profile === undefined || profile.settings.length === 0
    ? 'safe stop'
    : profile.settings.map(({ title }) => title).join(', ')

interface InstrumentCardProps {
  instrument: InstrumentState
  /** What its driver can do; undefined until that is known. */
  profile: Profile | undefined
  onEdit: () => void
}

/** One instrument of the station: what it is, how it does, what can be done with it. */
export function InstrumentCard({ instrument, profile, onEdit }: InstrumentCardProps) {
  const action = useAction()
  return (
    <Paper component="article" aria-label={instrument.config.name} variant="outlined" sx={{ p: 1.75, minWidth: 0 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center', mb: 1 }}>
        <Typography component="h2" sx={{ fontWeight: 650, fontSize: '1rem', flexGrow: 1 }}>
          {instrument.config.name}
        </Typography>
        <HealthChip instrument={instrument} />
      </Box>
      <Facts instrument={instrument} />
      <LiveValues instrument={instrument} />
      <ErrorNotice
        error={action.error ?? instrument.problem}
        {...(action.error !== null && { onClose: action.dismiss })}
      />
      <Actions instrument={instrument} action={action} onEdit={onEdit} />
      <Box sx={{ display: 'grid', gap: 1, mt: 1.5 }}>
        <Fold title="Control by hand" summary={settingsText(profile)}>
          <ManualPanel instrument={instrument} profile={profile} />
        </Fold>
        <Fold title="Wire and bytes" summary={instrument.config.link}>
          <LinkPanel instrument={instrument} />
        </Fold>
        <Fold title="Calibration register" summary="certificates and checks">
          <CalibrationPanel instrument={instrument} />
        </Fold>
      </Box>
    </Paper>
  )
}
