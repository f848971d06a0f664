import { hasFault } from '../bench/faults.ts'
import { refuse, toNumber, type Commands, type EspecDevice } from './simulatedDevice.ts'
import { formatTenths } from './storedProgram.ts'

const onOff = (on: boolean): string => (on ? 'ON' : 'OFF')
const bit = (on: boolean): string => (on ? '1' : '0')

/** `RUN`, and with DETAIL what the program does. */
export function modeOf({ chamber }: EspecDevice, isDetailed: boolean): string {
  const { mode, running, holds } = chamber.state
  if (mode !== 'RUN' || !isDetailed) return mode
  const word = running?.kind === 'remote' ? 'RMT RUN' : 'RUN'
  return holds ? `${word} END HOLD` : chamber.runner.state() === 'paused' ? `${word} PAUSE` : word
}

/** Heater output in percent; nothing while nothing is controlled. */
function heaters({ context, chamber, fitting }: EspecDevice): string {
  const { chamber: air } = context.bench
  const isHeating = chamber.isConditioning() && !chamber.state.isBlocked
  const missingK = chamber.setPoint().temperatureC - air.temperatureC()
  const dry = isHeating ? Math.min(100, Math.max(0, 12 + 25 * missingK)) : 0
  const wet = isHeating && chamber.setPoint().humidityPercent !== null ? 20 : 0
  return fitting.hasHumidity ? `2,${formatTenths(dry)},${formatTenths(wet)}` : `1,${formatTenths(dry)}`
}

/** Compressors: the first cools below 60 °C, the second, colder one, below −10 °C. */
function compressors({ chamber }: EspecDevice): string {
  const { temperatureC } = chamber.setPoint()
  const isOn = (belowC: number): boolean => chamber.isConditioning() && temperatureC < belowC
  return `2,${onOff(isOn(60))}1,${onOff(isOn(-10))}2`
}

const listOf = (numbers: Iterable<number>): string => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return [sorted.length, ...sorted].join(',')
}

/** What the chamber measures and how it is set. */
export function chamberQueries(device: EspecDevice): Commands {
  const { chamber, fitting, measured, alarms, keys, rom } = device
  const { dialect, hasHumidity, mostC } = fitting
  const { constant, state } = chamber
  const detail = (args: readonly string[]): boolean | null =>
    args.length === 0 ? false : args[0] === 'DETAIL' && dialect.hasDetail ? true : null
  const type = dialect.name.replace('-', '')
  return {
    'ROM?': ([what]) =>
      what === undefined ? rom : what === 'DISP' && dialect.hasDisplayRom ? `D${rom.slice(1)}` : refuse('PARA ERR'),
    'TYPE?': () => [...(hasHumidity ? ['T', 'T'] : ['T']), type, formatTenths(mostC)].join(','),
    'MODE?': (args) => {
      const isDetailed = detail(args)
      return isDetailed === null ? refuse('PARA ERR') : modeOf(device, isDetailed)
    },
    'MON?': (args) => {
      const isDetailed = detail(args)
      if (isDetailed === null) return refuse('PARA ERR')
      const humidity = hasHumidity ? measured.humidity() : ''
      return [measured.temperature(), humidity, modeOf(device, isDetailed), alarms().length].join(',')
    },
    'TEMP?': () =>
      [
        measured.temperature(),
        ...[chamber.setPoint().temperatureC, device.limits.highC, device.limits.lowC].map(formatTenths),
      ].join(','),
    'HUMI?': () => {
      if (!hasHumidity) return refuse('CONT NOT READY-1')
      const { humidityPercent } = chamber.setPoint()
      const setPoint = humidityPercent === null ? 'OFF' : humidityPercent.toFixed(0)
      return `${measured.humidity()},${setPoint},${device.limits.highPercent},${device.limits.lowPercent}`
    },
    'ALARM?': () => listOf(alarms()),
    'SET?': () => constant.refrigeration,
    'REF?': () => compressors(device),
    'RELAY?': () => listOf(state.mode === 'RUN' ? chamber.step().relays : constant.relays),
    '%?': () => heaters(device),
    'KEYPROTECT?': () => onOff(keys.locked),
    'SRQ?': () => `0${bit(state.srq.alarm)}${bit(state.srq.stepDone)}${bit(state.srq.change)}0000`,
    'MASK?': () => device.mask.bits,
    'IPSET?': () => (dialect.name === 'P-300' ? device.network.text : refuse('CMD ERR')),
    'CONSTANT SET?': ([what]) => constantSetting(device, what ?? ''),
  }
}

