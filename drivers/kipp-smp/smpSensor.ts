import { int16ToWord, wordToInt16 } from '../../src/base/words.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { coil, input, normalMode, register, scaleFactors, statusBit, typeOf } from './registers.ts'

/** Data beyond these are over- and underflow (manual, A.8). */
const mostData = 29_999
const serviceMode = 2
/** The sensor samples each 100 ms; its values keep for that long. */
const sampleMs = 100
const noiseWPerM2 = 0.2
/** What the compensation takes away, by kelvin off 25 °C. */
const rawPerK = 2e-4

interface Flags {
  voidData: boolean
  overflow: boolean
  underflow: boolean
  error: boolean
}

/** What the light at the bench is for the sensor, and how much it wandered since the last reading. */
function createSignal(context: SimulatorContext) {
  const { bench, clock, random, options } = context
  const gain = 1 + 2e-3 * random.fork('gain').normal()
  const noise = random.fork('noise')
  const offset = Number(options['offset'] ?? -2)
  let sample = { atMs: -Infinity, value: 0 }
  let since = { atMs: clock.monotonicMs(), value: bench.irradianceWPerM2() * gain + offset }

  const look = (): number => {
    const nowMs = clock.monotonicMs()
    if (nowMs - sample.atMs >= sampleMs)
      sample = { atMs: nowMs, value: bench.irradianceWPerM2() * gain + offset + noiseWPerM2 * noise.normal() }
    return sample.value
  }
  return {
    irradianceWPerM2: look,
    /** Noise and an even drift; the samples between the readings aren't taken one by one. */
    deviationWPerM2: (): number => {
      const isOneSample = clock.monotonicMs() - since.atMs < 2 * sampleMs
      return isOneSample ? 0 : Math.hypot(noiseWPerM2, (look() - since.value) / Math.sqrt(12))
    },
    restart: () => void (since = { atMs: clock.monotonicMs(), value: look() }),
  }
}

/** Flags stay until the computer looks; the general error until it clears it. */
function createFlags(context: SimulatorContext) {
  const flags: Flags = {
    voidData: false,
    overflow: false,
    underflow: false,
    error: context.options['powerUp'] !== 'cleared',
  }
  const seenFaults = new Set<string>()
  /** True when a fault has just come. */
  const comes = (fault: string): boolean => {
    if (!hasFault(context, fault)) {
      seenFaults.delete(fault)
      return false
    }
    if (seenFaults.has(fault)) return false
    seenFaults.add(fault)
    return true
  }
  const look = (): void => {
    if (comes('power-up')) flags.error = true
    if (comes('latched') || hasFault(context, 'void-data')) flags.voidData = true
    if (hasFault(context, 'overflow')) flags.overflow = true
    if (hasFault(context, 'underflow')) flags.underflow = true
    if (hasFault(context, 'adc-error')) flags.error = true
  }
  return { flags, look }
}

type Table<T> = Readonly<Record<number, () => T>>

/** Irradiance as the sensor puts it into a word, by its scale factor; what doesn't fit is a flag. */
function createScale(context: SimulatorContext, flags: Flags, isSmp12: boolean) {
  const state = { byDefault: Number(context.options['scale'] ?? (isSmp12 ? 1 : 0)), readings: 0 }
  const factor = (): number => (hasFault(context, 'scale') ? state.readings % 2 : state.byDefault)
  return {
    state,
    factor,
    toWord: (value: number): number => {
      const number = Math.round(value / (scaleFactors[factor()] ?? 1))
      if (Math.abs(number) > mostData) flags[number > 0 ? 'overflow' : 'underflow'] = true
      return int16ToWord(Math.max(-mostData, Math.min(mostData, number)))
    },
  }
}

/** Who the sensor is: registers that never change, but for the time it is on. */
function identityTable({ clock, options }: SimulatorContext, type: number): Table<number> {
  const startMs = clock.monotonicMs()
  const onTimeS = (): number => Math.floor((clock.monotonicMs() - startMs) / 1000)
  const hundredths = (text: string | undefined, otherwise: string): number =>
    Math.round(Number(text ?? otherwise) * 100)
  return {
    [register.deviceType]: () => type,
    [register.dataModel]: () => (type === typeOf('SMP12') ? 107 : 102),
    [register.onTimeHigh]: () => onTimeS() >>> 16,
    [register.onTimeLow]: () => onTimeS() & 0xffff,
    [register.batch]: () => Number(options['batch'] ?? 14),
    [register.serial]: () => Number(options['serialNumber'] ?? 123),
    [register.software]: () => hundredths(options['software'], '1.08'),
    [register.hardware]: () => hundredths(options['hardware'], '1.05'),
    [register.node]: () => Number(options['unit'] ?? 1),
  }
}

