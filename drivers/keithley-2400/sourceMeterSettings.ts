import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { rangeFor } from '../bench/meter.ts'
import { ScpiError } from '../bench/scpi.ts'
import { createSettings, type Settings } from '../bench/scpiSettings.ts'
import type { SmuLimits } from '../scpi/smuLimits.ts'
import { keptCommands } from './keptCommands.ts'

/** `1.050000E-04`, as the instrument prints settings. */
export const formatSetting = (value: number): string =>
  value.toExponential(6).replace(/e([+-])(\d+)$/, (_all, sign: string, digits: string) => {
    return `E${sign}${digits.padStart(2, '0')}`
  })

export const currentRangesA = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 3, 5]

const whole = { accept: Math.round, format: (value: number) => String(value) }

const conflict = (): never => {
  throw new ScpiError(-221, 'Settings conflict')
}

export type MeterSettings = ReturnType<typeof createMeterSettings>

/** All settings that *RST puts back. */
export function createMeterSettings(model: SmuLimits, context: SimulatorContext) {
  const settings = createSettings(formatSetting)
  return {
    reset: settings.reset,
    snapshot: settings.snapshot,
    kept: settings.kept(keptCommands),
    ...voltageSourceSettings(settings, model, context),
    ...currentSourceSettings(settings, model),
    ...sweepSettings(settings, model),
    ...senseSettings(settings),
    ...triggerSettings(settings),
  }
}

/** The voltage source with the rule of its ranges: the highest voltages exclude the largest currents (error -221). */
function voltageSourceSettings(settings: Settings, model: SmuLimits, context: SimulatorContext) {
  const { maxVoltageV, maxCurrentA, lowRangeMaxV } = model
  const highestV = maxVoltageV / (maxVoltageV > 1000 ? 1.1 : 1.05)
  const rangesV = [0.2, 2, Math.round(lowRangeMaxV / 1.05), highestV]
  const voltage = { min: -maxVoltageV, max: maxVoltageV, initial: 0 }
  const exceeds = (currentA: number, voltageV: number): boolean =>
    currentA > (Math.abs(voltageV) > lowRangeMaxV ? model.highRangeMaxCurrentA : maxCurrentA) * 1.0001

  const voltageRangeAuto = settings.boolean(true)
  const complianceA = settings.number({
    min: -maxCurrentA,
    max: maxCurrentA,
    initial: 1.05e-4,
    accept: (value) => {
      if (exceeds(Math.abs(value), voltageRangeV.value)) conflict()
      return Math.abs(value) * (hasFault(context, 'clamp') ? 0.9 : 1)
    },
  })
  const voltageRangeV = settings.number({
    ...voltage,
    initial: 20,
    accept: (value) => {
      const range = rangeFor(rangesV, value)
      if (exceeds(complianceA.value, range)) conflict()
      voltageRangeAuto.value = false
      return range
    },
  })
  const levelV = settings.number({
    ...voltage,
    accept: (value) => {
      if (!voltageRangeAuto.value && Math.abs(value) > voltageRangeV.value * 1.1001)
        throw new ScpiError(-222, 'Parameter data out of range')
      if (voltageRangeAuto.value && exceeds(complianceA.value, value)) conflict()
      if (voltageRangeAuto.value) voltageRangeV.value = rangeFor(rangesV, value)
      return value
    },
  })
  return {
    source: settings.keyword(['VOLTage', 'CURRent', 'MEMory'], 'VOLT'),
    voltageRangeAuto,
    complianceA,
    voltageRangeV,
    levelV,
    senseVoltageRangeV: settings.number({ ...voltage, initial: 20, accept: (value) => rangeFor(rangesV, value) }),
    senseVoltageRangeAuto: settings.boolean(true),
  }
}

function currentSourceSettings(settings: Settings, { maxCurrentA, maxVoltageV, lowRangeMaxV }: SmuLimits) {
  const current = { min: -maxCurrentA, max: maxCurrentA, initial: 0 }
  const rangesA = currentRangesA.filter((each) => each <= maxCurrentA)
  const range = (auto: { value: boolean }) =>
    settings.number({
      ...current,
      initial: 1e-4,
      accept: (value) => {
        auto.value = false
        return rangeFor(rangesA, value)
      },
    })
  const [sourceCurrentRangeAuto, currentRangeAuto] = [settings.boolean(true), settings.boolean(true)]
  return {
    levelA: settings.number(current),
    complianceV: settings.number({ min: -maxVoltageV, max: maxVoltageV, initial: lowRangeMaxV, accept: Math.abs }),
    sourceCurrentRangeAuto,
    sourceCurrentRangeA: range(sourceCurrentRangeAuto),
    currentRangeAuto,
    currentRangeA: range(currentRangeAuto),
  }
}

