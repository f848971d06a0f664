import type { SettingValue } from '../../src/contract/instrument.ts'
import { linesSent, type DriverRig } from './driverRig.ts'

export const set = (rig: DriverRig, name: string, value: SettingValue) => rig.run(rig.instrument.set!(name, value))
export const setCode = (rig: DriverRig, name: string, value: SettingValue) =>
  rig.codeOf(rig.instrument.set!(name, value))
export const read = async (rig: DriverRig): Promise<Record<string, number | null>> =>
  Object.fromEntries((await rig.run(rig.instrument.read())).map((each) => [each.channel, each.value]))
export const textOf = (rig: DriverRig): string[] => linesSent(rig.wire)

/** Current into the dark module. */
export const inject = async (rig: DriverRig, currentA: number): Promise<void> => {
  await set(rig, 'voltageV', 60)
  await set(rig, 'currentA', currentA)
  await set(rig, 'output', true)
}
