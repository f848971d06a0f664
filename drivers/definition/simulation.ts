import { z } from 'zod'
import { createSupplyTerminals } from '../bench/supplyTerminals.ts'
import type { SettingValue, SimulatorContext } from '../../src/contract/instrument.ts'

/** What a simulated channel says: a quantity of the bench, one of the instrument's settings, or a number that may drift. */
export const simulateChannelSchema = z
  .union([
    z.number(),
    z
      .string()
      .regex(
        /^(irradiance|ambient|module\.[0-3]|chamber\.(temperature|humidity)|interlock|supply\.(voltage|current)|stress\.(voltage|leakage|insulation)\.\d|setting\.[A-Za-z0-9]+)$/,
        'irradiance, ambient, module.0 to 3, chamber.temperature, chamber.humidity, interlock, supply.voltage, supply.current, stress.voltage.0, stress.leakage.0, stress.insulation.0 or setting.NAME',
      ),
    z.strictObject({
      value: z.number(),
      driftPerHour: z.number().default(0),
      noise: z.number().nonnegative().default(0),
    }),
  ])
  .describe('What the simulator gives here; no part of the real instrument')
export type SimulateChannel = z.infer<typeof simulateChannelSchema>

/** What a simulated setting does on the bench. */
export const simulateSettingSchema = z
  .enum([
    'stress.voltage',
    'stress.output',
    'supply.voltage',
    'supply.current',
    'supply.output',
    'chamber.temperature',
    'chamber.humidity',
    'chamber.run',
  ])
  .describe('What the simulator does with it; no part of the real instrument')
export type SimulateSetting = z.infer<typeof simulateSettingSchema>

const msPerHour = 3_600_000
/** Lanes that one simulated supply puts its high voltage on. */
const lanes = [0, 1, 2, 3]

/** One of the instrument's settings as it stands now. */
export interface SimulatedSetting {
  name: string
  simulate?: SimulateSetting | undefined
  value: SettingValue
}

/** Ties an instrument that is data to the bench. */
export interface Simulation {
  channel: (simulate: SimulateChannel) => number
  /** Puts on the bench what the settings amount to now. */
  drive: () => void
}

/** @param settings as they stand when asked */
export function createSimulation(context: SimulatorContext, settings: () => readonly SimulatedSetting[]): Simulation {
  const { bench, clock } = context
  const startMs = clock.monotonicMs()
  const noise = context.random.fork('noise')
  const terminals = createSupplyTerminals(bench, false)
  const valueOf = (key: SimulateSetting): SettingValue | undefined =>
    settings().find((each) => each.simulate === key)?.value
  const isOn = (key: SimulateSetting): boolean => valueOf(key) !== false && valueOf(key) !== 0
  const has = (key: SimulateSetting): boolean => valueOf(key) !== undefined
  const numberOf = (key: SimulateSetting): number => Number(valueOf(key) ?? 0)

  const supplyPoint = () =>
    isOn('supply.output')
      ? terminals.at({
          voltageV: numberOf('supply.voltage'),
          sourceA: numberOf('supply.current'),
          sourceW: Infinity,
          sinkA: 0,
          sinkW: 0,
        })
      : terminals.open()

  const onBench = (key: string): number => {
    const [name = '', second = '', third = '0'] = key.split('.')
    const lane = Number(third)
    if (name === 'irradiance') return bench.irradianceWPerM2()
    if (name === 'ambient') return bench.ambientTemperatureC()
    if (name === 'module') return bench.moduleTemperatureC(Number(second))
    if (name === 'interlock') return bench.interlock.isClosed() ? 1 : 0
    if (name === 'setting') return Number(settings().find((each) => each.name === second)?.value ?? 0)
    if (name === 'supply') return second === 'voltage' ? supplyPoint().voltageV : supplyPoint().currentA
    if (name === 'chamber')
      return second === 'humidity' ? bench.chamber.humidityPercent() : bench.chamber.temperatureC()
    if (second === 'voltage') return bench.stress.voltageV(lane)
    return second === 'leakage' ? bench.stress.leakageA(lane) : bench.stress.insulationOhm(lane)
  }
  return {
    channel: (simulate) => {
      if (typeof simulate === 'number') return simulate
      if (typeof simulate === 'string') return onBench(simulate)
      const hours = (clock.monotonicMs() - startMs) / msPerHour
      return simulate.value + simulate.driftPerHour * hours + simulate.noise * noise.normal()
    },
    drive: () => {
      if (has('supply.voltage')) supplyPoint()
      if (has('stress.voltage'))
        for (const lane of lanes) bench.stress.apply(lane, isOn('stress.output') ? numberOf('stress.voltage') : 0)
      if (!has('chamber.temperature')) return
      const humidityPercent = has('chamber.humidity') ? numberOf('chamber.humidity') : null
      const target = { temperatureC: numberOf('chamber.temperature'), rampKPerMin: null, humidityPercent }
      bench.chamber.drive(isOn('chamber.run') ? target : null)
    },
  }
}
