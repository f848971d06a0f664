// Keithley 2450/2460/2461 by SCPI over TCP 5025: I-V sweeps by the instrument's own trigger model, points as they come.
// Doesn't decide which module is connected, which terminals (front or rear) are wired, or what the curve means.
// Follows the 2450 (2450-901-01) and 2461 (2461-901-01) Reference Manuals; written against firmware 1.7.
import type { Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type {
  DriverContext,
  DriverModule,
  Identity,
  Instrument,
  IvSource,
  Reading,
  SafeStateProof,
  SweepPoints,
} from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createScpiClient, decodeNumber, formatNumber, type ScpiClient } from '../scpi/client.ts'
import { decodeIdentity } from '../scpi/identity.ts'
import { carryOut, createSweepGuard, finishSweep, judge, type SafeStep } from '../scpi/safeState.ts'
import { firstPointMs, modelLimits, planSweep, pointMs, profileLimit, type SweepPlan } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'

const lineSettings = { sendTerminator: '\n', receiveTerminators: '\n', quietMs: 300, defaultTimeoutMs: 2000 }
const buffer = '"defbuffer1"'
const elements = 'SOUR,READ,REL,SOURSTAT'
/** Points per answer: keeps each below 8 kB. */
const chunk = 100
/** The state of the trigger model is renewed every 100 ms (manual, TRIGger:STATe?): a stale one is no failure yet. */
const staleMs = 1000
/** bufferVar.sourcestatuses: the source was limiting. */
const limitBit = 32
const measureOff = `:READ? ${buffer},SOUR,READ`

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createTouchSmu(link, context),
}

function createTouchSmu(link: LineLink, context: DriverContext): Instrument {
  const { name } = context
  let known: Identity | null = null

  const identify = async (signal?: Cancellation): Promise<Identity> => {
    const identity = decodeIdentity(await link.query('*IDN?', { signal }), {
      name,
      profile,
      maker: 'KEITHLEY INSTRUMENTS',
    })
    const language = await link.query('*LANG?', { signal })
    if (language.trim() !== 'SCPI')
      throw new StationError('device.wrongModel', {
        expected: 'the SCPI command set (*LANG SCPI, then restart)',
        link: name,
        actual: `${identity.model} with the command set ${language.slice(0, 40)}`,
      })
    known = identity
    return identity
  }

  const switchOff = async (failed: boolean): Promise<SafeStateProof> =>
    judge(await carryOut(offSteps(link, failed)), null)

  const guardedSweep: IvSource['sweep'] = async (request, onPoints, signal) => {
    const { model } = known ?? (await identify(signal))
    const limits = modelLimits(profile, model)
    if (!limits) throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: model })
    const plan = planSweep(request, { name, profile, limits })
    const client = createScpiClient(link, name, { signal, priority: 'control' })
    const run = async (): Promise<void> => {
      await setUp(client, plan, name)
      await client.write(':INIT')
      await collect(client, { context, plan, signal }, onPoints)
    }
    await finishSweep(run(), { name, switchOff })
  }
  const guard = createSweepGuard()
  const sweep: IvSource['sweep'] = (request, onPoints, signal) =>
    guard.run(signal, (own) => guardedSweep(request, onPoints, own))

  return {
    identify,
    read: (signal) => readPresent(createScpiClient(link, name, { signal })),
    safeStop: async (onSent) => {
      guard.stop()
      return judge(await carryOut(stopSteps(link), onSent), measureOff)
    },
    ivSource: { sweep },
  }
}

