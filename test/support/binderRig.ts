import type { DriverModule, SimulatorModule } from '../../src/contract/instrument.ts'
import { withCrc } from '../../drivers/bench/modbusRtu.ts'
import { framesSent, fromHex, hex, openBytes, openRig, type RigOptions } from './driverRig.ts'

/** Opens the driver of a BINDER controller on its simulator, with what it wrote. */
export const binderOpener =
  (driver: DriverModule, simulator: SimulatorModule) =>
  async (options: Record<string, string> = {}, more: RigOptions = {}) => {
    const rig = await openRig(driver, simulator, { ...more, options: { hardware: '9.99', ...options } })
    const set = (name: string, value: number | boolean | null) => rig.run(rig.instrument.set!(name, value))
    const read = async () =>
      Object.fromEntries((await rig.run(rig.instrument.read())).map((each) => [each.channel, each]))
    const sent = () => framesSent(rig.wire)
    const writes = () => sent().filter((each) => /^01 (06|10) /.test(each))
    return { ...rig, set, read, sent, writes, program: rig.instrument.chamberProgram! }
  }

/** A simulated controller that is sent frames as they are; `ask` adds their CRC. */
export function openBinderFrames(simulator: SimulatorModule, options: Record<string, string> = {}) {
  const { bench, send } = openBytes(simulator, options)
  return { bench, raw: (text: string) => send(text), ask: (text: string) => send(hex(withCrc(fromHex(text)))) }
}
