import { assert } from '../../src/base/assert.ts'
import type { Clock } from '../../src/base/clock.ts'
import type { Random } from '../../src/base/random.ts'
import type { SimulatedBench } from '../../src/contract/instrument.ts'
import { fortyFiveWattModule, type ModuleSpec } from './modules.ts'
import { createAgeing } from './ageing.ts'
import { createClimate } from './climate.ts'
import { createTimeNoise } from './noise.ts'
import { forwardVoltageV, junctionVoltageV, openCircuitV, parametersAt, type DiodeParameters } from './singleDiode.ts'
import { createStress } from './stress.ts'

export interface BenchOptions {
  clock: Clock
  random: Random
  /** The module on the bench; the 45 W one unless given. */
  module?: ModuleSpec
  /** Mean irradiance of the lamp in the module plane, 0 (shutter closed) to 1500. */
  lampWPerM2?: number
  /** Cell temperature before the lamp warms the module. */
  startTemperatureC?: number
  /** False switches off everything random or slow, so that a test can compare with the equations. */
  disturbances?: boolean
  /** How fast the module ages under stress: 1 is a sound module, 0 one that never changes, 5 one that fails. */
  ageing?: number
}

const warmUpK = 0.6
const warmUpMs = 600_000
/** Back-side sensors sit a little below the cells. */
const cellAboveBackK = 0.2

interface Moment {
  atMs: number
  irradianceWPerM2: number
  cellC: number
  parameters: DiodeParameters
}

/**
 * One lab bench: lamp, temperature-controlled stage, module and its contacts. Everything follows from the seed and the
 * time since the bench was made; asking more or less often changes nothing.
 */
export function createBench(options: BenchOptions): SimulatedBench {
  const { clock, random, module = fortyFiveWattModule, lampWPerM2 = 1000, startTemperatureC = 25 } = options
  assert(lampWPerM2 >= 0 && lampWPerM2 <= 1500, 'the lamp gives 0 to 1500 W/m²')
  const scale = options.disturbances === false ? 0 : 1
  const startMs = clock.monotonicMs()
  const lampDrift = createTimeNoise(random, 'lampDrift')
  const lampFlicker = createTimeNoise(random, 'lampFlicker')
  const contact = createTimeNoise(random, 'contact')
  const stage = createTimeNoise(random, 'stage')
  const placement = random.fork('placement')
  const sensorOffsetK = [-0.25, 0.2, -0.05, 0.1].map((base) => base + 0.1 * (placement.uniform() - 0.5))
  const nowMs = (): number => clock.monotonicMs() - startMs

  const irradianceAt = (atMs: number): number =>
    lampWPerM2 * (1 + scale * (0.0015 * lampDrift.smooth(atMs, 180_000) + 0.0005 * lampFlicker.stepped(atMs, 5)))
  const ambientAt = (atMs: number): number => 23.5 + scale * 0.1 * stage.smooth(atMs + 7_000, 300_000)
  const { climate, ageing, stress } = createWeather(nowMs, { startTemperatureC, pace: options.ageing ?? 1 })
  const door = { isClosed: true }
  /** On the lamp's stage the module is at its temperature; from the chamber it comes, and goes, with its own lag. */
  const cellAt = (atMs: number): number => {
    const warm = warmUpK * (lampWPerM2 / 1000) * (1 - Math.exp(-atMs / warmUpMs))
    const onStageC = startTemperatureC + scale * (warm + 0.05 * stage.smooth(atMs, 60_000))
    const inChamberC = climate.moduleC()
    return inChamberC === null || climate.air.workingTemperatureC() === null ? onStageC : inChamberC
  }
  // Connector inside the sense leads: milliohms that wander, so that no two sweeps agree to the last digit.
  const contactOhm = (atMs: number): number => scale * Math.max(0.001, 0.003 + 0.0007 * contact.smooth(atMs, 45_000))

  const describe = (atMs: number): Moment => {
    const irradianceWPerM2 = irradianceAt(atMs)
    const cellC = cellAt(atMs)
    const parameters = ageing.age(parametersAt(module.diode, irradianceWPerM2, cellC))
    return {
      atMs,
      irradianceWPerM2,
      cellC,
      parameters: { ...parameters, seriesOhm: parameters.seriesOhm + contactOhm(atMs) },
    }
  }
  let latest = describe(nowMs())
  const moment = (): Moment => {
    const atMs = nowMs()
    if (atMs !== latest.atMs) latest = describe(atMs)
    return latest
  }

  return {
    moduleCurrentA: (voltageV, sweepRateVPerS) =>
      moduleCurrentA(module, moment().parameters, { voltageV, sweepRateVPerS }),
    openCircuitVoltageV: () => openCircuitV(moment().parameters),
    irradianceWPerM2: () => moment().irradianceWPerM2,
    moduleTemperatureC: (sensor) => {
      const offsetK = sensorOffsetK[sensor]
      assert(offsetK !== undefined, 'the module has sensors 0 to 3')
      return moment().cellC + scale * (offsetK - cellAboveBackK)
    },
    ambientTemperatureC: () => ambientAt(nowMs()),
    chamber: climate.air,
    forwardVoltageV: (currentA) => {
      const { parameters } = describe(nowMs())
      const voltageV = forwardVoltageV({ ...parameters, photocurrentA: 0 }, currentA)
      climate.heatW(Math.abs(voltageV * currentA))
      return voltageV
    },
    stress,
    interlock: { isClosed: () => door.isClosed, set: (closed) => void (door.isClosed = closed) },
  }
}

/** The chamber, what high voltage does in it, and how the module ages by both. */
function createWeather(nowMs: () => number, module: { startTemperatureC: number; pace: number }) {
  const climate = createClimate({ nowMs, ambientC: () => 23.5 })
  const ageing = createAgeing(module.pace)
  climate.onStretch(ageing.weather)
  const stress = createStress({
    nowMs,
    moduleC: () => climate.moduleC() ?? module.startTemperatureC,
    humidityPercent: () => climate.air.humidityPercent(),
    onStress: ageing.stress,
  })
  return { climate, ageing, stress }
}

/**
 * Current of the module's cells, bypass diodes and stored charge. The charge of the cells is lifetime × recombination
 * current; while the voltage rises it takes current away from the terminals, so a rising sweep reads low.
 */
function moduleCurrentA(
  module: ModuleSpec,
  p: DiodeParameters,
  at: { voltageV: number; sweepRateVPerS: number },
): number {
  const junctionV = junctionVoltageV(p, at.voltageV)
  const recombinationA = p.saturationCurrentA * Math.expm1(junctionV / p.slopeV)
  const capacitanceF = (module.carrierLifetimeS * Math.max(recombinationA, 0)) / p.slopeV
  const cellsA = (junctionV - at.voltageV) / p.seriesOhm
  return cellsA + bypassCurrentA(module.bypassDiodes, at.voltageV) - capacitanceF * at.sweepRateVPerS
}

/** Schottky diodes in series, across the whole module; they conduct where the voltage is reversed. */
const bypassCurrentA = (count: number, voltageV: number): number =>
  voltageV >= 0 ? 0 : 1e-5 * Math.expm1(Math.min(-voltageV / (count * 0.027), 40))
