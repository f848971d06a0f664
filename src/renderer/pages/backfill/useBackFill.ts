import { useState } from 'react'
import type { BackFill, BackFillRequest, LogProfile } from '../../../contract/backFill.ts'
import type { RunExposure } from '../../../contract/exposure.ts'
import type { Run } from '../../../contract/run.ts'
import { WordedError, type ErrorParts } from '../../logic/errors.ts'
import { formOfLogProfile, guessLog, profileOfLogForm, type LogChannel, type LogForm } from '../../logic/logMapping.ts'
import { chartChannels } from '../../logic/runChart.ts'
import type { ChosenFile } from '../../parts/FileDrop.tsx'
import { useAction, useFetched } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'
import { useRunChannels } from '../../state/useRunView.ts'
import { useWho } from '../../state/useWho.ts'

/** Names are trimmed, so none starts with a space. */
export const byHand = ' hand'

const unreadable: ErrorParts = {
  code: 'file.unreadable',
  happened: 'The browser could not read the chosen file.',
  did: 'Nothing was sent to the station.',
  check: 'Check that the file is still there and that you may read it.',
}

export interface BackFillState {
  instruments: { value: string; label: string }[]
  instrumentId: string
  channels: LogChannel[]
  file: ChosenFile | null
  text: string
  profiles: LogProfile[]
  chosen: string
  form: LogForm | null
  clockAheadS: string
  /** What the station made of the log; null until it was asked, and after each change. */
  made: BackFill | null
  missing: string | null
  busy: boolean
  error: ErrorParts | null
  who: string
}

interface Given {
  run: Run
  onKept: (exposure: RunExposure) => void
}

const textOf = (file: ChosenFile | null, form: LogForm | null): string => {
  if (file === null) return ''
  return form === null || form.encoding === 'utf-8' ? file.text : new TextDecoder(form.encoding).decode(file.content)
}

/** Chambers first: it is their recorder that is mostly asked for. */
const instrumentsOf = (run: Run): BackFillState['instruments'] =>
  [...new Map(run.instruments.map((each) => [each.instrumentId, each])).values()]
    .toSorted((a, b) => Number(b.role === 'Chamber') - Number(a.role === 'Chamber'))
    .map(({ instrumentId, name }) => ({ value: instrumentId, label: name }))

/** The values of an instrument that serve a role in the run. */
function useLogChannels(run: Run, instrumentId: string): LogChannel[] {
  const channels = useRunChannels(run.id, run.status)
  const mine = channels.state === 'here' ? channels.value.filter((each) => each.instrumentId === instrumentId) : []
  return chartChannels(mine)
    .filter(({ isAside }) => !isAside)
    .map(({ channel, unit }) => ({ channel, unit }))
}

const clockPattern = /^-?\d{1,5}(\.\d+)?$/

/** What a person chose and typed; `touched` is called at each change. */
function useLogInput({ run, touched }: { run: Run; touched: () => void }) {
  const instruments = instrumentsOf(run)
  const [instrumentId, setInstrumentId] = useState(instruments[0]?.value ?? '')
  const [file, setFile] = useState<ChosenFile | null>(null)
  const [chosen, setChosen] = useState(byHand)
  const [form, setForm] = useState<LogForm | null>(null)
  const [clockAheadS, setClockAheadS] = useState('0')
  const fetched = useFetched({ key: 'logProfiles', fetch: (client) => client.backFill.profiles.list() })
  const profiles = fetched.state === 'here' ? fetched.value : []
  const changed =
    <T>(set: (value: T) => void) =>
    (value: T): void => {
      set(value)
      touched()
    }
  const takeFile = changed((given: ChosenFile): void => {
    setFile(given)
    if (chosen !== byHand) return
    const guess = guessLog(given.text, { name: given.name, utcOffsetMin: -new Date().getTimezoneOffset() })
    setForm({ ...guess, columns: form?.columns ?? {} })
  })
  const choose = changed((name: string): void => {
    setChosen(name)
    const saved = profiles.find((each) => each.name === name)
    if (saved) setForm(formOfLogProfile(saved))
  })
  return {
    values: { instruments, instrumentId, file, chosen, form, clockAheadS, profiles },
    actions: {
      ...{ takeFile, choose, setInstrumentId: changed(setInstrumentId) },
      ...{ setForm: changed(setForm), setClockAheadS: changed(setClockAheadS) },
    },
  }
}

type Input = ReturnType<typeof useLogInput>['values']

/** What would be sent, or what is missing in words. */
function prepared(
  { file, form, clockAheadS, instrumentId }: Input,
  given: { runId: string; who: string; channels: readonly LogChannel[] },
): { request: BackFillRequest & { profile: LogProfile } } | { missing: string } {
  if (file === null) return { missing: 'choose the file' }
  if (form === null) return { missing: 'say how it is laid out' }
  const made = profileOfLogForm(form, given.channels)
  if ('missing' in made) return made
  if (!clockPattern.test(clockAheadS.trim())) return { missing: 'give the seconds of the clock as a number' }
  const { runId, who } = given
  const about = { runId, instrumentId, who, fileName: file.name, clockAheadS: Number(clockAheadS) }
  return { request: { ...about, text: textOf(file, form), profile: made.profile } }
}

/** Bringing in a log: chosen, compared, and only then kept. */
export function useBackFill({ run, onKept }: Given) {
  const station = useStation()
  const who = useWho(run.operator)
  const action = useAction()
  const [made, setMade] = useState<BackFill | null>(null)
  // Whatever is changed, what the station said before is no longer true.
  const touched = (): void => {
    setMade(null)
    action.dismiss()
  }
  const { values, actions } = useLogInput({ run, touched })
  const channels = useLogChannels(run, values.instrumentId)
  const ready = prepared(values, { runId: run.id, who, channels })
  const withRequest = (work: (request: BackFillRequest & { profile: LogProfile }) => Promise<void>): Promise<boolean> =>
    action.run(async () => ('request' in ready ? work(ready.request) : undefined))
  const compare = (): Promise<boolean> =>
    withRequest(async (request) => setMade(await station.call((client) => client.backFill.preview(request))))
  /** The layout is kept, too: the next log of this chamber looks the same. */
  const keep = (): Promise<boolean> =>
    withRequest(async (request) => {
      const exposure = await station.call((client) => client.backFill.add(request))
      await station.call((client) => client.backFill.profiles.save({ profile: request.profile, who }))
      onKept(exposure)
    })
  const state: BackFillState = {
    ...{ ...values, text: textOf(values.file, values.form), channels, made, who },
    ...{ missing: 'missing' in ready ? ready.missing : null, busy: action.busy, error: action.error },
  }
  const onUnreadable = (): void => void action.run(() => Promise.reject(new WordedError(unreadable)))
  return { state, ...actions, compare, keep, onUnreadable }
}
export type BackFillActions = ReturnType<typeof useBackFill>