function constantSetting({ chamber: { constant }, fitting }: EspecDevice, what: string): string {
  const { humidityPercent, lastPercent, refrigeration, relays, ptc, deviationC } = constant
  const isP300 = fitting.dialect.name === 'P-300'
  if (what === 'TEMP') return `${formatTenths(constant.temperatureC)},ON`
  if (what === 'HUMI')
    return fitting.hasHumidity
      ? `${lastPercent.toFixed(0)},${onOff(humidityPercent !== null)}`
      : refuse('CONT NOT READY-1')
  if (what === 'REF') return refrigerationWord(refrigeration, fitting.dialect.name)
  if (what === 'RELAY') return listOf(relays)
  if (what !== 'PTC') return refuse('PARA ERR')
  return fitting.hasPtc ? `${onOff(ptc)},${deviations(deviationC, isP300)}` : refuse('CONT NOT READY-1')
}

/** The SCP-220 gives the deviation downwards as a positive number. */
export const deviations = ([plus, minus]: readonly [number, number], isP300: boolean): string =>
  `${formatTenths(plus)},${formatTenths(isP300 ? minus : -minus)}`

const manualWords: Readonly<Record<string, string>> = { REF0: 'OFF', REF1: '20', REF3: '50', REF6: '100' }
/** Only the P-300 has a word for the automatic setting. */
function refrigerationWord(setting: string, controller: 'P-300' | 'SCP-220' | 'ES-102'): string {
  if (controller === 'ES-102') return setting
  return manualWords[setting] ?? (controller === 'P-300' ? 'AUTO' : 'REF9')
}

/** A value of `S85.0`, `H110.0`, `L-45.0`, in one field or several. */
function readTargets(text: string): Map<string, string> | null {
  const found = [...text.toUpperCase().matchAll(/([SHL])\s*(OFF|-?\d+(?:\.\d+)?)/g)]
  const rest = text.toUpperCase().replaceAll(/([SHL])\s*(OFF|-?\d+(?:\.\d+)?)|[\s,]/g, '')
  return found.length === 0 || rest !== '' ? null : new Map(found.map((each) => [each[1] ?? '', each[2] ?? '']))
}

interface Range {
  high: number
  low: number
}

/** The limits asked for, and whether the set-point lies between them. */
function rangeOf(targets: Map<string, string>, now: Range & { setPoint: number | null }, can: Range): Range | null {
  const high = toNumber(targets.get('H')) ?? now.high
  const low = toNumber(targets.get('L')) ?? now.low
  const setPoint = toNumber(targets.get('S')) ?? now.setPoint
  const isIn = high <= can.high && low >= can.low && low <= high
  return isIn && (setPoint === null || (setPoint <= high && setPoint >= low)) ? { high, low } : null
}

/** `TEMP,…` and `HUMI,…`. */
export function targetCommands(device: EspecDevice): Commands {
  const { context, chamber, fitting, limits, isProtected } = device
  const { constant } = chamber
  const isIgnored = (): boolean => hasFault(context, 'set-ignored')
  const kept = (text: string, keep: (targets: Map<string, string>) => string | null): string | null => {
    const targets = readTargets(text)
    if (!targets) return refuse('PARA ERR')
    if (isProtected()) return refuse('PROTECT ON')
    const refused = keep(targets)
    if (refused === null) chamber.apply()
    return refused
  }
  const temperature = (targets: Map<string, string>): string | null => {
    const now = { high: limits.highC, low: limits.lowC, setPoint: constant.temperatureC }
    const range = rangeOf(targets, now, { high: fitting.mostC, low: fitting.leastC })
    if (targets.get('S') === 'OFF') return refuse('PARA ERR')
    if (!range) return refuse('DATA OUT OF RANGE')
    if (isIgnored()) return null
    Object.assign(limits, { highC: range.high, lowC: range.low })
    constant.temperatureC = toNumber(targets.get('S')) ?? constant.temperatureC
    return null
  }
  const humidity = (targets: Map<string, string>): string | null => {
    const now = { high: limits.highPercent, low: limits.lowPercent, setPoint: constant.humidityPercent }
    const range = rangeOf(targets, now, { high: 100, low: 0 })
    if (!range) return refuse('DATA OUT OF RANGE')
    if (isIgnored()) return null
    const asked = targets.get('S')
    Object.assign(limits, { highPercent: range.high, lowPercent: range.low })
    if (asked === 'OFF') constant.humidityPercent = null
    else if (asked !== undefined) constant.humidityPercent = constant.lastPercent = Math.round(Number(asked))
    return null
  }
  return {
    TEMP: (_args, text) => kept(text, temperature),
    HUMI: (_args, text) => (fitting.hasHumidity ? kept(text, humidity) : refuse('CONT NOT READY-1')),
  }
}