/** Every setting that the sweep depends on, whatever was set before; no *RST, which would close the output relay. */
async function setUp(client: ScpiClient, plan: SweepPlan, name: string): Promise<void> {
  await client.write(':ABOR')
  await client.write('*CLS')
  await client.setWord(':OUTP', 'OFF', { reads: /^0$/, quantity: 'output' })
  await client.setWord(':SOUR:FUNC', 'VOLT', { reads: /^VOLT/, quantity: 'source function' })
  await client.setWord(':OUTP:VOLT:SMOD', 'HIMP', { reads: /^HIMP/, quantity: 'output-off state' })
  await client.setWord(':SENS:FUNC', '"CURR"', { reads: /^"CURR(:DC)?"$/, quantity: 'measure function' })
  const wires = plan.fourWire ? 'ON' : 'OFF'
  await client.setWord(':SENS:CURR:RSEN', wires, {
    reads: plan.fourWire ? /^1$/ : /^0$/,
    quantity: 'four-wire sense',
  })
  await client.setNumber(':SENS:CURR:NPLC', plan.nplc, 'integration time (power-line cycles)')
  await client.write(':SENS:CURR:AVER OFF')
  await client.write(':SENS:CURR:AZER ON')
  await client.write(':SOUR:VOLT:DEL:AUTO OFF')
  await client.setNumber(':SOUR:VOLT:DEL', 0, 'source delay (s)')
  await client.setWord(':SOUR:VOLT:READ:BACK', 'ON', { reads: /^1$/, quantity: 'source read-back' })
  await client.setNumber(':SOUR:VOLT', 0, 'voltage (V)')
  await client.write(`:SOUR:VOLT:RANG ${formatNumber(plan.reachV)}`)
  const rangeV = await client.askNumber(':SOUR:VOLT:RANG?')
  if (rangeV * 1.0501 < plan.reachV)
    throw new StationError('device.clamped', {
      instrument: name,
      quantity: 'voltage range (V)',
      asked: plan.reachV,
      actual: rangeV,
    })
  await client.setNumber(':SOUR:VOLT:ILIM', plan.currentLimitA, 'current limit (A)')
  await client.write(`:SENS:CURR:RANG ${formatNumber(plan.currentLimitA)}`)
  await requireInterlock(client, plan, name)
  await client.write(`:TRAC:POIN ${Math.max(10, plan.points)},${buffer}`)
  await client.write(`:TRAC:CLE ${buffer}`)
  const sweep = [plan.firstV, plan.lastV, plan.points, plan.settleMs / 1000].map(formatNumber).join(',')
  await client.write(`:SOUR:SWE:VOLT:LIN ${sweep},1,FIX,OFF,OFF,${buffer}`)
  // Changing the measure range may change the limit (manual, ILIMit): ask again now that all is set.
  const limitA = await client.askNumber(':SOUR:VOLT:ILIM?')
  if (Math.abs(limitA - plan.currentLimitA) > 1e-3 * plan.currentLimitA)
    throw new StationError('device.clamped', {
      instrument: name,
      quantity: 'current limit (A)',
      asked: plan.currentLimitA,
      actual: limitA,
    })
  await client.expectNoError('the set-up of the sweep')
}

/** Above ±21 V the output needs the interlock (manual, OUTPut:INTerlock:TRIPped?: 1 is closed). */
async function requireInterlock(client: ScpiClient, plan: SweepPlan, name: string): Promise<void> {
  if (plan.reachV <= profileLimit(profile, 'interlockAboveV')) return
  const query = ':OUTP:INT:TRIP?'
  if ((await client.ask(query)).trim() === '1') return
  throw new StationError('device.refused', {
    instrument: name,
    request: `a sweep to ${plan.reachV} V`,
    detail: 'the interlock at the rear is open',
  })
}

/** Waits for the trigger model and hands over each new stretch of the buffer; its deadline follows from the sweep. */
async function collect(
  client: ScpiClient,
  of: { context: DriverContext; plan: SweepPlan; signal: Cancellation },
  onPoints: (points: SweepPoints) => void,
): Promise<void> {
  const { context, plan, signal } = of
  const { clock, name } = context
  const startMs = clock.monotonicMs()
  const timeoutMs = Math.ceil(plan.points * pointMs(plan) + 3000)
  const pollMs = Math.min(250, Math.max(50, 5 * pointMs(plan)))
  let fetched = 0
  let progressMs = startMs
  for (;;) {
    const state = await askTriggerState(client)
    const actual = await askCount(client, plan.points)
    while (fetched < actual) {
      const upTo = Math.min(actual, fetched + chunk)
      onPoints(await fetchPoints(client, plan, { from: fetched + 1, upTo }))
      fetched = upTo
      progressMs = clock.monotonicMs()
    }
    const isRunning = /^(RUNNING|WAITING|BUILDING)$/.test(state)
    if (fetched === plan.points && !isRunning) return
    if (/^(ABORT|FAIL|EMPTY)/.test(state) || (!isRunning && clock.monotonicMs() - progressMs > staleMs)) {
      await client.expectNoError(':INIT')
      throw new StationError('device.refused', {
        instrument: name,
        request: ':INIT',
        detail: `the trigger model is ${state} after ${fetched} of ${plan.points} points`,
      })
    }
    if (clock.monotonicMs() - startMs > timeoutMs)
      throw new StationError('device.timeout', { instrument: name, request: ':INIT', timeoutMs })
    await clock.sleep(pollMs, signal)
  }
}

