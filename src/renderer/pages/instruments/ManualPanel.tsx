import { Alert, Box, Button, Checkbox, FormControlLabel, TextField, Typography } from '@mui/material'
import { useState, type FormEvent } from 'react'
import type { InstrumentState } from '../../../contract/api.ts'
import type { Profile, SafeStateProof, Setting } from '../../../contract/instrument.ts'
import { holderOf, offText, rangeOf, readSetting, saySetting } from '../../logic/manual.ts'
import { Choice } from '../../parts/Choice.tsx'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { WhoField } from '../../parts/WhoField.tsx'
import { useDraft } from '../../state/draft.ts'
import { useAction } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'
import { windowName } from '../../state/windowName.ts'

interface SettingRowProps {
  id: string
  who: string
  setting: Setting
}

const switchOptions = [
  { value: 'true', label: 'On' },
  { value: 'false', label: 'Off' },
]

function SettingInput({ setting, text, onText }: { setting: Setting; text: string; onText: (text: string) => void }) {
  const off = setting.canBeOff ? `, or “${offText}”` : ''
  if (setting.type !== 'number') {
    const options =
      setting.type === 'boolean' ? switchOptions : (setting.choices ?? []).map((value) => ({ value, label: value }))
    return (
      <Choice
        label={setting.title}
        value={text}
        options={[{ value: '', label: 'Choose …' }, ...options]}
        onChoose={onText}
      />
    )
  }
  return (
    <TextField
      label={`${setting.title}${setting.unit === '' ? '' : ` / ${setting.unit}`}`}
      value={text}
      helperText={`${rangeOf(setting)}${off}`}
      onChange={(event) => onText(event.target.value)}
      slotProps={{ htmlInput: { autoComplete: 'off', inputMode: setting.canBeOff ? 'text' : 'decimal' } }}
    />
  )
}

/** One thing that can be set; what the instrument itself says it has now stands beside it. */
function SettingRow({ id, who, setting }: SettingRowProps) {
  const station = useStation()
  const [text, setText] = useState('')
  const [said, setSaid] = useState('')
  const action = useAction()
  const read = text.trim() === '' ? null : readSetting(setting, text)
  const problem = read !== null && 'problem' in read ? read.problem : null
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (read === null || 'problem' in read) return
    setSaid('')
    const { name, unit } = setting
    await action.run(async () => {
      const result = await station.call((client) => client.instruments.set({ id, who, name, value: read.value }))
      setSaid(`Asked for ${saySetting(result.asked, unit)}; it says ${saySetting(result.actual, unit)}.`)
    })
  }
  return (
    <Box component="form" onSubmit={(event) => void send(event)}>
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) max-content', gap: 1, alignItems: 'start' }}>
        <SettingInput setting={setting} text={text} onText={setText} />
        <Button
          type="submit"
          variant="outlined"
          color={setting.energises ? 'warning' : 'primary'}
          disabled={read === null || problem !== null || action.busy}
          aria-label={`Set ${setting.title}`}
          sx={{ height: 38 }}
        >
          Set
        </Button>
      </Box>
      <Typography
        variant="body2"
        role="status"
        sx={{ color: problem === null ? 'success.main' : 'error.main', fontWeight: 600 }}
      >
        {problem ?? said}
      </Typography>
      <ErrorNotice error={action.error} onClose={action.dismiss} />
    </Box>
  )
}

/** Red until it was read back. */
function Proof({ proof }: { proof: SafeStateProof }) {
  return (
    <Alert severity={proof.safe ? 'success' : 'error'} variant="outlined" role="alert" sx={{ mt: 1 }}>
      <Typography sx={{ fontWeight: 650 }}>
        {proof.safe ? 'Safe: read back as off.' : 'NOT CONFIRMED as off. Switch it off by hand and check with a meter.'}
      </Typography>
      {proof.detail !== null && <Typography variant="body2">{proof.detail}</Typography>}
      <Box component="ul" sx={{ m: 0, pl: 2.5, fontFamily: 'monospace', fontSize: '0.75rem' }}>
        {proof.evidence.map((line, i) => (
          <li key={i}>
            {line.command} → {line.readBack ?? 'no answer'}
          </li>
        ))}
      </Box>
    </Alert>
  )
}

