import { ScpiError, type ScpiCommands } from '../bench/scpi.ts'
import { booleanArgument, numberArgument } from '../bench/scpiSettings.ts'
import { anyForm } from './anyForm.ts'
import type { SupplyDevice } from './supplyDevice.ts'

const types = ['None', 'Ri', 'LeadlessSense', 'PhotoVoltaic'] as const

interface Field {
  min: number
  max: number
  initial: number
}

/** Settings of each type (manual, 5.9). What a real unit has them at after choosing a type is not in the manual. */
function fieldsOf(type: number, device: SupplyDevice): Readonly<Record<string, Field>> {
  const { maxVoltageV, maxCurrentA } = device.rating
  const volts: Field = { min: 0, max: maxVoltageV, initial: 0 }
  const amperes: Field = { min: 0, max: maxCurrentA, initial: 0 }
  const ohms: Field = { min: 0, max: 10, initial: 0 }
  const range = { VHIGH: { ...volts, initial: maxVoltageV }, VLOW: volts }
  const share: Field = { min: -1, max: 1, initial: 0 }
  const celsius: Field = { min: -120, max: 120, initial: 25 }
  const irradiance: Field = { min: 0, max: 10_000, initial: 1000 }
  if (type === 1) return { RI: ohms, ...range }
  if (type === 2) return { RCON: ohms, RI: ohms, ...range }
  if (type !== 3) return {}
  return {
    TSTC: celsius,
    GSTC: irradiance,
    VMPP_STC: volts,
    IMPP_STC: amperes,
    VOC_STC: volts,
    ISC_STC: amperes,
    ALPHA: share,
    BETA: share,
    TPV: celsius,
    GPV: irradiance,
    CG: share,
    CV: share,
    CR: share,
  }
}

/**
 * `SYSTem:FUNCtion`: type and settings of the supply's own characteristic are kept and read back; the output isn't shaped by
 * them. As on the unit each change switches the output off, unless direct mode is on.
 */
export function functionCommands(device: SupplyDevice): ScpiCommands {
  const state = { type: 0, values: {} as Record<string, number>, direct: false, input: 'Ethernet' }
  const changed = (): void => {
    if (!state.direct) device.switchOutput(false)
  }
  const fieldOf = (name: string | undefined): [string, Field] => {
    const key = (name ?? '').toUpperCase()
    const field = fieldsOf(state.type, device)[key]
    if (!field) throw new ScpiError(-224, 'Illegal parameter value')
    return [key, field]
  }
  const setType = (word: string | undefined): void => {
    const asked = (word ?? '').toUpperCase()
    const found = types.findIndex((type, i) => asked === String(i) || asked === type.toUpperCase())
    if (found < 0) throw new ScpiError(-224, 'Illegal parameter value')
    state.type = found
    state.values = {}
    changed()
  }
  return {
    [anyForm(':SYSTem:FUNCtion:SELect')]: {
      set: ([which]) => void numberArgument(which, { min: 1, max: 1, initial: 1 }),
      get: () => '1',
    },
    [anyForm(':SYSTem:FUNCtion:TYPe')]: {
      set: ([word]) => setType(word),
      get: () => `${state.type},${(types[state.type] ?? 'None').toUpperCase()}`,
    },
    [anyForm(':SYSTem:FUNCtion:SETting')]: {
      set: ([name, value]) => {
        const [key, field] = fieldOf(name)
        state.values[key] = numberArgument(value, field)
        changed()
      },
      get: ([name]) => {
        const [key, field] = fieldOf(name)
        return (state.values[key] ?? field.initial).toFixed(4)
      },
    },
    [anyForm(':SYSTem:FUNCtion:CONfig')]: {
      set: ([what, setting = '']) => {
        const word = what?.toUpperCase()
        if (word === 'DIRECT') state.direct = booleanArgument(setting)
        else if (word === 'SV') {
          state.input = setting
          device.switchOutput(false)
        } else throw new ScpiError(-224, 'Illegal parameter value')
      },
      get: ([what]) => (what?.toUpperCase() === 'DIRECT' ? (state.direct ? '1' : '0') : state.input),
    },
  }
}
