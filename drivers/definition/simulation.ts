import { z } from 'zod'
import type { SettingValue, SimulatorContext } from '../../src/contract/instrument.ts'

/** What a simulated channel says: a quantity of the bench, one of the instrument's settings, or a number that may drift. */
export const simulateChannelSchema = z
  .union([
    z.number(),
    z
      .string()
      .regex(
        /^(irradiance|ambient|module\.[0-3]|chamber\.(temperature|humidity)|interlock|stress\.(voltage|leakage|insulation)\.\d|setting\.[A-Za-z0-9]+)$/,
        'irradiance, ambient, module.0 to 3, chamber.temperature, chamber.humidity, interlock, stress.voltage.0, stress.leakage.0, stress.insulation.0 or setting.NAME',
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
  .enum(['stress.voltage', 'stress.output', 'chamber.temperature', 'chamber.humidity', 'chamber.run'])
  .describe('What the simulator does with it; no part of the real instrument')
export type SimulateSetting = z.infer<typeof simulateSettingSchema>

const msPerHour = 3_600_000

/** @param settingOf what the instrument has in one of its settings */
export function createSimulatedChannels(context: SimulatorContext, settingOf: (name: string) => number) {
  const { bench, clock } = context
  const startMs = clock.monotonicMs()
  const noise = context.random.fork('noise')
  const onBench = (key: string): number => {
    const [name = '', second = '', third = '0'] = key.split('.')
    const lane = Number(third)
    if (name === 'irradiance') return bench.irradianceWPerM2()
    if (name === 'ambient') return bench.ambientTemperatureC()
    if (name === 'module') return bench.moduleTemperatureC(Number(second))
    if (name === 'interlock') return bench.interlock.isClosed() ? 1 : 0
    if (name === 'setting') return settingOf(second)
    if (name === 'chamber')
      return second === 'humidity' ? bench.chamber.humidityPercent() : bench.chamber.temperatureC()
    if (second === 'voltage') return bench.stress.voltageV(lane)
    return second === 'leakage' ? bench.stress.leakageA(lane) : bench.stress.insulationOhm(lane)
  }
  return (simulate: SimulateChannel): number => {
    if (typeof simulate === 'number') return simulate
    if (typeof simulate === 'string') return onBench(simulate)
    const hours = (clock.monotonicMs() - startMs) / msPerHour
    return simulate.value + simulate.driftPerHour * hours + simulate.noise * noise.normal()
  }
}

/** Lanes that one simulated supply puts its voltage on. */
const lanes = [0, 1, 2, 3]

/** Puts on the bench what the settings amount to now. */
export function driveBench(
  { bench }: SimulatorContext,
  settings: readonly { simulate?: SimulateSetting | undefined; value: SettingValue }[],
): void {
  const find = (key: SimulateSetting): SettingValue | undefined => settings.find((each) => each.simulate === key)?.value
  const numberOf = (key: SimulateSetting): number => Number(find(key) ?? 0)
  if (find('stress.voltage') !== undefined) {
    const isOn = find('stress.output') !== false && find('stress.output') !== 0
    for (const lane of lanes) bench.stress.apply(lane, isOn ? numberOf('stress.voltage') : 0)
  }
  if (find('chamber.temperature') === undefined) return
  const isRunning = find('chamber.run') !== false && find('chamber.run') !== 0
  const humidityPercent = find('chamber.humidity') === undefined ? null : numberOf('chamber.humidity')
  bench.chamber.drive(
    isRunning ? { temperatureC: numberOf('chamber.temperature'), rampKPerMin: null, humidityPercent } : null,
  )
}
