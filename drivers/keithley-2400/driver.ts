// Keithley 2400/2410/2420/2425/2430/2440 by SCPI over RS-232: I-V sweeps by one :READ? that blocks until its last point.
// Doesn't decide which module is connected, which terminals (front or rear) are wired, or what the curve means.
// Follows the 2400 Series User's Manual 2400S-900-01 (SCPI section 18); written against firmware C30.
import { cancellable, type Cancellation } from '../../src/base/cancellation.ts'
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
import { firstPointMs, modelLimits, planSweep, pointMs, type SweepPlan } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'

const lineSettings = { sendTerminator: '\r', receiveTerminators: '\r\n', quietMs: 500, defaultTimeoutMs: 3000 }
const elements = 'VOLT,CURR,TIME,STAT'
/** Each value is 13 characters and a comma, ten bits a character. */
const answerMs = (values: number): number => (values * 14 * 10 * 1000) / 9600
/** Bits 3 and 16 of STATus: in compliance, by the set limit or by the range. */
const complianceBits = 0x10008
/** How each value is printed (manual, FORMat:ELEMents): bytes lost on the line show. */
const printedNumber = /^[+-]\d\.\d{6}E[+-]\d{2}$/
const deviceClear = Uint8Array.of(0x03)

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createSourceMeterDriver(link, context),
}

function createSourceMeterDriver(link: LineLink, context: DriverContext): Instrument {
  const { name } = context
  let known: Identity | null = null

  const identify = async (signal?: Cancellation): Promise<Identity> => {
    const reply = await link.query('*IDN?', { signal })
    known = decodeIdentity(reply, { name, profile, maker: 'KEITHLEY INSTRUMENTS INC.' })
    return known
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
      await client.setWord(':OUTP', 'ON', { reads: /^1$/, quantity: 'output' })
      const timeoutMs = Math.ceil(plan.points * pointMs(plan) + answerMs(plan.points * 4) + 2000)
      // The answer comes at the very end: a cancelled sweep doesn't wait for it, ^C (in offSteps) ends it.
      const reply = await cancellable(client.ask(':READ?', { timeoutMs }), signal)
      onPoints(decodePoints(client, plan, reply))
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
      return judge(await carryOut(stopSteps(link), onSent), null)
    },
    ivSource: { sweep },
  }
}

/** Every setting that the sweep depends on, whatever was set before; no *RST, which would close the output relay. */
async function setUp(client: ScpiClient, plan: SweepPlan, name: string): Promise<void> {
  await client.write('*CLS')
  await client.setWord(':OUTP', 'OFF', { reads: /^0$/, quantity: 'output' })
  await client.write(':SOUR:CLE:AUTO OFF')
  await client.setWord(':OUTP:SMOD', 'HIMP', { reads: /^HIMP/, quantity: 'output-off state' })
  await client.setWord(':SOUR:FUNC', 'VOLT', { reads: /^VOLT/, quantity: 'source function' })
  await client.write(':SOUR:VOLT:MODE FIX')
  await setRanges(client, plan, name)
  await client.setWord(':SYST:RSEN', plan.fourWire ? 'ON' : 'OFF', {
    reads: plan.fourWire ? /^1$/ : /^0$/,
    quantity: 'four-wire sense',
  })
  await client.write(':SENS:FUNC:CONC ON')
  await client.write(':SENS:FUNC "VOLT","CURR"')
  await client.setNumber(':SENS:CURR:NPLC', plan.nplc, 'integration time (power-line cycles)')
  await client.write(':SENS:AVER OFF')
  await client.write(':SYST:AZER:STAT ON')
  await client.write(':SOUR:DEL:AUTO OFF')
  await client.setNumber(':SOUR:DEL', plan.settleMs / 1000, 'settling time (s)')
  await client.write(`:FORM:ELEM ${elements}`)
  await client.setNumber(':SOUR:VOLT:STAR', plan.firstV, 'first voltage (V)')
  await client.setNumber(':SOUR:VOLT:STOP', plan.lastV, 'last voltage (V)')
  for (const line of [':SOUR:SWE:SPAC LIN', ':SOUR:SWE:DIR UP', ':SOUR:SWE:RANG FIX', ':SOUR:SWE:CAB NEV'])
    await client.write(line)
  await client.setNumber(':SOUR:SWE:POIN', plan.points, 'points')
  for (const line of [':ARM:SOUR IMM', ':ARM:COUN 1', ':TRIG:SOUR IMM', ':TRIG:DEL 0']) await client.write(line)
  await client.setNumber(':TRIG:COUN', plan.points, 'trigger count')
  await client.setWord(':SOUR:VOLT:MODE', 'SWE', { reads: /^SWE/, quantity: 'source mode' })
  await client.expectNoError('the set-up of the sweep')
}