function useManual(instrument: InstrumentState, who: string) {
  const station = useStation()
  const action = useAction()
  const [proof, setProof] = useState<SafeStateProof | null>(null)
  const { id } = instrument.config
  const lock = (): Promise<boolean> => {
    setProof(null)
    return action.run(
      async () => void (await station.call((client) => client.instruments.lock({ id, who, window: windowName }))),
    )
  }
  const takeOver = (): Promise<boolean> =>
    action.run(
      async () => void (await station.call((client) => client.instruments.takeOver({ id, who, window: windowName }))),
    )
  const unlock = (leaveOn: boolean): Promise<boolean> =>
    action.run(async () => setProof(await station.call((client) => client.instruments.unlock({ id, who, leaveOn }))))
  const safeStop = (): Promise<boolean> =>
    action.run(async () => setProof(await station.call((client) => client.instruments.safeStop({ id, who }))))
  return { action, proof, lock, takeOver, unlock, safeStop }
}

interface ManualPanelProps {
  instrument: InstrumentState
  profile: Profile | undefined
}

/** Control by hand: the same limits, lock and record as in a run. */
export function ManualPanel({ instrument, profile }: ManualPanelProps) {
  const who = useDraft((draft) => draft.operator.trim())
  const [leaveOn, setLeaveOn] = useState(false)
  const { action, proof, lock, takeOver, unlock, safeStop } = useManual(
    instrument,
    who === '' ? 'somebody at a window' : who,
  )
  const holder = holderOf(instrument.lockedBy)
  const mine = holder.kind === 'person' && holder.name === who
  // Whoever had it is gone, or is here again in another window.
  const isLeft = holder.kind === 'person' && (instrument.hand?.leftUtcMs ?? null) !== null
  const settings = profile?.settings ?? []
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      {holder.kind !== 'run' && !mine && (
        <WhoField
          helperText={`Every command goes into the audit trail with it.${holder.kind === 'person' ? ` ${holder.name} has it now.` : ''}`}
        />
      )}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
        {holder.kind === 'nobody' && (
          <Button variant="outlined" disabled={who === '' || action.busy} onClick={() => void lock()}>
            Take it in hand
          </Button>
        )}
        {isLeft && (
          <Button variant="outlined" disabled={who === '' || action.busy} onClick={() => void takeOver()}>
            Take over
          </Button>
        )}
        {mine && (
          <Button variant="outlined" disabled={action.busy} onClick={() => void unlock(leaveOn)}>
            {leaveOn ? 'Give it back, left on' : 'Give it back, switched off'}
          </Button>
        )}
        <Button variant="contained" color="error" onClick={() => void safeStop()}>
          Safe stop
        </Button>
        {mine && profile?.energises === true && (
          <FormControlLabel
            label="leave it on"
            control={<Checkbox size="small" checked={leaveOn} onChange={(_event, on) => setLeaveOn(on)} />}
          />
        )}
      </Box>
      {holder.kind === 'person' && !mine && (
        <Typography variant="body2">
          {holder.name} {isLeft ? 'had it in hand; that window is gone.' : 'has it in hand.'}
        </Typography>
      )}
      {holder.kind === 'run' && (
        <Typography variant="body2">A run has it: only the safe stop works from here.</Typography>
      )}
      {proof !== null && <Proof proof={proof} />}
      <ErrorNotice error={action.error} onClose={action.dismiss} />
      {mine &&
        settings.map((setting) => (
          <SettingRow key={setting.name} id={instrument.config.id} who={who} setting={setting} />
        ))}
      {mine && settings.length === 0 && <Typography variant="body2">This instrument has nothing to set.</Typography>}
    </Box>
  )
}
