import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Clock } from '../../src/base/clock.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { SweepPoints } from '../../src/contract/instrument.ts'
import { formatNumber } from '../scpi/client.ts'
import { firstPointMs, pointMs, type SweepPlan } from '../scpi/smuLimits.ts'
import type { TspClient } from './tspClient.ts'

/** Points per answer: four numbers of 16 characters each. */
const chunk = 50
/** No new reading for this long, beside the time of a point, is a failure. */
const staleMs = 2000
/** Bit of `statuses`: the source was limiting (reference manual, bufferVar.statuses). */
const complianceBit = 64

export interface SweepRun {
  client: TspClient
  /** `smua` or `smub`. */
  smu: string
  plan: SweepPlan
  clock: Clock
  signal: Cancellation
  name: string
}

/** Everything that the sweep depends on, whatever was set before; the output is off meanwhile. */
async function setUp({ client, smu, plan }: SweepRun): Promise<void> {
  const { firstV, lastV, reachV, points, currentLimitA, settleMs, nplc, fourWire } = plan
  await client.begin()
  await client.write(`${smu}.abort()`)
  await client.setNumber(`${smu}.source.output`, 0, 'output')
  await client.setNumber(`${smu}.source.offmode`, 2, 'output-off state')
  await client.setNumber(`${smu}.source.func`, 1, 'source function')
  await client.setNumber(`${smu}.source.levelv`, 0, 'voltage (V)')
  // First small: the largest current excludes the highest voltage range.
  await client.write(`${smu}.source.limiti = 0.01`)
  await client.write(`${smu}.source.rangev = ${formatNumber(reachV)}`)
  await client.setNumber(`${smu}.source.limiti`, currentLimitA, 'current limit (A)')
  await client.write(`${smu}.measure.rangei = ${formatNumber(currentLimitA)}`)
  await client.write(`${smu}.measure.rangev = ${formatNumber(reachV)}`)
  await client.setNumber(`${smu}.sense`, fourWire ? 1 : 0, 'four-wire sense')
  await client.setNumber(`${smu}.measure.nplc`, nplc, 'integration time (power-line cycles)')
  await client.setNumber(`${smu}.measure.autozero`, 2, 'auto zero')
  await client.setNumber(`${smu}.measure.delay`, settleMs / 1000, 'settling time (s)')
  for (const line of [
    `${smu}.source.delay = 0`,
    `${smu}.measure.filter.enable = 0`,
    `${smu}.measure.count = 1`,
    `${smu}.nvbuffer1.clear() ${smu}.nvbuffer2.clear()`,
    `${smu}.nvbuffer1.appendmode = 1 ${smu}.nvbuffer2.appendmode = 1`,
    `${smu}.nvbuffer1.collecttimestamps = 1`,
    `${smu}.trigger.source.linearv(${formatNumber(firstV)}, ${formatNumber(lastV)}, ${points})`,
    `${smu}.trigger.source.limiti = ${formatNumber(currentLimitA)}`,
    `${smu}.trigger.source.action = 1`,
    `${smu}.trigger.measure.iv(${smu}.nvbuffer1, ${smu}.nvbuffer2)`,
    `${smu}.trigger.measure.action = 1`,
    `${smu}.trigger.endpulse.action = 1`,
    `${smu}.trigger.endsweep.action = 0`,
  ])
    await client.write(line)
  await client.setNumber(`${smu}.trigger.count`, points, 'points')
  await client.expectNoError('the set-up of the sweep')
}

/** The sweep by the instrument's own trigger model; each new stretch of its buffers is handed over. */
export async function runSweep(run: SweepRun, onPoints: (points: SweepPoints) => void): Promise<void> {
  const { client, smu } = run
  await setUp(run)
  await client.setNumber(`${smu}.source.output`, 1, 'output')
  await client.write(`${smu}.trigger.initiate()`)
  await collect(run, onPoints)
  await client.expectNoError('the sweep')
}

async function collect(run: SweepRun, onPoints: (points: SweepPoints) => void): Promise<void> {
  const { client, smu, plan, clock, signal, name } = run
  const eachMs = pointMs(plan)
  const pollMs = Math.min(250, Math.max(50, 5 * eachMs))
  const startMs = clock.monotonicMs()
  const timeoutMs = Math.ceil(plan.points * eachMs + 3000)
  const request = `${smu}.trigger.initiate()`
  let fetched = 0
  let startS: number | null = null
  let progressMs = startMs
  for (;;) {
    const count = await client.askNumber(`${smu}.nvbuffer2.n`)
    if (!Number.isInteger(count) || count > plan.points)
      throw client.badReply(`${smu}.nvbuffer2.n`, String(count), `not a number of readings up to ${plan.points}`)
    while (fetched < count) {
      const upTo = Math.min(count, fetched + chunk)
      const { points, firstS } = await fetchPoints(run, { from: fetched + 1, upTo, startS })
      startS ??= firstS
      onPoints(points)
      fetched = upTo
      progressMs = clock.monotonicMs()
    }
    if (fetched === plan.points) return
    if (clock.monotonicMs() - progressMs > staleMs + 2 * eachMs) {
      await client.expectNoError(request)
      throw client.refused(request, `no more readings after ${fetched} of ${plan.points} points`)
    }
    if (clock.monotonicMs() - startMs > timeoutMs)
      throw new StationError('device.timeout', { instrument: name, request, timeoutMs })
    await clock.sleep(pollMs, signal)
  }
}

/** Points `from` to `upTo` of the buffers (1 is the first). The instrument counts current into the module: sign turned. */
async function fetchPoints(
  { client, smu, plan, name }: SweepRun,
  at: { from: number; upTo: number; startS: number | null },
): Promise<{ points: SweepPoints; firstS: number }> {
  const lists = ['nvbuffer2.readings', 'nvbuffer1.readings', 'nvbuffer1.timestamps', 'nvbuffer1.statuses']
  const request = `printbuffer(${at.from}, ${at.upTo}, ${lists.map((each) => `${smu}.${each}`).join(', ')})`
  const reply = await client.query(request)
  const values = client.decode(request, reply, { count: (at.upTo - at.from + 1) * 4, separator: ',' })
  const firstS = at.startS ?? values[2] ?? 0
  const points: SweepPoints = { elapsedMs: [], voltageV: [], currentA: [], limiting: [] }
  for (let i = 0; i < values.length; i += 4) {
    const [voltageV, inwardA, seconds, status] = values.slice(i, i + 4)
    if (typeof voltageV !== 'number' || typeof inwardA !== 'number')
      throw new StationError('device.overRange', {
        instrument: name,
        quantity: `point ${at.from + i / 4} of the sweep`,
      })
    points.voltageV.push(voltageV)
    points.currentA.push(0 - inwardA)
    points.elapsedMs.push(((seconds ?? 0) - firstS) * 1000 + firstPointMs(plan))
    if ((Math.trunc(status ?? 0) & complianceBit) !== 0) points.limiting.push(i / 4)
  }
  return { points, firstS }
}