/**
 * The compliance first goes to 10 mA, which every range of every model allows: the largest currents exclude the highest
 * voltage range, so that neither could otherwise be set before the other (error -221).
 */
async function setRanges(client: ScpiClient, plan: SweepPlan, name: string): Promise<void> {
  await client.setNumber(':SOUR:VOLT', 0, 'voltage (V)')
  await client.write(':SENS:CURR:PROT 0.01')
  await client.write(`:SOUR:VOLT:RANG ${formatNumber(plan.reachV)}`)
  const rangeV = await client.askNumber(':SOUR:VOLT:RANG?')
  if (rangeV * 1.1001 < plan.reachV)
    throw new StationError('device.clamped', {
      instrument: name,
      quantity: 'voltage range (V)',
      asked: plan.reachV,
      actual: rangeV,
    })
  await client.setNumber(':SENS:CURR:PROT', plan.currentLimitA, 'current limit (A)')
  await client.write(`:SENS:CURR:RANG ${formatNumber(plan.currentLimitA)}`)
}

/** The instrument counts current into the module: sign turned. Times count from its own clock. */
function decodePoints(client: ScpiClient, plan: SweepPlan, reply: string): SweepPoints {
  const values = client.decodeList(':READ?', reply, { count: plan.points * 4, form: printedNumber })
  const startS = values[2] ?? 0
  const points: SweepPoints = { elapsedMs: [], voltageV: [], currentA: [], limiting: [] }
  for (let i = 0; i < values.length; i += 4) {
    const [voltageV = 0, inwardA = 0, seconds = 0, status = 0] = values.slice(i, i + 4)
    points.voltageV.push(voltageV)
    points.currentA.push(0 - inwardA)
    points.elapsedMs.push((seconds - startS) * 1000 + firstPointMs(plan))
    if ((Math.trunc(status) & complianceBits) !== 0) points.limiting.push(i / 4)
  }
  return points
}

/**
 * What the terminals show while the output is on. Off, nothing is asked: with auto output-off, :READ? would switch the
 * output on, and in sweep mode it would start the sweep.
 */
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
  const mode = await client.ask(':SOUR:VOLT:MODE?')
  if (!source.startsWith('VOLT') || !mode.startsWith('FIX'))
    return missing('the instrument is not sourcing one voltage')
  for (const line of [`:FORM:ELEM ${elements}`, ':ARM:COUN 1', ':TRIG:COUN 1']) await client.write(line)
  const reply = await client.ask(':READ?')
  const texts = reply.split(',').map((text) => text.trim())
  const [voltage, current, ...others] = texts.map(decodeNumber)
  if (!voltage || !current || others.length !== 2 || !texts.every((text) => printedNumber.test(text)))
    throw client.badReply(':READ?', reply, 'not four numbers')
  const reading = (channel: string, unit: string, value: number | null): Reading =>
    value === null ? { channel, value, unit, reason: 'over range or not measured' } : { channel, value, unit }
  const outwardA = current.value === null ? null : 0 - current.value
  return [reading('voltage', 'V', voltage.value), reading('current', 'A', outwardA), state]
}

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 3000 }

const writeStep = (link: LineLink, command: string): SafeStep => ({
  command,
  run: async () => {
    await link.write(command, stopping)
    return null
  },
})
const askStep = (link: LineLink, command: string): SafeStep => ({
  command,
  run: () => link.query(command, stopping),
})
const clearStep = (link: LineLink): SafeStep => ({
  command: '^C',
  run: async () => {
    await link.interrupt(deviceClear)
    return null
  },
})

/** After a sweep: back to a fixed 0 V, so that nothing left over can start the sweep again. */
const offSteps = (link: LineLink, failed: boolean): SafeStep[] => [
  ...(failed ? [clearStep(link)] : []),
  writeStep(link, ':OUTP OFF'),
  writeStep(link, ':SOUR:VOLT:MODE FIX'),
  writeStep(link, ':SOUR:VOLT 0'),
  askStep(link, ':OUTP?'),
]

/** From any state. With the output off this instrument can't measure (error +803): the relay's state is the proof. */
const stopSteps = (link: LineLink): SafeStep[] => [
  clearStep(link),
  writeStep(link, ':ABOR'),
  writeStep(link, ':SOUR:VOLT:MODE FIX'),
  writeStep(link, ':SOUR:VOLT 0'),
  writeStep(link, ':OUTP OFF'),
  askStep(link, ':OUTP?'),
  askStep(link, ':SOUR:VOLT?'),
  askStep(link, ':OUTP?'),
]