function sweepSettings(settings: Settings, { maxCurrentA, maxVoltageV }: SmuLimits) {
  const volts = () => settings.number({ min: -maxVoltageV, max: maxVoltageV, initial: 0 })
  const amperes = () => settings.number({ min: -maxCurrentA, max: maxCurrentA, initial: 0 })
  return {
    voltageMode: settings.keyword(['FIXed', 'SWEep', 'LIST'], 'FIX'),
    currentMode: settings.keyword(['FIXed', 'SWEep', 'LIST'], 'FIX'),
    startV: volts(),
    stopV: volts(),
    startA: amperes(),
    stopA: amperes(),
    points: settings.number({ min: 2, max: 2500, initial: 2500, ...whole }),
    direction: settings.keyword(['UP', 'DOWn'], 'UP'),
    spacing: settings.keyword(['LINear', 'LOGarithmic'], 'LIN'),
    ranging: settings.keyword(['BEST', 'AUTO', 'FIXed'], 'BEST'),
    abortOnCompliance: settings.keyword(['NEVer', 'EARLy', 'LATE'], 'NEV'),
    delayS: settings.number({ min: 0, max: 9999.999, initial: 0 }),
    delayAuto: settings.boolean(true),
    autoOff: settings.boolean(false),
    armCount: settings.number({ min: 1, max: 2500, initial: 1, ...whole }),
    triggerCount: settings.number({ min: 1, max: 2500, initial: 1, ...whole }),
    triggerDelayS: settings.number({ min: 0, max: 999.9999, initial: 0 }),
  }
}

const senseSettings = (settings: Settings) => ({
  nplc: settings.number({ min: 0.01, max: 10, initial: 1 }),
  concurrent: settings.boolean(true),
  filter: settings.boolean(false),
  filterKind: settings.keyword(['REPeat', 'MOVing'], 'REP'),
  filterCount: settings.number({ min: 1, max: 100, initial: 10, ...whole }),
  remoteSense: settings.boolean(false),
  autoZero: settings.keyword(['ON', 'OFF', 'ONCE'], 'ON'),
  offState: settings.keyword(['HIMPedance', 'NORMal', 'ZERO', 'GUARd'], 'NORM'),
  terminals: settings.keyword(['FRONt', 'REAR'], 'FRON'),
})

/** Kept and answered, without effect here: on the bench there are no trigger lines. */
function triggerSettings(settings: Settings) {
  const line = (initial: number) => settings.number({ min: 1, max: 4, initial, ...whole })
  const ohms = [2, 20, 200, 2e3, 2e4, 2e5, 2e6, 2e7, 2e8]
  const ohmsRangeAuto = settings.boolean(true)
  return {
    armSource: settings.keyword(['IMMediate', 'TLINk', 'TIMer', 'MANual', 'BUS', 'NSTest', 'PSTest', 'BSTest'], 'IMM'),
    triggerSource: settings.keyword(['IMMediate', 'TLINk'], 'IMM'),
    armTimerS: settings.number({ min: 0.001, max: 99_999.99, initial: 0.1 }),
    armOutput: settings.keyword(['TENTer', 'TEXit', 'NONE'], 'NONE'),
    triggerOutput: settings.keyword(['SOURce', 'DELay', 'SENSe', 'NONE'], 'NONE'),
    armInputLine: line(1),
    armOutputLine: line(2),
    triggerInputLine: line(1),
    triggerOutputLine: line(2),
    displayOn: settings.boolean(true),
    lineFrequencyHz: settings.number({ min: 50, max: 60, initial: 50, ...whole }),
    lineFrequencyAuto: settings.boolean(true),
    ohmsMode: settings.keyword(['MANual', 'AUTO'], 'MAN'),
    ohmsRangeAuto,
    ohmsRange: settings.number({
      min: 0,
      max: 2.1e8,
      initial: 2.1e5,
      accept: (value) => {
        ohmsRangeAuto.value = false
        return 1.05 * rangeFor(ohms, value)
      },
    }),
  }
}
