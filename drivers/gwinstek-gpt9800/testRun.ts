import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Clock } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { InsulationResult, Reading } from '../../src/contract/instrument.ts'
import { resultOf, type InsulationPlan } from '../scpi/insulationPlan.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import type { StrictClient } from '../scpi/strictClient.ts'
import {
  command,
  dcEdits,
  decodeMeasurement,
  form,
  irEdits,
  modeEdits,
  query,
  valueOf,
  type Edit,
  type Measurement,
} from './commands.ts'
import { profile } from './profile.ts'

export interface Tester {
  client: StrictClient
  name: string
  clock: Clock
  /** Commands have no answer. */
  write(line: string): Promise<void>
}

const limit = (name: string): number => profileLimit(profile, name)

const refused = ({ name }: Tester, request: string, detail: string): StationError =>
  new StationError('device.refused', { instrument: name, request, detail })

export async function ask({ client, name }: Tester): Promise<Measurement> {
  const reply = await client.ask(query.measured, form.measured)
  const measurement = decodeMeasurement(reply)
  if (measurement) return measurement
  const detail = 'its fields are none of a measurement'
  throw new StationError('device.badReply', { instrument: name, request: query.measured, reply, detail })
}

/** Without a test behind it there is a voltage that was edited, and nothing measured. */
export function readingsOf({ mode, judgement, voltageV, resistanceOhm, leakageA }: Measurement): Reading[] {
  const none = judgement === 'VIEW' ? 'no test has been run with these values' : null
  const value = (channel: { channel: string; unit: string }, own: number | null, reason: string): Reading =>
    own === null || none !== null ? { ...channel, value: null, reason: none ?? reason } : { ...channel, value: own }
  const [beyond, other] = ['beyond the range', `the mode is ${mode}`]
  return [
    value({ channel: 'resistance', unit: 'Ω' }, resistanceOhm, mode === 'IR' ? beyond : other),
    value({ channel: 'leakage', unit: 'A' }, mode === 'DCW' ? leakageA : null, mode === 'DCW' ? beyond : other),
    value({ channel: 'voltage', unit: 'V' }, voltageV, ''),
  ]
}

/** Writes one edit and reads it back. Throws device.clamped where the tester has another value. */
async function edit(tester: Tester, { header, text, value, quantity, resolution }: Edit): Promise<void> {
  await tester.write(`${header} ${text}`)
  const reply = await tester.client.ask(`${header}?`, form.value)
  const actual = valueOf(reply)
  const isTaken =
    value === null ? reply.toUpperCase() === text : actual !== null && Math.abs(actual - value) <= resolution
  if (isTaken) return
  throw new StationError('device.clamped', { instrument: tester.name, quantity, asked: text, actual: reply })
}

/** How often a running test is asked, and how much longer than planned it may take. */
const pollMs = 500
const patienceMs = 5000

/**
 * One test from the edits to the result. Leaves the tester as it is when something fails: whoever calls it switches off.
 * @param onReadings gets each measurement on the way
 */
export async function runTest(
  tester: Tester,
  of: { plan: InsulationPlan; model: string; signal: Cancellation },
  onReadings: (readings: Reading[]) => void,
): Promise<InsulationResult> {
  const { plan, model, signal } = of
  const mode = plan.mode === 'IR' ? 'IR' : 'DCW'
  if ((await tester.client.ask(query.testing, form.testing)) !== 'TEST OFF')
    throw refused(tester, command.start, 'a test is running already')
  await tester.write(command.reportsOff)
  for (const each of [...modeEdits(limit('manualStep'), mode), ...(mode === 'IR' ? irEdits(plan) : dcEdits(plan))])
    await edit(tester, each)
  const last = await watch(tester, { plan, signal }, onReadings)
  const { voltageV, resistanceOhm, leakageA } = last
  if (last.mode !== mode) throw refused(tester, command.start, `it measured in the mode ${last.mode}`)
  return resultOf(
    plan,
    { voltageV, resistanceOhm, leakageA, isBreakdown: last.judgement === 'FAIL' },
    { mostOhm: limit(model.startsWith('GPT-99') ? 'irMostOhm99' : 'irMostOhm98'), leastA: limit('leastA') },
  )
}

/** Starts it and follows it to its judgement. */
async function watch(
  tester: Tester,
  { plan, signal }: { plan: InsulationPlan; signal: Cancellation },
  onReadings: (readings: Reading[]) => void,
): Promise<Measurement> {
  const { client, clock, name } = tester
  const startMs = clock.monotonicMs()
  const timeoutMs = plan.durationMs + patienceMs
  const before = JSON.stringify(await ask(tester))
  await tester.write(command.start)
  let hasRun = false
  for (;;) {
    await clock.sleep(hasRun ? pollMs : pollMs / 2, signal)
    const measurement = await ask(tester)
    const isTesting = (await client.ask(query.testing, form.testing)) === 'TEST ON'
    hasRun ||= isTesting
    onReadings([...readingsOf(measurement), { channel: 'testing', unit: '1', value: isTesting ? 1 : 0 }])
    if (!isTesting) {
      // It may have ended between the two questions.
      const last = measurement.judgement === 'TEST' ? await ask(tester) : measurement
      // What nobody saw running can only be a breakdown within the first moments, and not what was there before.
      const isNew = hasRun || (last.judgement === 'FAIL' && JSON.stringify(last) !== before)
      if (isNew && (last.judgement === 'PASS' || last.judgement === 'FAIL')) return last
      throw refused(
        tester,
        command.start,
        hasRun ? 'the test ended before its time' : 'no test started: is the interlock open?',
      )
    }
    if (clock.monotonicMs() - startMs > timeoutMs)
      throw new StationError('device.timeout', { instrument: name, request: command.start, timeoutMs })
  }
}
