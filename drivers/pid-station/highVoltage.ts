import type { Cancellation } from '../../src/base/cancellation.ts'
import type { Clock } from '../../src/base/clock.ts'
import { messageOf, StationError } from '../../src/contract/errors.ts'
import type { DriverContext, InstrumentPart, SetResult } from '../../src/contract/instrument.ts'
import type { StationDefinition } from './profile.ts'

const retryMs = 200

export interface HighVoltage {
  /** Switches something on that puts HV out: only with the interlock closed just now, and the chamber answering. */
  energise: (what: string, work: () => Promise<SetResult>, signal: Cancellation | undefined) => Promise<SetResult>
  /** Looks at the interlock; where it isn't closed, HV goes off. Throws where it doesn't, or where nothing is known. */
  guard: (signal: Cancellation | undefined) => Promise<void>
  /** A safe stop began: what is on its way to switch on has to turn back. */
  noteStop: () => void
}

/** null where something is as it has to be; otherwise why not. Throws where the instrument is silent. */
type Check = (signal: Cancellation | undefined) => Promise<string | null>

const createInterlockCheck =
  ({ name, instrument }: InstrumentPart, of: { clock: Clock; definition: StationDefinition }): Check =>
  async (signal) => {
    const askedMs = of.clock.monotonicMs()
    const readings = await instrument.read(signal)
    const ageS = (of.clock.monotonicMs() - askedMs) / 1000
    const found = readings.find((each) => each.channel === 'interlock')
    if (found?.value === undefined || found.value === null)
      return `${name} does not say whether the interlock is closed (${found?.reason ?? 'no such channel'})`
    if (found.value !== 1) return `the interlock is open (${name} reads ${found.value})`
    return ageS <= of.definition.interlockAgeS
      ? null
      : `${name} took ${ageS.toFixed(1)} s to answer: that is too old to count`
  }

const createChamberCheck =
  ({ name, instrument }: InstrumentPart): Check =>
  async (signal) => {
    const readings = await instrument.read(signal)
    const air = readings.find((each) => each.channel === 'temperature')
    return typeof air?.value === 'number' ? null : `${name} gives no temperature (${air?.reason ?? 'no such channel'})`
  }

/** The same with silence as one more reason. */
const silenceCounts =
  ({ name }: InstrumentPart, check: Check): Check =>
  (signal) =>
    check(signal).catch((error: unknown) => `${name} is silent: ${messageOf(error)}`)

/** The rules under which high voltage may be on. */
export function createHighVoltage(deps: {
  hv: InstrumentPart
  chamber: InstrumentPart
  interlock: InstrumentPart
  context: DriverContext
  definition: StationDefinition
}): HighVoltage {
  const { hv, chamber, interlock, definition } = deps
  const { clock, name } = deps.context
  const checkInterlock = createInterlockCheck(interlock, { clock, definition })
  const whyNotClosed = silenceCounts(interlock, checkInterlock)
  const whyNoChamber = silenceCounts(chamber, createChamberCheck(chamber))
  let stops = 0

  const refused = (what: string, detail: string): StationError =>
    new StationError('device.refused', { instrument: name, request: what, detail })
  const switchOff = async (why: string): Promise<void> => {
    const proof = await hv.instrument.safeStop()
    const detail = `${why}; ${hv.name}: ${proof.detail ?? 'no read-back'}`
    if (!proof.safe) throw new StationError('device.notSafe', { instrument: name, detail })
  }
  return {
    noteStop: () => void stops++,
    guard: async (signal) => {
      let why: string | null
      try {
        // One lost answer ends no test of days; a second one in a row is silence.
        why = await checkInterlock(signal).catch(() => clock.sleep(retryMs, signal).then(() => checkInterlock(signal)))
      } catch (error) {
        await switchOff(`${interlock.name} is silent`)
        throw error
      }
      if (why !== null) await switchOff(why)
    },
    energise: async (what, work, signal) => {
      const stopsBefore = stops
      const before = (await whyNoChamber(signal)) ?? (await whyNotClosed(signal))
      if (before !== null) throw refused(what, before)
      if (stops !== stopsBefore) throw new StationError('run.stopped', { who: 'a safe stop' })
      let result: SetResult
      try {
        result = await work()
      } catch (error) {
        // It may have been taken although its answer was lost.
        await switchOff(`“${what}” failed: ${messageOf(error)}`)
        throw error
      }
      // The command may have crossed the stop on its way.
      if (stops !== stopsBefore) {
        await switchOff('a safe stop came while it was switched on')
        throw new StationError('run.stopped', { who: 'a safe stop' })
      }
      const after = await whyNotClosed(signal)
      if (after === null) return result
      await switchOff(after)
      throw refused(what, `${after}; high voltage was switched off again`)
    },
  }
}
