// Keithley 2600B series and 2651A by TSP over TCP 5025: I-V sweeps by the instrument's trigger model, and a supply.
// Doesn't decide which module is connected or what the curve means; only DC, and only the channel that was chosen.
// Follows the Series 2600B (2600BS-901-01) and 2651A (2651A-901-01) Reference Manuals; written against firmware 1.1.6.
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
  SettingValue,
  SetResult,
} from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { decodeNumber } from '../scpi/client.ts'
import { decodeIdentity } from '../scpi/identity.ts'
import { proveOff } from '../scpi/offProof.ts'
import { carryOut, createSweepGuard, finishSweep, type SafeStep } from '../scpi/safeState.ts'
import { checkModelLimit, checkSetting } from '../scpi/settingCheck.ts'
import { modelLimits, planSweep, type SmuLimits } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'
import { runSweep } from './sweep.ts'
import { createTspClient, type TspClient } from './tspClient.ts'

const lineSettings = { sendTerminator: '\n', receiveTerminators: '\r\n', quietMs: 400, defaultTimeoutMs: 3000 }
/** Two conversions with auto zero at 25 power-line cycles, and more. */
const measureMs = 6000

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createTspSmu(link, context),
}

function createTspSmu(link: LineLink, context: DriverContext): Instrument {
  const { name, clock, deviations } = context
  const smu = deviations.includes('channel-b') ? 'smub' : 'smua'
  let known: Identity | null = null

  const identify = async (signal?: Cancellation): Promise<Identity> => {
    const reply = await link.query('*IDN?', { signal })
    known = decodeIdentity(reply, { name, profile, maker: 'KEITHLEY INSTRUMENTS INC.' })
    return known
  }
  const limitsOf = async (signal: Cancellation | undefined): Promise<SmuLimits> => {
    const { model } = known ?? (await identify(signal))
    const limits = modelLimits(profile, model)
    if (!limits) throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: model })
    return limits
  }
  const set = async (setting: string, value: SettingValue, signal?: Cancellation): Promise<SetResult> => {
    const asked = checkSetting(profile, { name: setting, value }, name)
    const limits = await limitsOf(signal)
    const most = setting === 'voltageV' ? limits.maxVoltageV : setting === 'currentA' ? limits.maxCurrentA : null
    if (most !== null) checkModelLimit(asked, Number(value), { instrument: name, least: 0, most })
    const client = createTspClient(link, name, { signal, priority: 'control' })
    return { name: setting, asked: value, actual: await apply(client, smu, { setting, value }) }
  }
  const switchOff = (): Promise<SafeStateProof> => stop(link, smu)
  const guard = createSweepGuard()
  const sweep: IvSource['sweep'] = (request, onPoints, signal) =>
    guard.run(signal, async (own) => {
      const limits = await limitsOf(own)
      const plan = planSweep(request, { name, profile, limits })
      const client = createTspClient(link, name, { signal: own, priority: 'control' })
      await finishSweep(runSweep({ client, smu, plan, clock, signal: own, name }, onPoints), { name, switchOff })
    })
  return {
    identify,
    read: (signal) => readPresent(createTspClient(link, name, { signal }), smu),
    set,
    safeStop: (onSent) => {
      guard.stop()
      return stop(link, smu, onSent)
    },
    ivSource: { sweep },
  }
}

const attributes: Readonly<Record<string, { attribute: string; quantity: string }>> = {
  voltageV: { attribute: 'source.levelv', quantity: 'voltage (V)' },
  currentA: { attribute: 'source.limiti', quantity: 'current limit (A)' },
  powerLineCycles: { attribute: 'measure.nplc', quantity: 'integration time (power-line cycles)' },
  fourWire: { attribute: 'sense', quantity: 'four-wire sense' },
  output: { attribute: 'source.output', quantity: 'output' },
}

async function apply(
  client: TspClient,
  smu: string,
  { setting, value }: { setting: string; value: SettingValue },
): Promise<SettingValue> {
  const { attribute, quantity } = attributes[setting] ?? { attribute: setting, quantity: setting }
  await client.begin()
  // A supply sources voltage, and leaves nothing on the module when it is off.
  if (setting === 'output' && value === true) {
    await client.setNumber(`${smu}.source.func`, 1, 'source function')
    await client.setNumber(`${smu}.source.offmode`, 2, 'output-off state')
  }
  const actual = await client.setNumber(`${smu}.${attribute}`, Number(value), quantity)
  return typeof value === 'boolean' ? actual === 1 : actual
}

/** Without switching anything: what the terminals show while the output is on. */
async function readPresent(client: TspClient, smu: string): Promise<Reading[]> {
  await client.begin()
  const output = await client.askNumber(`${smu}.source.output`)
  if (output !== 0 && output !== 1) throw client.badReply(`${smu}.source.output`, String(output), 'neither 0 nor 1')
  const missing = (channel: string, unit: string, reason: string): Reading => ({ channel, value: null, unit, reason })
  const state: Reading = { channel: 'output', value: output, unit: '1' }
  if (output === 0) {
    const off = 'the output is off'
    return [missing('voltage', 'V', off), missing('current', 'A', off), state, missing('limiting', '1', off)]
  }
  const expression = `${smu}.measure.iv()`
  const reply = await client.ask(expression, { timeoutMs: measureMs })
  const [currentA = null, voltageV = null] = client.decode(expression, reply, { count: 2, separator: '\t' })
  const limiting = (await client.ask(`${smu}.source.compliance`, { timeoutMs: measureMs })).trim()
  if (!/^(true|false)$/.test(limiting))
    throw client.badReply(`${smu}.source.compliance`, limiting, 'neither true nor false')
  const measured = (channel: string, unit: string, value: number | null): Reading =>
    value === null ? missing(channel, unit, 'over range') : { channel, value, unit }
  return [
    measured('voltage', 'V', voltageV),
    measured('current', 'A', currentA),
    state,
    { channel: 'limiting', value: limiting === 'true' ? 1 : 0, unit: '1' },
  ]
}

const stopping: QueryOptions = { priority: 'stop', timeoutMs: 3000 }

/** From any state. The measurement at the end doesn't switch the output on; it shows what reaches the terminals. */
async function stop(link: LineLink, smu: string, onSent?: () => void): Promise<SafeStateProof> {
  const write = (command: string): SafeStep => ({
    command,
    run: async () => {
      await link.write(command, stopping)
      return null
    },
  })
  const ask = (command: string, timeoutMs = 3000): SafeStep => ({
    command,
    run: () => link.query(command, { ...stopping, timeoutMs }),
  })
  const state = `print(${smu}.source.output)`
  const measured = `print(${smu}.measure.iv())`
  const outcomes = await carryOut(
    [
      write('abort'),
      write(`${smu}.abort()`),
      write(`${smu}.source.levelv = 0`),
      write(`${smu}.source.output = 0`),
      write('localnode.prompts = 0'),
      ask(state),
      ask(measured, measureMs),
      ask(state),
    ],
    onSent,
  )
  const stateProblem = (answer: string): string | null =>
    /^0(\.0+)?(e[+-]\d+)?$/.test(answer.trim()) ? null : `${state} answered ${answer}`
  // A current that can't be told is no sign of one: the relay's state decides.
  const currentProblem = (answer: string): string | null => {
    const { value } = decodeNumber(answer.split('\t')[0] ?? '')
    return value !== null && Math.abs(value) > 0.05 ? `${value} A still flow` : null
  }
  return proveOff(outcomes, [
    { command: state, problemOf: stateProblem },
    { command: measured, problemOf: currentProblem },
  ])
}
