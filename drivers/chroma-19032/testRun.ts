import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Clock } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { InsulationResult, Reading } from '../../src/contract/instrument.ts'
import { formatNumber } from '../scpi/client.ts'
import { resultOf, type InsulationPlan } from '../scpi/insulationPlan.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import type { StrictClient } from '../scpi/strictClient.ts'
import { command, form, judgementOf, measuredOf, query, stepEdits, type Edit, type Mode } from './commands.ts'
import { profile } from './profile.ts'

export interface Tester {
  client: StrictClient
  name: string
  clock: Clock
  /** Whether its meters may be asked for while a test runs. */
  isLive: boolean
  /** Commands have no answer. */
  write(line: string): Promise<void>
}

/** Results of the first step. */
export interface StepResult {
  mode: string
  voltageV: number | null
  /** Ω in IR, A otherwise; null beyond the range or not measured. */
  measured: number | null
  code: number
}

const limit = (name: string): number => profileLimit(profile, name)

const refused = ({ name }: Tester, request: string, detail: string): StationError =>
  new StationError('device.refused', { instrument: name, request, detail })

const firstOf = (reply: string): string => reply.split(',')[0] ?? ''

export const askIsTesting = async ({ client }: Tester): Promise<boolean> =>
  (await client.ask(query.status, form.status)) !== 'STOPPED'

export const askSteps = async ({ client }: Tester): Promise<number> => Number(await client.ask(query.steps, form.count))

export async function askResult({ client }: Tester): Promise<StepResult> {
  const mode = firstOf(await client.ask(query.modes, form.modes))
  const voltageV = measuredOf(firstOf(await client.ask(query.outputs, form.numbers)))
  const measured = measuredOf(firstOf(await client.ask(query.measured, form.numbers)))
  const code = Number(firstOf(await client.ask(query.codes, form.codes)))
  return { mode, voltageV, measured, code }
}

export function readingsOf(of: { mode: string; voltageV: number | null; measured: number | null }): Reading[] {
  const { mode, voltageV, measured } = of
  const value = (channel: { channel: string; unit: string }, own: number | null, reason: string): Reading =>
    own === null ? { ...channel, value: null, reason } : { ...channel, value: own }
  const beyond = 'beyond the range, or not measured'
  const other = `the mode is ${mode}`
  const [resistance, leakage] = [mode === 'IR' ? measured : null, mode === 'DC' ? measured : null]
  return [
    value({ channel: 'resistance', unit: 'Ω' }, resistance, mode === 'IR' ? beyond : other),
    value({ channel: 'leakage', unit: 'A' }, leakage, mode === 'DC' ? beyond : other),
    value({ channel: 'voltage', unit: 'V' }, voltageV, beyond),
  ]
}

export const testing = (isTesting: boolean): Reading => ({ channel: 'testing', unit: '1', value: isTesting ? 1 : 0 })

/** Throws device.clamped where the tester has another value. */
async function edit(tester: Tester, { header, value, quantity }: Edit): Promise<void> {
  await tester.write(`${header} ${formatNumber(value)}`)
  const actual = Number(await tester.client.ask(`${header}?`, form.number))
  if (Math.abs(actual - value) <= 1e-3 * Math.abs(value) + 1e-9) return
  throw new StationError('device.clamped', { instrument: tester.name, quantity, asked: value, actual })
}

/** One step alone: those of an earlier test would run behind it. */
async function setUp(tester: Tester, plan: InsulationPlan): Promise<void> {
  if (await askIsTesting(tester)) throw refused(tester, command.start, 'a test is running already')
  await tester.write(command.reportsOff)
  const steps = Math.min(await askSteps(tester), limit('mostSteps'))
  for (let step = steps; step >= 1; step--) await tester.write(command.deleteStep(step))
  for (const each of stepEdits(plan.mode, plan)) await edit(tester, each)
  if ((await askSteps(tester)) !== 1) throw refused(tester, command.deleteStep(2), 'steps of an earlier test remain')
}

/** How often a running test is asked, and how much longer than planned it may take. */
const pollMs = 500
const patienceMs = 5000
/** The time from the command to the start is the tester's own. */
const earlyMs = 500

/**
 * One test from the edits to the result. Leaves the tester as it is when something fails: whoever calls it switches off.
 * @param onReadings gets what the tester tells on the way, and the result
 */
export async function runTest(
  tester: Tester,
  of: { plan: InsulationPlan; signal: Cancellation },
  onReadings: (readings: Reading[]) => void,
): Promise<InsulationResult> {
  const { plan } = of
  await setUp(tester, plan)
  const elapsedMs = await follow(tester, of, onReadings)
  const result = await askResult(tester)
  onReadings([...readingsOf(result), testing(false)])
  if (result.mode !== plan.mode) throw refused(tester, command.start, `it measured in the mode ${result.mode}`)
  const judgement = judgementOf(result.code, plan.mode)
  const isEarly = elapsedMs < plan.durationMs - earlyMs
  if (judgement === 'cannotTest') throw refused(tester, command.start, 'it can not test: is the interlock open?')
  if (judgement === 'stopped' || judgement === 'testing' || (judgement === 'pass' && isEarly))
    throw refused(tester, command.start, `the test ended before its time (code ${result.code})`)
  if (judgement === 'unknown') throw refused(tester, command.start, `its judgement is the unknown code ${result.code}`)
  const isResistance = plan.mode === 'IR'
  return resultOf(
    plan,
    {
      voltageV: result.voltageV,
      resistanceOhm: isResistance ? result.measured : null,
      leakageA: isResistance ? null : result.measured,
      isBreakdown: judgement === 'breakdown',
    },
    { mostOhm: limit('irMostOhm'), leastA: limit('leastA') },
  )
}

/** Starts it and waits for its end; how long it took. */
async function follow(
  tester: Tester,
  { plan, signal }: { plan: InsulationPlan; signal: Cancellation },
  onReadings: (readings: Reading[]) => void,
): Promise<number> {
  const { client, clock, name, isLive } = tester
  const startMs = clock.monotonicMs()
  const timeoutMs = plan.durationMs + patienceMs
  await tester.write(command.start)
  for (;;) {
    await clock.sleep(pollMs, signal)
    const isTesting = await askIsTesting(tester)
    const elapsedMs = clock.monotonicMs() - startMs
    if (!isTesting) return elapsedMs
    if (elapsedMs > timeoutMs)
      throw new StationError('device.timeout', { instrument: name, request: command.start, timeoutMs })
    if (!isLive) continue
    const [output = '', measured = ''] = (await client.ask(query.present, form.numbers)).split(',')
    const mode: Mode = plan.mode
    onReadings([...readingsOf({ mode, voltageV: measuredOf(output), measured: measuredOf(measured) }), testing(true)])
  }
}
