// GW Instek GPT-9800/9900 by USB or RS-232: insulation resistance up to 1 kV, leakage under direct voltage above.
// Doesn't decide which resistance or leakage is enough, nor whether the lid is closed: the tester's own interlock does.
// Follows the GPT-9000/9000A series user manual; edits are ignored during a test and clamped silently: each is read back.
import { throwIfCancelled, type Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type {
  DriverContext,
  DriverModule,
  Identity,
  InsulationResult,
  InsulationTester,
  Instrument,
  Reading,
  SafeStateProof,
} from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { planInsulation } from '../scpi/insulationPlan.ts'
import { createPacedLink } from '../scpi/pacedLink.ts'
import { createSweepGuard, finishSweep } from '../scpi/safeState.ts'
import { createStrictClient } from '../scpi/strictClient.ts'
import { form, query } from './commands.ts'
import { profile } from './profile.ts'
import { stopTester } from './safeStop.ts'
import { ask, readingsOf, runTest, type Tester } from './testRun.ts'

const lineSettings = { sendTerminator: '\r\n', receiveTerminators: '\r\n', quietMs: 300, defaultTimeoutMs: 2000 }
/** Between commands it wants about 25 ms. */
const paceMs = 30

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createTester(link, context),
}

const bypassed = 'interlock-bypassed'

function createTester(link: LineLink, context: DriverContext): Instrument {
  const { name, clock, deviations } = context
  const paced = createPacedLink(link, { clock, afterWriteMs: paceMs, afterQueryMs: paceMs })
  const known: { model: string | null } = { model: null }
  const testerFor = (defaults: QueryOptions): Tester => {
    const client = createStrictClient(paced, { name, echo: 'maybe', defaults })
    return { client, name, clock, write: (line) => paced.write(line, defaults) }
  }
  const identify = async (signal?: Cancellation): Promise<Identity> => {
    known.model = null
    const identity = await identifyUnit(testerFor({ signal }))
    known.model = identity.model
    return identity
  }
  const guard = createSweepGuard()
  /** A test that a safe stop ends takes that stop for its own. */
  const current: { stop: Promise<SafeStateProof> | null } = { stop: null }
  const switchOff = (onSent?: () => void): Promise<SafeStateProof> => stopTester({ link: paced, name, clock }, onSent)

  const test: InsulationTester['test'] = async (request, onReadings, signal) => {
    const plan = planInsulation(request, { name, profile })
    if (deviations.includes(bypassed))
      throw new StationError('device.refused', {
        instrument: name,
        request: `a test with ${request.voltageV} V`,
        detail: 'its interlock is bypassed (deviation), so that an open lid would not keep the voltage off',
      })
    const held: { result: InsulationResult | null } = { result: null }
    await guard.run(signal, async (own) => {
      const model = known.model ?? (await identify(own)).model
      throwIfCancelled(own)
      const run = async (): Promise<void> => {
        held.result = await runTest(testerFor({ signal: own }), { plan, model, signal: own }, onReadings)
      }
      await finishSweep(run(), { name, switchOff: () => current.stop ?? switchOff() })
    })
    if (held.result) return held.result
    throw new StationError('device.interrupted', { instrument: name, request: 'the test' })
  }

  return {
    identify,
    read: (signal) => readPresent(testerFor({ signal })),
    safeStop: async (onSent) => {
      guard.stop()
      const stop = switchOff(onSent).finally(() => void (current.stop = null))
      current.stop = stop
      return stop
    },
    insulationTester: { test },
  }
}

async function identifyUnit({ client, name }: Tester): Promise<Identity> {
  const reply = await client.ask(query.identity, /^[\x20-\x7e]{3,120}$/)
  const [model = '', serialNumber = '', firmware = ''] = reply.split(',').map((part) => part.trim())
  const isKnown = form.identity.test(reply) && profile.models.some((pattern) => new RegExp(pattern).test(model))
  if (!isKnown)
    throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: reply.slice(0, 120) })
  return { maker: 'GW Instek', model, serialNumber, firmware }
}

async function readPresent(tester: Tester): Promise<Reading[]> {
  const measurement = await ask(tester)
  const isTesting = (await tester.client.ask(query.testing, form.testing)) === 'TEST ON'
  return [...readingsOf(measurement), { channel: 'testing', unit: '1', value: isTesting ? 1 : 0 }]
}
