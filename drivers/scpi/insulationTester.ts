// What hipot testers have in common: one test at a time, ended by its own end, its step's, or a stop.
// Knows no tester's commands.
import { throwIfCancelled, type Cancellation } from '../../src/base/cancellation.ts'
import { StationError } from '../../src/contract/errors.ts'
import type {
  DriverContext,
  Identity,
  InsulationResult,
  InsulationTester,
  Instrument,
  Profile,
  Reading,
  SafeStateProof,
} from '../../src/contract/instrument.ts'
import { planInsulation, type InsulationPlan } from './insulationPlan.ts'
import { createSweepGuard, finishSweep } from './safeState.ts'

/** One test that has passed the limits, on the tester of this model. */
export interface InsulationRun {
  plan: InsulationPlan
  model: string
  signal: Cancellation
}

/** What only the tester's own driver knows. */
export interface InsulationCommands {
  profile: Profile
  identify: (signal?: Cancellation) => Promise<Identity>
  read: (signal?: Cancellation) => Promise<Reading[]>
  runTest: (run: InsulationRun, onReadings: (readings: Reading[]) => void) => Promise<InsulationResult>
  switchOff: (onSent?: () => void) => Promise<SafeStateProof>
}

const bypassed = 'interlock-bypassed'

function refuseBypassed({ name, deviations }: DriverContext, voltageV: number): void {
  if (!deviations.includes(bypassed)) return
  throw new StationError('device.refused', {
    instrument: name,
    request: `a test with ${voltageV} V`,
    detail: 'its interlock is bypassed (deviation), so that an open lid would not keep the voltage off',
  })
}

/** Tests only a tester that was identified, and none with a bypassed interlock. */
export function createInsulationTester(context: DriverContext, commands: InsulationCommands): Instrument {
  const { name } = context
  const { profile, read, runTest, switchOff } = commands
  const known: { model: string | null } = { model: null }
  const identify = async (signal?: Cancellation): Promise<Identity> => {
    known.model = null
    const identity = await commands.identify(signal)
    known.model = identity.model
    return identity
  }
  const guard = createSweepGuard()
  /** A test that a safe stop ends takes that stop for its own. */
  const current: { stop: Promise<SafeStateProof> | null } = { stop: null }

  const test: InsulationTester['test'] = async (request, onReadings, signal) => {
    const plan = planInsulation(request, { name, profile })
    refuseBypassed(context, request.voltageV)
    const held: { result: InsulationResult | null } = { result: null }
    await guard.run(signal, async (own) => {
      const model = known.model ?? (await identify(own)).model
      throwIfCancelled(own)
      const run = async (): Promise<void> => {
        held.result = await runTest({ plan, model, signal: own }, onReadings)
      }
      await finishSweep(run(), { name, switchOff: () => current.stop ?? switchOff() })
    })
    if (held.result) return held.result
    throw new StationError('device.interrupted', { instrument: name, request: 'the test' })
  }

  return {
    ...{ identify, read },
    safeStop: async (onSent) => {
      guard.stop()
      const stop = switchOff(onSent).finally(() => void (current.stop = null))
      current.stop = stop
      return stop
    },
    insulationTester: { test },
  }
}
