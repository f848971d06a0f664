import type { WordOrder } from '../../src/base/words.ts'
import { hasFault } from '../bench/faults.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { floatAt, paddedAt, type RegisterBlock } from '../watlow/simulatedRegisters.ts'
import { fromCelsius, toCelsius, toKelvin } from '../watlow/temperature.ts'
import { cascade, code, loop } from './registers.ts'
import type { LoopState, SimulatedF4t } from './simulatedChamber.ts'

export interface Wire {
  context: SimulatorContext
  chamber: SimulatedF4t
  /** Of numbers in two registers. */
  order: () => WordOrder
}

const modes: readonly number[] = [code.off, code.auto, code.manual]

/** A value of a loop in the controller's unit, kept in °C or percent. */
function createValueBlocks({ chamber, order }: Wire, of: LoopState) {
  const unit = chamber.fitting.isFahrenheit && of.kind === 'temperature' ? 'F' : 'C'
  return {
    value: (at: number, read: () => number, set?: (value: number) => boolean): RegisterBlock =>
      floatAt(at, {
        order,
        read: () => fromCelsius(read(), unit),
        ...(set ? { set: (value: number) => set(toCelsius(value, unit)) } : {}),
      }),
    difference: (at: number, read: () => number, set: (value: number) => boolean): RegisterBlock =>
      floatAt(at, {
        order,
        read: () => (unit === 'F' ? read() * 1.8 : read()),
        set: (value) => set(toKelvin(value, unit)),
      }),
    /** In percent, whatever the unit. */
    power: (at: number, read: () => number, set?: (value: number) => boolean): RegisterBlock =>
      floatAt(at, { order, read, ...(set ? { set } : {}) }),
  }
}

/** Output in percent that such a difference of temperature would have; for show. */
function powerOf({ chamber }: Wire, of: LoopState): number {
  const mode = chamber.activeMode(of)
  if (mode === code.off) return 0
  if (mode === code.manual) return of.manualPower
  const { sensors } = chamber
  const actual = of.kind === 'humidity' ? sensors.humidityPercent() : sensors.temperatureC()
  return Math.max(-100, Math.min(100, 10 * (chamber.activeSetPoint(of) - actual) + 5))
}

/** What can be set of any loop. */
function setters({ context, chamber }: Wire, of: LoopState) {
  const takes = (): boolean => !hasFault(context, 'set-ignored')
  const within = (value: number, least: number, most: number): boolean => value >= least && value <= most
  return {
    setPoint: (value: number): boolean => {
      const slack = 1e-3
      if (!within(value, of.minimum - slack, of.maximum + slack)) return false
      if (takes()) of.setPoint = value
      chamber.apply()
      return true
    },
    minimum: (value: number): boolean => {
      if (value >= of.maximum) return false
      of.minimum = value
      return true
    },
    maximum: (value: number): boolean => {
      if (value <= of.minimum) return false
      of.maximum = value
      return true
    },
    power: (value: number): boolean => {
      if (!within(value, -100, 100)) return false
      of.manualPower = value
      chamber.apply()
      return true
    },
    mode: (value: number): boolean => {
      if (!modes.includes(value)) return false
      if (value !== code.off || !chamber.ignoresStops()) of.mode = value
      chamber.apply()
      return true
    },
  }
}

const measuredOf = ({ chamber }: Wire, { kind }: LoopState): (() => number) =>
  kind === 'temperature'
    ? chamber.sensors.temperatureC
    : kind === 'humidity'
      ? chamber.sensors.humidityPercent
      : () => 0

function loopBlocks(wire: Wire, of: LoopState, number: number): RegisterBlock[] {
  const { chamber } = wire
  const at = (address: number): number => address + (number - 1) * loop.stride
  const { value, power } = createValueBlocks(wire, of)
  const set = setters(wire, of)
  return [
    paddedAt(at(loop.mode), () => of.mode, set.mode),
    value(at(loop.minimum), () => of.minimum, set.minimum),
    value(at(loop.maximum), () => of.maximum, set.maximum),
    value(at(loop.setPoint), () => of.setPoint, set.setPoint),
    power(at(loop.manualPower), () => of.manualPower, set.power),
    power(at(loop.power), () => powerOf(wire, of)),
    value(at(loop.activeSetPoint), () => chamber.activeSetPoint(of)),
    paddedAt(at(loop.activeMode), () => chamber.activeMode(of)),
    value(at(loop.value), measuredOf(wire, of)),
  ]
}

/** The air's set-point goes beyond the product's by as much as the product is behind, within the deviation. */
function airSetPoint({ chamber }: Wire, of: LoopState): number {
  const wanted = chamber.activeSetPoint(of)
  if (of.isCascadeOff) return wanted
  const behind = wanted - chamber.sensors.productC()
  return wanted + Math.max(of.deviation.low, Math.min(of.deviation.high, behind))
}

function cascadeBlocks(wire: Wire, of: LoopState, number: number): RegisterBlock[] {
  const { chamber } = wire
  const at = (address: number): number => address + (number - 1) * cascade.stride
  const { value, difference, power } = createValueBlocks(wire, of)
  const set = setters(wire, of)
  const deviate =
    (side: 'low' | 'high') =>
    (to: number): boolean => {
      of.deviation = { ...of.deviation, [side]: to }
      return true
    }
  const disable = (to: number): boolean => {
    if (to !== code.on && to !== code.off) return false
    of.isCascadeOff = to === code.on
    return true
  }
  return [
    paddedAt(at(cascade.mode), () => of.mode, set.mode),
    paddedAt(at(cascade.activeMode), () => chamber.activeMode(of)),
    value(at(cascade.minimum), () => of.minimum, set.minimum),
    value(at(cascade.maximum), () => of.maximum, set.maximum),
    value(at(cascade.setPoint), () => of.setPoint, set.setPoint),
    power(at(cascade.manualPower), () => of.manualPower, set.power),
    difference(at(cascade.deviationLow), () => of.deviation.low, deviate('low')),
    difference(at(cascade.deviationHigh), () => of.deviation.high, deviate('high')),
    power(at(cascade.power), () => powerOf(wire, of)),
    value(at(cascade.productValue), chamber.sensors.productC),
    value(at(cascade.value), measuredOf(wire, of)),
    value(at(cascade.airSetPoint), () => airSetPoint(wire, of)),
    value(at(cascade.productSetPoint), () => chamber.activeSetPoint(of)),
    paddedAt(at(cascade.disable), () => (of.isCascadeOff ? code.on : code.off), disable),
  ]
}

export function controlBlocks(wire: Wire): RegisterBlock[] {
  const { cascades } = wire.chamber.fitting
  return wire.chamber.state.loops.flatMap((each, i) =>
    i < cascades ? cascadeBlocks(wire, each, i + 1) : loopBlocks(wire, each, i - cascades + 1),
  )
}
