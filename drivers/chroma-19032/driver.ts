// Chroma 19032/1905x by RS-232: insulation resistance up to 1 kV, leakage under direct voltage above, one step a test.
// Doesn't decide which resistance or leakage is enough, nor whether the lid is closed: the tester's own interlock does.
// Follows the 19032 command sheet (SAFEty subsystem); at most four commands a second, and each value is read back.
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
import { askIsTesting, askResult, askSteps, readingsOf, runTest, testing, type Tester } from './testRun.ts'

const lineSettings = { sendTerminator: '\r\n', receiveTerminators: '\r\n', quietMs: 500, defaultTimeoutMs: 2000 }
/** It loses commands that come sooner. */
const paceMs = 250

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
  const known: { isIdentified: boolean } = { isIdentified: false }
  const testerFor = (defaults: QueryOptions): Tester => ({
    client: createStrictClient(paced, { name, echo: 'maybe', defaults }),
    name,
    clock,
    isLive: deviations.includes('live-readings'),
    write: (line) => paced.write(line, defaults),
  })
  const identify = async (signal?: Cancellation): Promise<Identity> => {
    known.isIdentified = false
    const identity = await identifyUnit(testerFor({ signal }))
    known.isIdentified = true
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
      if (!known.isIdentified) await identify(own)
      throwIfCancelled(own)
      const run = async (): Promise<void> => {
        held.result = await runTest(testerFor({ signal: own }), { plan, signal: own }, onReadings)
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
  const reply = await client.ask(query.identity, form.anyText)
  const [maker = '', model = '', serialNumber = '', firmware = ''] = reply.split(',').map((part) => part.trim())
  const isKnown = /^chroma/i.test(maker) && profile.models.some((pattern) => new RegExp(pattern).test(model))
  if (!isKnown)
    throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: reply.slice(0, 120) })
  return { maker: 'Chroma', model, serialNumber, firmware }
}

/** The results stand until the next test; while one runs there are none. */
async function readPresent(tester: Tester): Promise<Reading[]> {
  const isTesting = await askIsTesting(tester)
  if (isTesting || (await askSteps(tester)) === 0) {
    const reason = isTesting ? 'a test is running' : 'no test has been set'
    const missing = { value: null, reason }
    return [
      { channel: 'resistance', unit: 'Ω', ...missing },
      { channel: 'leakage', unit: 'A', ...missing },
      { channel: 'voltage', unit: 'V', ...missing },
      testing(isTesting),
    ]
  }
  return [...readingsOf(await askResult(tester)), testing(false)]
}
