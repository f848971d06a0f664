import type { QueryOptions } from '../../src/contract/link.ts'
import type { StopCheck, StopPlan, StopStep } from '../climate/stop.ts'
import { exceptionOf, ifFitted } from '../watlow/client.ts'
import { isBusy, isLoopActive, isSwitchedOn, readProfileState, switchTo, type F4t } from './device.ts'
import { allPlaces, type Fit, type LoopPlace } from './fit.ts'
import { code, register } from './registers.ts'

const stopping: QueryOptions = { priority: 'stop' }

/** The output falls a little later than the key is pressed; pressed again too soon, the key would switch on. */
const confirmMs = 8000

const notFitted = 'not fitted'

/** Writes it; a controller that doesn't have it, or has nothing to end, is as it should be. The check behind it proves that. */
const tell = ({ client }: F4t, address: number, value: number): StopStep => ({
  command: `register ${address} = ${value}`,
  run: async () => {
    try {
      await client.write(address, value, stopping)
      return 'done'
    } catch (error) {
      const exception = exceptionOf(error)
      if (exception !== 2 && exception !== 3) throw error
      return exception === 2 ? notFitted : 'nothing to end'
    }
  },
})

async function profileCheck(device: F4t): Promise<StopCheck> {
  const state = await ifFitted(readProfileState(device, stopping))
  return {
    evidence: [{ command: `register ${register.profileState}?`, readBack: state === null ? notFitted : String(state) }],
    problem: state !== null && isBusy(state) ? 'a profile is still under way' : null,
  }
}

async function loopCheck(device: F4t, place: LoopPlace): Promise<StopCheck> {
  const isActive = await ifFitted(isLoopActive(device, place, stopping))
  const state = isActive === null ? notFitted : isActive ? 'active' : 'off'
  return {
    evidence: [{ command: `register ${place.activeMode}? (${place.name})`, readBack: state }],
    problem: isActive === true ? `${place.name} is still active` : null,
  }
}

async function switchCheck(device: F4t): Promise<StopCheck> {
  if (device.wiring.runSwitch.kind === 'none') return { evidence: [], problem: null }
  const isOn = await isSwitchedOn(device, stopping)
  return {
    evidence: [{ command: `register ${device.wiring.runOutput}? (chamber runs)`, readBack: isOn ? 'on' : 'off' }],
    problem: isOn ? 'the output “chamber runs” is still on' : null,
  }
}

/**
 * Ends a profile, switches every loop off, then the chamber's power circuit. Loops first: they need no look at the output
 * before they are told, and are off even where the switch is wired otherwise than this driver believes.
 * @param known what is fitted; null where nothing was asked yet
 */
export function stopPlan(device: F4t, known: () => Fit | null): StopPlan {
  const places = (): readonly LoopPlace[] => known()?.all ?? allPlaces
  const power: StopStep = {
    command: 'chamber switched off',
    run: async () => {
      await switchTo(device, false, stopping)
      return 'done'
    },
  }
  return {
    get commands() {
      const loops = places().map((place) => tell(device, place.mode, code.off))
      return [tell(device, register.endProfile, code.terminate), ...loops, power]
    },
    check: async () => {
      const loops: StopCheck[] = []
      for (const place of places()) loops.push(await loopCheck(device, place))
      const found = [await profileCheck(device), await switchCheck(device), ...loops]
      const problems = found.flatMap((each) => each.problem ?? [])
      // A device that has none of these registers is no proof of anything.
      if (loops.every(({ evidence }) => evidence[0]?.readBack === notFitted)) problems.push('it has no loop at all')
      return {
        evidence: found.flatMap((each) => each.evidence),
        problem: problems.length > 0 ? problems.join('; ') : null,
      }
    },
    confirmMs,
  }
}
