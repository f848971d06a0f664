import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createMeter } from '../bench/meter.ts'
import { createSupplyTerminals, type TerminalPoint } from '../bench/supplyTerminals.ts'
import { registerA, registerB } from './registers.ts'
import {
  createSupplyState,
  outputBits,
  settingBits,
  sourceBits,
  type SetPointName,
  type SupplyRating,
} from './supplyState.ts'

/** The supply behind the commands: what keeps the output off, what comes of the set-points, and its meters. */
export function createSupplyDevice(context: SimulatorContext, rating: SupplyRating) {
  const { bench, random, options, clock } = context
  const terminals = createSupplyTerminals(bench, options['light'] === 'on', clock)
  const voltmeter = createMeter(random.fork('voltmeter'))
  const ammeter = createMeter(random.fork('ammeter'))
  const held = createSupplyState(context, rating)
  const { state, effective } = held
  const isInterlockOpen = (): boolean => hasFault(context, 'interlock-open') || !bench.interlock.isClosed()
  const isHot = (): boolean => hasFault(context, 'over-temperature')
  const isStuck = (): boolean => hasFault(context, 'stuck-output')

  /** Interlock and heat switch the output off for good; the remote shutdown only while it lasts. */
  const isOn = (): boolean => {
    if (state.output && !isStuck() && (isInterlockOpen() || isHot())) state.output = false
    return state.output && (isStuck() || !state.shutDown)
  }
  const point = (): TerminalPoint =>
    isOn()
      ? terminals.at({
          voltageV: effective('voltageV'),
          sourceA: effective('currentA'),
          sourceW: effective('powerW'),
          sinkA: effective('negativeCurrentA'),
          sinkW: effective('negativePowerW'),
        })
      : terminals.open()
  const voltageV = (): number => voltmeter.read(point().voltageV, rating.maxVoltageV)
  const currentA = (): number => ammeter.read(point().currentA, rating.maxCurrentA)
  const heatBits = (): number =>
    (isHot() ? registerA.overTemperature : 0) | (isInterlockOpen() ? registerA.interlock : 0)
  const overloadBits = (): number =>
    hasFault(context, 'overload') ? registerB.voltageOverload | registerB.currentOverload : 0

  return {
    rating,
    held,
    isOn,
    point,
    voltageV,
    currentA,
    powerW: () => voltageV() * currentA(),
    temperatureC: () => (isHot() ? 92 : 31) + 4 * Math.min(1, Math.abs(point().currentA) / rating.maxCurrentA),
    registerA: () => settingBits(held, isOn()) | outputBits(isOn(), point()) | heatBits(),
    registerB: () => sourceBits(held) | overloadBits(),
    nowMs: () => clock.monotonicMs(),
    setPoint: (name: SetPointName, value: number) => {
      const isCurrent = name === 'currentA' && hasFault(context, 'clamp')
      state.set[name] = isCurrent ? value * 0.9 : value
      point()
    },
    switchOutput: (on: boolean) => {
      if (!on && isStuck()) return
      state.output = on && !isInterlockOpen() && !isHot()
      point()
    },
    reset: () => {
      held.reset()
      point()
    },
  }
}

export type SupplyDevice = ReturnType<typeof createSupplyDevice>
