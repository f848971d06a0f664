import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import { booleanArgument, numberArgument } from '../bench/scpiSettings.ts'
import { anyForm } from './anyForm.ts'
import type { SupplyDevice } from './supplyDevice.ts'
import type { Loop, SetPointName, Source } from './supplyState.ts'

const print = (value: number): string => (value === 0 ? 0 : value).toFixed(4)
const scientific = (value: number): string =>
  value.toExponential(15).replace(/e([+-])(\d)$/, (_all, sign: string, digit: string) => `e${sign}0${digit}`)

const setPointPatterns: readonly (readonly [name: SetPointName, pattern: string])[] = [
  ['voltageV', ':VOLtage'],
  ['currentA', ':CURrent'],
  ['negativeCurrentA', ':CURrent:NEGative'],
  ['powerW', ':POWer'],
  ['negativePowerW', ':POWer:NEGative'],
]

/** `SOURce:…` and `SYSTem:LIMits:…`. */
export function sourceCommands(device: SupplyDevice): ScpiCommands {
  const { state } = device.held
  const { most, limits } = state
  const isNegative = (name: SetPointName): boolean => name.startsWith('negative')
  const sign = (name: SetPointName): number => (isNegative(name) ? -1 : 1)
  const range = (name: SetPointName) => ({ min: isNegative(name) ? -most[name] : 0, max: most[name], initial: 0 })

  const setter = (name: SetPointName): ScpiCommand => ({
    set: ([text]) => {
      device.setPoint(name, Math.abs(numberArgument(text, range(name))))
    },
    get: () => print(sign(name) * state.set[name]),
  })
  const limiter = (name: SetPointName): ScpiCommand => ({
    set: ([text, on]) => {
      limits[name] = { value: Math.abs(numberArgument(text, range(name))), on: booleanArgument(on) }
      device.point()
    },
    // In words, as InstrumentKit reads them from the PSC-ETH of the same maker.
    get: () => `${print(sign(name) * limits[name].value)},${limits[name].on ? 'ON' : 'OFF'}`,
  })
  const perName = setPointPatterns.map(([name, pattern]): ScpiCommands => ({
    [anyForm(`:SOURce${pattern}`)]: setter(name),
    [anyForm(`:SOURce${pattern}:MAXimum`)]: { get: () => String(sign(name) * most[name]) },
    [anyForm(`:SYSTem:LIMits${pattern}`)]: limiter(name),
  }))
  const steps = { voltageV: 'VOLtage', currentA: 'CURrent', powerW: 'POWer' } as const
  // 1.0559e-3 V of 500 V in the manual's example.
  const step = (name: keyof typeof steps): ScpiCommands => ({
    [anyForm(`:SOURce:${steps[name]}:STEpsize`)]: { get: () => scientific((most[name] * 1.055924221873283e-3) / 500) },
  })
  return Object.assign({}, ...perName, step('voltageV'), step('currentA'), step('powerW')) as ScpiCommands
}

/** Names of the sources, any of them shortened to three letters or more; Local and Remote are Front and Ethernet. */
const sources: readonly (readonly [word: string, source: Source])[] = [
  ['LOCAL', 'Front'],
  ['REMOTE', 'Ethernet'],
  ['FRONT', 'Front'],
  ['WEB', 'Web'],
  ['SEQUENCER', 'Sequencer'],
  ['ETHERNET', 'Ethernet'],
  ['SLOT1', 'Slot1'],
  ['SLOT2', 'Slot2'],
  ['SLOT3', 'Slot3'],
  ['SLOT4', 'Slot4'],
  ['FUNCTION1', 'Function1'],
]

/** `SYSTem:REMote:…`, output, shutdown and panel. */
export function controlCommands(device: SupplyDevice): ScpiCommands {
  const { state, source } = device.held
  const remote = (loop: Loop): ScpiCommand => ({
    set: ([text = '']) => {
      const asked = text.toUpperCase()
      const found = sources.find(([word]) => asked.length >= 3 && word.startsWith(asked))
      if (!found) throw new ScpiError(-224, 'Illegal parameter value')
      state.sources[loop] = found[1]
      device.point()
    },
    get: () => source(loop),
  })
  const toggle = (key: 'shutDown' | 'panelLock' | 'panelControls'): ScpiCommand => ({
    set: ([text]) => {
      state[key] = booleanArgument(text)
      device.point()
    },
    get: () => (state[key] ? '1' : '0'),
  })
  return {
    [anyForm(':SYSTem:REMote:CV[:STAtus]')]: remote('CV'),
    [anyForm(':SYSTem:REMote:CC[:STAtus]')]: remote('CC'),
    [anyForm(':SYSTem:REMote:CP[:STAtus]')]: remote('CP'),
    [anyForm(':SYSTem:RSD[:STAtus]')]: toggle('shutDown'),
    [anyForm(':SYSTem:FROntpanel[:STAtus]')]: toggle('panelLock'),
    [anyForm(':SYSTem:FROntpanel:CONtrols')]: toggle('panelControls'),
    [anyForm(':SYSTem:FROntpanel:HIGhlight')]: { set: () => undefined },
    [anyForm(':OUTPut')]: {
      set: ([text]) => device.switchOutput(booleanArgument(text)),
      get: () => (device.isOn() || state.output ? '1' : '0'),
    },
    [anyForm(':STATus:REGister:A')]: { get: () => String(device.registerA()) },
    [anyForm(':STATus:REGister:B')]: { get: () => String(device.registerB()) },
  }
}

export const measureCommands = (device: SupplyDevice): ScpiCommands => ({
  [anyForm(':MEASure:VOLtage')]: { get: () => print(device.voltageV()) },
  [anyForm(':MEASure:CURrent')]: { get: () => print(device.currentA()) },
  [anyForm(':MEASure:POWer')]: { get: () => device.powerW().toFixed(2) },
  [anyForm(':MEASure:TEMperature')]: { get: () => device.temperatureC().toFixed(1) },
})
