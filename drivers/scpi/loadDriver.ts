import type { Cancellation } from '../../src/base/cancellation.ts'
import type {
  DriverContext,
  Instrument,
  IvSource,
  Profile,
  Reading,
  SafeStateProof,
  SetResult,
  SettingValue,
} from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { commandOf, loadModes, queryOf, type KnownLoad, type LoadDialect, type LoadMode } from './loadDialect.ts'
import { createLoadSession, type LoadSession } from './loadSession.ts'
import { coarsenessOf, planLoadSweep, runLoadSweep } from './loadSweep.ts'
import { decodeNumber } from './client.ts'
import { proveOff } from './offProof.ts'
import { carryOut, createSweepGuard, finishSweep, type SafeStep } from './safeState.ts'
import { checkModelLimit, checkSetting } from './settingCheck.ts'

export interface LoadDriver {
  profile: Profile
  /** Sends nothing but identification. Throws device.wrongModel, device.badReply, device.timeout. */
  identify: (options: QueryOptions) => Promise<KnownLoad>
  /** For a safe stop of a load that doesn't say who it is. */
  fallback: LoadDialect
  /**
   * Where the dialect depends on who answers: lines that switch off any of them, sent by a safe stop before it asks who it
   * is. Empty where the fallback is the only dialect.
   */
  blindOff: readonly string[]
}

/** Which limit of the model holds for a setting. */
const modelLimit: Readonly<Record<string, 'maxVoltageV' | 'maxCurrentA' | 'maxPowerW'>> = {
  voltageV: 'maxVoltageV',
  currentA: 'maxCurrentA',
  currentLimitA: 'maxCurrentA',
  powerW: 'maxPowerW',
}

/** An electronic load as an instrument: settings, readings, sweeps by constant voltage, and a safe stop. */
export function createLoad(link: LineLink, context: DriverContext, driver: LoadDriver): Instrument {
  const { name, clock } = context
  const { profile } = driver
  let known: KnownLoad | null = null

  const identify = async (options: QueryOptions): Promise<KnownLoad> => (known = await driver.identify(options))
  const knownLoad = async (signal: Cancellation | undefined): Promise<KnownLoad> => known ?? identify({ signal })
  const sessionOf = (dialect: LoadDialect, options: QueryOptions): LoadSession =>
    createLoadSession(link, { name, dialect, options })

  const set = async (setting: string, value: SettingValue, signal?: Cancellation): Promise<SetResult> => {
    const asked = checkSetting(profile, { name: setting, value }, name)
    const { dialect, limits } = await knownLoad(signal)
    const limit = modelLimit[setting]
    if (limit && typeof value === 'number')
      checkModelLimit(asked, value, { instrument: name, least: 0, most: limits[limit] })
    const session = sessionOf(dialect, { signal, priority: 'control' })
    const most = limit ? limits[limit] : Math.abs(Number(value))
    return { name: setting, asked: value, actual: await apply(session, { setting, value, most }) }
  }

  const switchOff = async (): Promise<SafeStateProof> => {
    const dialect = known?.dialect ?? driver.fallback
    return stop(link, { dialect, most: nothing(known), endsLocal: false })
  }
  const guard = createSweepGuard()
  const sweep: IvSource['sweep'] = (request, onPoints, signal) =>
    guard.run(signal, async (own) => {
      const { dialect, limits } = await knownLoad(own)
      const plan = planLoadSweep(request, { name, profile, limits })
      const session = sessionOf(dialect, { signal: own, priority: 'control' })
      const run = runLoadSweep({ session, plan, limits, clock, signal: own, name }, onPoints)
      await finishSweep(run, { name, switchOff })
    })

  return {
    identify: async (signal) => (await identify({ signal })).identity,
    read: async (signal) => {
      const { dialect } = await knownLoad(signal)
      return readPresent(sessionOf(dialect, { signal }))
    },
    set,
    safeStop: async (onSent) => {
      guard.stop()
      if (!known && driver.blindOff.length > 0) {
        for (const line of driver.blindOff) await link.write(line, stopping).catch(() => undefined)
        await identify(stopping).catch(() => undefined)
      }
      const dialect = known?.dialect ?? driver.fallback
      return stop(link, { dialect, most: nothing(known), endsLocal: true }, onSent)
    },
    ivSource: { sweep },
  }
}

/** What a load still shows with nothing flowing: the error of its meter (A). */
const nothing = (known: KnownLoad | null): number => Math.max(0.05, 0.003 * (known?.limits.maxCurrentA ?? 0))

async function apply(
  session: LoadSession,
  { setting, value, most }: { setting: string; value: SettingValue; most: number },
): Promise<SettingValue> {
  await session.start()
  if (typeof value === 'number') return session.setLevel(setting, value, coarsenessOf(most))
  if (setting === 'mode') return setMode(session, String(value))
  if (value === true) await session.clearTrips('switching the load on')
  await session.switchLoad(value === true)
  return value
}

async function setMode(session: LoadSession, value: string): Promise<LoadMode> {
  const { command, words } = session.dialect.mode
  const mode = loadModes.find((each) => each === value)
  const word = mode && words[mode]
  if (!mode || !word) throw session.refused(`mode ${value}`, 'this load has no such mode')
  await session.setWord({ command, ...word }, 'mode')
  return mode
}

/** Without changing anything: what the load shows. Its current counts as the module's. */
async function readPresent(session: LoadSession): Promise<Reading[]> {
  const { measure } = session.dialect
  await session.start()
  const voltageV = await session.measure(measure.voltage)
  const currentA = await session.measure(measure.current)
  const isOn = await session.isOn()
  const status = await session.protection()
  const reading = (channel: string, unit: string, value: number | null): Reading =>
    value === null ? { channel, value, unit, reason: 'over range' } : { channel, value, unit }
  return [
    reading('voltage', 'V', voltageV),
    reading('current', 'A', currentA),
    reading('load', '1', isOn ? 1 : 0),
    reading('tripped', '1', status === 0 ? 0 : 1),
  ]
}

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 2000 }

/** From any state; every line goes out whatever becomes of the ones before it. */
async function stop(
  link: LineLink,
  how: { dialect: LoadDialect; most: number; endsLocal: boolean },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const { dialect, most, endsLocal } = how
  const { load, short, measure } = dialect
  const writeStep = (command: string): SafeStep => ({
    command,
    run: async () => {
      await link.write(command, stopping)
      return null
    },
  })
  const askStep = (command: string): SafeStep => ({ command, run: () => link.query(command, stopping) })
  const state = queryOf(dialect, load.command)
  const outcomes = await carryOut(
    [
      ...dialect.start.map(writeStep),
      writeStep(commandOf(dialect, load.command, load.off)),
      ...(short ? [writeStep(commandOf(dialect, short.command, short.off))] : []),
      askStep(state),
      askStep(measure.current),
      askStep(state),
      ...(endsLocal ? dialect.end.map(writeStep) : []),
    ],
    onSent,
  )
  const stateProblem = (answer: string): string | null =>
    load.offReads.test(answer.trim()) ? null : `${state} answered ${answer}`
  // A current that can't be told is no sign of one: the load's state decides.
  const currentProblem = (answer: string): string | null => {
    const { value } = decodeNumber(answer)
    return value !== null && Math.abs(value) > most ? `${value} A still flow` : null
  }
  return proveOff(outcomes, [
    { command: state, problemOf: stateProblem },
    { command: measure.current, problemOf: currentProblem },
  ])
}
