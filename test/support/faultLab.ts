import { bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'
import type { SimulatedBench, SimulatorModule } from '../../src/contract/instrument.ts'
import { openVirtualStation, type VirtualStation, type VirtualStationOptions } from './virtualStation.ts'

/** A command that takes energy away, by driver. */
const offCommands: Readonly<Record<string, RegExp>> = {
  'keithley-2460': /:OUTP(:STAT)? (OFF|0)/i,
  'delta-sm15k': /OUTP (OFF|0)/i,
  'iseg-shr': /:VOLT (EMCY )?OFF/i,
}
const outputQueries: Readonly<Record<string, { ask: string; isOn: (answer: string) => boolean }>> = {
  'keithley-2460': { ask: ':OUTP?', isOn: (answer) => Number(answer) === 1 },
  'delta-sm15k': { ask: 'OUTP?', isOn: (answer) => Number(answer) === 1 },
  // Bit 3 of the channel's status.
  'iseg-shr': { ask: ':READ:CHAN:STAT? (@0)', isOn: (answer) => (Number(/\d+$/.exec(answer)?.[0] ?? 8) & 8) !== 0 },
}

export interface FaultLab extends VirtualStation {
  bench: SimulatedBench
  /** What sends energy into a module now, asked of the simulators themselves, past every wire. */
  energised: () => Promise<string[]>
  /** When this driver's output was first commanded off after `sinceMs`; null where it never was. */
  offCommandMs: (driver: string, sinceMs: number) => number | null
  /** Sends a line straight into a device, as from its front panel. */
  atTheFront: (driver: string, line: string) => Promise<string>
}

interface Tap {
  receive: (bytes: Uint8Array) => void
  probe: ((bytes: Uint8Array) => void) | null
}

/** The simulated lab with an ear at every device, so that its state is known whatever its wire does. */
export async function openFaultLab(given: VirtualStationOptions): Promise<FaultLab> {
  const taps = new Map<string, Tap>()
  const commands: { driver: string; ms: number; text: string }[] = []
  const found: { bench: SimulatedBench | null; nowMs: () => number } = { bench: null, nowMs: () => 0 }
  const wrapSimulator = (driver: string, simulator: SimulatorModule): SimulatorModule => ({
    ...simulator,
    createSimulator: (context) => {
      found.bench = context.bench
      const tap: Tap = { receive: () => undefined, probe: null }
      const send = (bytes: Uint8Array): void => (tap.probe ? tap.probe(bytes) : context.send(bytes))
      const device = simulator.createSimulator({ ...context, send })
      tap.receive = (bytes) => device.receive(bytes)
      taps.set(driver, tap)
      return {
        ...device,
        receive: (bytes) => {
          commands.push({ driver, ms: found.nowMs(), text: bytesToLatin1(bytes) })
          device.receive(bytes)
        },
      }
    },
  })
  const lab = await openVirtualStation({ ...given, wrapSimulator })
  found.nowMs = () => lab.clock.monotonicMs()
  const atTheFront: FaultLab['atTheFront'] = async (driver, line) => {
    const tap = taps.get(driver)
    if (!tap) throw new Error(`there is no ${driver} in the lab`)
    let text = ''
    tap.probe = (bytes) => void (text += bytesToLatin1(bytes))
    tap.receive(latin1ToBytes(`${line}\n`))
    for (let turns = 0; line.includes('?') && text === '' && turns < 50; turns++) await lab.clock.sleep(10)
    tap.probe = null
    return text.trim()
  }
  return {
    ...lab,
    atTheFront,
    bench: found.bench!,
    energised: async () => {
      const on: string[] = []
      for (const [driver, { ask, isOn }] of Object.entries(outputQueries))
        if (isOn(await atTheFront(driver, ask))) on.push(driver)
      if ([0, 1, 2, 3].some((lane) => Math.abs(found.bench!.stress.voltageV(lane)) > 60)) on.push('high voltage')
      return on
    },
    offCommandMs: (driver, sinceMs) =>
      commands.find((each) => each.driver === driver && each.ms >= sinceMs && offCommands[driver]!.test(each.text))
        ?.ms ?? null,
  }
}
