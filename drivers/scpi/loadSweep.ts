import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Clock } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { Profile, SweepPoints, SweepRequest } from '../../src/contract/instrument.ts'
import { formatNumber } from './client.ts'
import { commandOf, type LoadLimits } from './loadDialect.ts'
import type { LoadSession } from './loadSession.ts'
import { planSweep, type SweepPlan } from './smuLimits.ts'

/** A load that has just been switched on needs this long, however short the settling time. */
const switchOnMs = 50
/** Points are handed over about this often. */
const handOverMs = 250
/** Below this there is nothing to sweep: no light, or no module. */
const darkV = 0.05

export interface LoadSweep {
  session: LoadSession
  plan: SweepPlan
  limits: LoadLimits
  clock: Clock
  signal: Cancellation
  name: string
}

/** The sweep in its order, checked against profile and model before anything is sent. Throws device.limit. */
export function planLoadSweep(
  request: SweepRequest,
  of: { name: string; profile: Profile; limits: LoadLimits },
): SweepPlan {
  const { maxVoltageV, maxCurrentA } = of.limits
  const limits = { maxVoltageV, maxCurrentA, lowRangeMaxV: maxVoltageV, highRangeMaxCurrentA: maxCurrentA }
  return planSweep(request, { name: of.name, profile: of.profile, limits })
}

const limitError = (name: string, quantity: string, values: { asked: number; limit: number }): StationError =>
  new StationError('device.limit', { instrument: name, quantity, ...values })

/** Settings of a load are as coarse as this share of its range. */
export const coarsenessOf = (most: number): number => 0.002 * most

/**
 * Everything that the sweep depends on, whatever was set before; the load is off at the end of it.
 * @returns the least voltage that the load regulates, and how far off a regulated one may be at most
 */
async function setUp(sweep: LoadSweep): Promise<{ leastV: number; toleranceV: number }> {
  const { session, plan, limits, name } = sweep
  const { dialect } = session
  await session.start()
  await session.write('*CLS')
  await session.switchLoad(false)
  if (dialect.short)
    await session.setWord(
      { command: dialect.short.command, word: dialect.short.off, reads: dialect.short.offReads },
      'short-circuit function',
    )
  await session.clearTrips('the set-up of the sweep')
  const rangeV = await chooseRange(session, plan, limits)
  for (const each of dialect.beforeSweep) await session.setWord(each, each.command)
  if (dialect.sense) {
    const { command, remote, local, remoteReads, localReads } = dialect.sense
    const word = plan.fourWire ? remote : local
    await session.setWord({ command, word, reads: plan.fourWire ? remoteReads : localReads }, 'four-wire sense')
  }
  if (dialect.levels['currentLimitA'] !== undefined)
    await session.setLevel('currentLimitA', plan.currentLimitA, coarsenessOf(limits.maxCurrentA))
  const told = dialect.leastVoltage === null ? 0 : await session.askNumber(dialect.leastVoltage)
  const leastV = Math.max(told, limits.leastVoltageV)
  await session.expectNoError('the set-up of the sweep')
  if (leastV > plan.reachV)
    throw limitError(name, 'voltage that the load can still regulate (V)', { asked: plan.reachV, limit: leastV })
  return { leastV, toleranceV: coarsenessOf(rangeV) }
}

/** Takes the narrowest range of the constant-voltage mode that holds the sweep; resolves with its end (V). */
async function chooseRange(session: LoadSession, plan: SweepPlan, limits: LoadLimits): Promise<number> {
  const { dialect } = session
  const { command } = dialect.mode
  for (const word of dialect.sweepModes) {
    await session.setWord({ command, word, reads: dialect.mode.words.cv?.reads ?? /^/ }, 'constant-voltage mode')
    const mostV = dialect.mostVoltage === null ? limits.maxVoltageV : await session.askNumber(dialect.mostVoltage)
    if (mostV >= plan.reachV) return mostV
  }
  throw session.refused(`${command} ${dialect.sweepModes.at(-1)}`, `no range reaches ${plan.reachV} V`)
}

interface Measured {
  voltageV: number
  currentA: number
}

async function measureNow({ session, name }: LoadSweep): Promise<Measured> {
  const { measure } = session.dialect
  const voltageV = await session.measure(measure.voltage)
  const currentA = await session.measure(measure.current)
  if (voltageV !== null && currentA !== null) return { voltageV, currentA }
  throw new StationError('device.overRange', { instrument: name, quantity: voltageV === null ? 'voltage' : 'current' })
}