async function askTriggerState(client: ScpiClient): Promise<string> {
  const query = ':TRIG:STAT?'
  const reply = await client.ask(query)
  const [, state] = /^([A-Z]+);[A-Z]+;\d+$/.exec(reply.trim()) ?? []
  if (state === undefined) throw client.badReply(query, reply, 'not a state of the trigger model')
  return state
}

async function askCount(client: ScpiClient, most: number): Promise<number> {
  const query = `:TRAC:ACT? ${buffer}`
  const reply = await client.ask(query)
  const count = Number(reply.trim())
  if (!/^\d+$/.test(reply.trim()) || count > most)
    throw client.badReply(query, reply, `not a number of readings up to ${most}`)
  return count
}

/**
 * Points `from` to `upTo` of the buffer (1 is the first). The instrument counts current into the module: sign turned.
 * Indices in `limiting` count within this stretch.
 */
async function fetchPoints(
  client: ScpiClient,
  plan: SweepPlan,
  { from, upTo }: { from: number; upTo: number },
): Promise<SweepPoints> {
  const query = `:TRAC:DATA? ${from},${upTo},${buffer},${elements}`
  const values = client.decodeList(query, await client.ask(query), { count: (upTo - from + 1) * 4 })
  const points: SweepPoints = { elapsedMs: [], voltageV: [], currentA: [], limiting: [] }
  for (let i = 0; i < values.length; i += 4) {
    const [voltageV = 0, inwardA = 0, seconds = 0, status = 0] = values.slice(i, i + 4)
    points.voltageV.push(voltageV)
    points.currentA.push(0 - inwardA)
    points.elapsedMs.push(seconds * 1000 + firstPointMs(plan))
    if ((Math.trunc(status) & limitBit) !== 0) points.limiting.push(i / 4)
  }
  return points
}

/** Without changing anything: what the terminals show while the output is on. */
async function readPresent(client: ScpiClient): Promise<Reading[]> {
  const output = (await client.ask(':OUTP?')).trim()
  if (!/^[01]$/.test(output)) throw client.badReply(':OUTP?', output, 'neither 0 nor 1')
  const state: Reading = { channel: 'output', value: Number(output), unit: '1' }
  const missing = (reason: string): Reading[] => [
    { channel: 'voltage', value: null, unit: 'V', reason },
    { channel: 'current', value: null, unit: 'A', reason },
    state,
  ]
  if (output === '0') return missing('the output is off')
  const source = await client.ask(':SOUR:FUNC?')
  const measure = await client.ask(':SENS:FUNC?')
  if (!source.startsWith('VOLT') || !measure.includes('CURR'))
    return missing('the instrument is not sourcing voltage and measuring current')
  const query = measureOff
  const reply = await client.ask(query)
  const [voltageText = '', currentText = '', ...more] = reply.split(',')
  const [voltage, current] = [decodeNumber(voltageText), decodeNumber(currentText)]
  const isForeign = [voltage, current].some((each) => each.value === null && each.why === 'notANumber')
  if (more.length > 0 || isForeign) throw client.badReply(query, reply, 'not a voltage and a current')
  const reading = (channel: string, unit: string, value: number | null): Reading =>
    value === null ? { channel, value, unit, reason: 'over range' } : { channel, value, unit }
  const outwardA = current.value === null ? null : 0 - current.value
  return [reading('voltage', 'V', voltage.value), reading('current', 'A', outwardA), state]
}

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 2000 }

const writeStep = (link: LineLink, command: string): SafeStep => ({
  command,
  run: async () => {
    await link.write(command, stopping)
    return null
  },
})
const askStep = (link: LineLink, command: string, timeoutMs: number): SafeStep => ({
  command,
  run: () => link.query(command, { ...stopping, timeoutMs }),
})

/** After a sweep. The trigger model has switched the output off by itself where nothing failed; asked all the same. */
const offSteps = (link: LineLink, failed: boolean): SafeStep[] => [
  ...(failed ? [writeStep(link, ':ABOR')] : []),
  writeStep(link, ':OUTP OFF'),
  askStep(link, ':OUTP?', 2000),
]

/** From any state. The measurement at the end doesn't switch the output on; it shows what reaches the terminals. */
const stopSteps = (link: LineLink): SafeStep[] => [
  writeStep(link, ':ABOR'),
  writeStep(link, ':SOUR:VOLT 0'),
  writeStep(link, ':OUTP OFF'),
  askStep(link, ':OUTP?', 2000),
  writeStep(link, ':SENS:FUNC "CURR"'),
  writeStep(link, ':SENS:CURR:NPLC 1'),
  askStep(link, measureOff, 3000),
  askStep(link, ':OUTP?', 2000),
]