function measurementTable(
  context: SimulatorContext,
  of: { signal: ReturnType<typeof createSignal>; scale: ReturnType<typeof createScale>; flags: Flags },
): Table<number> {
  const { bench, random } = context
  const { signal, scale, flags } = of
  const bodyNoise = random.fork('body')
  /** A little above the air, by the sun. */
  const bodyC = (): number => bench.ambientTemperatureC() + bench.irradianceWPerM2() / 500
  const status = (): number =>
    (flags.voidData ? statusBit.voidData : 0) |
    (flags.overflow ? statusBit.overflow : 0) |
    (flags.underflow ? statusBit.underflow : 0) |
    (flags.error ? statusBit.error : 0)
  return {
    [register.mode]: () => (hasFault(context, 'service-mode') ? serviceMode : normalMode),
    [register.status]: status,
    [register.scale]: () => int16ToWord(scale.factor()),
    [register.irradiance]: () => scale.toWord(signal.irradianceWPerM2()),
    [register.raw]: () => scale.toWord(signal.irradianceWPerM2() * (1 + rawPerK * (bodyC() - 25))),
    [register.deviation]: () => scale.toWord(signal.deviationWPerM2()),
    [register.body]: () => int16ToWord(Math.round(10 * bodyC() + 0.3 * bodyNoise.normal())),
    [register.supply]: () => 234,
    [register.bodyKelvin]: () => Math.round(10 * (bodyC() + 273.15)),
    [register.errorCode]: () => (hasFault(context, 'adc-error') ? 6 : 0),
    [register.defaultScale]: () => int16ToWord(scale.state.byDefault),
  }
}

/** Inputs that are cleared, with their status bits, when they are read. */
const clearedByReading: Readonly<Record<number, keyof Flags>> = {
  [input.voidData]: 'voidData',
  [input.overflow]: 'overflow',
  [input.underflow]: 'underflow',
}

/** A SMP behind its Modbus. */
export function createSmp(context: SimulatorContext, type: number) {
  const signal = createSignal(context)
  const { flags, look } = createFlags(context)
  const scale = createScale(context, flags, type === typeOf('SMP12'))
  const values = { ...identityTable(context, type), ...measurementTable(context, { signal, scale, flags }) }
  const coils: Record<number, boolean> = { [coil.roundOff]: true, [coil.trackingFilter]: true }
  const bits: Table<boolean> = {
    [input.alwaysTrue]: () => true,
    [input.voidData]: () => flags.voidData,
    [input.overflow]: () => flags.overflow,
    [input.underflow]: () => flags.underflow,
    [input.error]: () => flags.error,
    [input.adc]: () => hasFault(context, 'adc-error'),
  }
  return {
    registers: (address: number, count: number): number[] => {
      look()
      if (address <= register.scale && address + count > register.scale) scale.state.readings++
      // The value first: data that don't fit set a flag of the same sample.
      scale.toWord(signal.irradianceWPerM2())
      return Array.from({ length: count }, (_each, i) => values[address + i]?.() ?? 0)
    },
    restartDeviation: signal.restart,
    bit: (address: number): boolean => {
      look()
      return bits[address]?.() ?? coils[address] ?? false
    },
    seen: (address: number): void => {
      const flag = clearedByReading[address]
      if (flag !== undefined) flags[flag] = false
    },
    writeCoil: (address: number, on: boolean): void => {
      if (address === coil.clearError) {
        if (on && !hasFault(context, 'adc-error')) flags.error = false
      } else if (address === coil.restart) {
        if (on) flags.error = true
      } else coils[address] = on
    },
    /** Volatile: the factory's comes back at power-on. */
    setScale: (word: number): boolean => {
      if (scaleFactors[wordToInt16(word)] === undefined) return false
      scale.state.byDefault = wordToInt16(word)
      return true
    },
  }
}

export type Smp = ReturnType<typeof createSmp>