/** With the input off: what the module gives with nothing connected. */
async function measureOpen(sweep: LoadSweep): Promise<Measured> {
  const { session, limits, name, clock, plan, signal } = sweep
  await clock.sleep(Math.max(plan.settleMs, switchOnMs), signal)
  const open = await measureNow(sweep)
  if (open.voltageV > limits.maxVoltageV)
    throw limitError(name, 'open-circuit voltage of the module (V)', {
      asked: open.voltageV,
      limit: limits.maxVoltageV,
    })
  if (open.voltageV < -darkV) throw session.refused('a sweep', `the module is connected the wrong way round`)
  if (open.voltageV < darkV)
    throw session.refused('a sweep', `the module gives ${open.voltageV} V with the input off: no light, or no module`)
  return open
}

/** Collects points and hands them over now and then. */
function createCollector(clock: Clock, onPoints: (points: SweepPoints) => void) {
  const startMs = clock.monotonicMs()
  let held: SweepPoints = { elapsedMs: [], voltageV: [], currentA: [], limiting: [] }
  let handedMs = startMs
  const flush = (): void => {
    if (held.voltageV.length > 0) onPoints(held)
    held = { elapsedMs: [], voltageV: [], currentA: [], limiting: [] }
    handedMs = clock.monotonicMs()
  }
  const add = ({ voltageV, currentA }: Measured, isLimiting: boolean): void => {
    if (isLimiting) held.limiting.push(held.voltageV.length)
    held.elapsedMs.push(clock.monotonicMs() - startMs)
    held.voltageV.push(voltageV)
    held.currentA.push(currentA)
    if (clock.monotonicMs() - handedMs >= handOverMs) flush()
  }
  return { add, flush }
}

/** Not every load has a current limit in constant voltage, and no limit is believed unseen. */
function expectWithinLimit({ session, plan, limits }: LoadSweep, { currentA }: Measured): void {
  if (currentA > plan.currentLimitA * 1.02 + coarsenessOf(limits.maxCurrentA))
    throw session.refused('a sweep', `${currentA} A flow, more than the limit of ${plan.currentLimitA} A`)
}

const levelsOf = ({ firstV, lastV, points }: SweepPlan): number[] =>
  Array.from({ length: points }, (_each, i) => firstV + ((lastV - firstV) * i) / (points - 1))

/**
 * The sweep by constant voltage, step by step. Voltages are those measured. Set voltages below what the load can regulate
 * are left out: a load can't reach 0 V, and no point is made up. Those above the open-circuit voltage are one measured
 * point, with the input off. Limiting are points whose voltage isn't the one that was set.
 */
export async function runLoadSweep(sweep: LoadSweep, onPoints: (points: SweepPoints) => void): Promise<void> {
  const { session, plan, clock, signal } = sweep
  const { dialect } = session
  const { leastV, toleranceV } = await setUp(sweep)
  const open = await measureOpen(sweep)
  const isForward = plan.firstV < plan.lastV
  const levels = levelsOf(plan).filter((each) => each >= leastV && each < open.voltageV)
  const reachesOpen = plan.reachV >= open.voltageV
  const collector = createCollector(clock, onPoints)
  if (reachesOpen && !isForward) collector.add(open, false)

  const header = dialect.levels['voltageV'] ?? ''
  for (const [i, levelV] of levels.entries()) {
    await session.write(commandOf(dialect, header, formatNumber(levelV)))
    if (i === 0) await session.switchLoad(true)
    await clock.sleep(i === 0 ? Math.max(plan.settleMs, switchOnMs) : plan.settleMs, signal)
    const measured = await measureNow(sweep)
    expectWithinLimit(sweep, measured)
    const isLimiting = Math.abs(measured.voltageV - levelV) > toleranceV + 0.005 * levelV
    if (isLimiting) await session.expectRegulating(`${commandOf(dialect, header, formatNumber(levelV))}`)
    collector.add(measured, isLimiting)
  }
  if (levels.length > 0) await session.expectRegulating('the sweep')
  if (reachesOpen && isForward) {
    await session.switchLoad(false)
    collector.add(await measureOpen(sweep), false)
  }
  await session.expectNoError('the sweep')
  collector.flush()
}
