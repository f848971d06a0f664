import { readFileSync } from 'node:fs'
import { currentsA, keyPoints, modifiedIdealityV } from '../../src/analysis/diode/singleDiode.ts'
import type { SingleDiode } from '../../src/analysis/diode/singleDiode.ts'
import { createRandom } from '../../src/base/random.ts'
import { dossierSchema } from '../../src/contract/dossier.ts'
import type { Dossier } from '../../src/contract/dossier.ts'
import type { EvaluatedCurve } from '../../src/contract/results.ts'
import type { CriterionResult, Verdict } from '../../src/contract/run.ts'
import type { RecordedSweep } from '../../src/contract/sample.ts'
import { templateSchema } from '../../src/contract/template.ts'
import { canonicalJson } from '../../src/base/canonicalJson.ts'
import { dataSeal, sha256Hex } from '../../src/engine/reports/seal.ts'

const template = templateSchema.parse(
  JSON.parse(readFileSync(new URL('../../protocols/PVTP-001.json', import.meta.url), 'utf8')),
)

const runId = '019aad0e-7c3b-7d41-9b2e-5f60718293a4'
const startedUtcMs = Date.UTC(2026, 10, 22, 9, 30, 0)

const diodeAt = (irradianceWPerM2: number, temperatureC: number): SingleDiode => ({
  photocurrentA: 9.12 * (irradianceWPerM2 / 1000) * (1 + 0.0005 * (temperatureC - 25)),
  saturationCurrentA: 1.6e-10 * Math.exp(0.115 * (temperatureC - 25)),
  seriesResistanceOhm: 0.28,
  shuntConductanceS: 1 / 420,
  modifiedIdealityV: modifiedIdealityV({ idealityFactor: 1.0, cellsInSeries: 60, temperatureC }),
})

const spaced = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))

const sweepOf = (index: number, points: number): RecordedSweep => {
  const random = createRandom(index + 1)
  const noise = (size: number): number => (random.uniform() - 0.5) * size
  const direction = index % 2 === 0 ? 'forward' : 'reverse'
  const irradianceWPerM2 = 992 + noise(8)
  const forward = spaced(-0.5, 40, points)
  const voltageV = direction === 'forward' ? forward : [...forward].reverse()
  const exact = currentsA(diodeAt(irradianceWPerM2, 25.6), voltageV)
  const startMs = 40_000 + index * 5000
  const times = spaced(startMs, startMs + 3000, 7)
  return {
    index,
    id: `${Math.floor(index / 2) + 1}-${direction}`,
    stepId: direction,
    direction,
    provenance: 'simulated',
    startedUtcMs: startedUtcMs + startMs,
    complete: true,
    monotonicMs: spaced(startMs, startMs + 2600, points),
    voltageV: voltageV.map((v) => v + noise(0.002)),
    currentA: Array.from(exact, (i) => i + noise(0.004)),
    limiting: [],
    irradiance: { monotonicMs: times, value: times.map(() => irradianceWPerM2 + noise(1)) },
    temperatures: [1, 2, 3, 4].map((n) => ({
      name: `temperature.${n}`,
      monotonicMs: times,
      value: times.map(() => 25.4 + n * 0.1 + noise(0.05)),
    })),
  }
}

const evaluated = (sweep: RecordedSweep, irradianceWPerM2: number, temperatureC: number): EvaluatedCurve => {
  const { iscA, vocV, maximumPower } = keyPoints(diodeAt(irradianceWPerM2, temperatureC))!
  const wobble = 1 + (sweep.index % 5) * 1e-4
  return {
    id: sweep.id,
    direction: sweep.direction,
    irradianceWPerM2,
    temperatureC,
    iscA,
    vocV,
    pmaxW: maximumPower.powerW * wobble,
    impA: maximumPower.currentA * wobble,
    vmpV: maximumPower.voltageV,
    fillFactor: (maximumPower.powerW * wobble) / (iscA * vocV),
    flags: [],
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

const measuredOf = (sweeps: readonly RecordedSweep[]): EvaluatedCurve[] =>
  sweeps.map((sweep) => evaluated(sweep, mean(sweep.irradiance.value.filter((v) => v !== null)), 25.65))

const correctedOf = (sweeps: readonly RecordedSweep[]): unknown => ({
  procedure: 'IEC 60891:2021, procedure 1',
  rule: 'ASTM E1036, version 1.0.0',
  targetIrradianceWPerM2: 1000,
  targetTemperatureC: 25,
  coefficients: [
    { name: 'α', value: 0.05, unit: '%/K' },
    { name: 'β', value: -0.28, unit: '%/K' },
    { name: 'Rs', value: 0, unit: 'Ω' },
    { name: 'κ', value: 0, unit: 'Ω/K' },
  ],
  curves: sweeps.map((sweep) => ({
    ...evaluated(sweep, 1000, 25),
    voltageV: sweep.voltageV.map((v) => v + 0.065),
    currentA: sweep.currentA.map((i) => i * 1.008),
  })),
  leftOut: [],
})

const contribution = (name: string, percent: number, mark: 'A' | 'B' | 'C' | 'R'): object => ({
  name,
  distribution: 'normal',
  standardUncertaintyPercent: percent / 2,
  sensitivity: 1,
  sharePercent: (percent ** 2 / 2.04) * 100,
  degreesOfFreedom: name === 'Repeatability' ? 5 : null,
  source: 'setting of the laboratory (k = 2)',
  mark,
})

const uncertainty = {
  quantity: 'Pmax at STC',
  rows: [
    contribution('Reference device', 1, 'C'),
    contribution('Spectral mismatch', 0.6, 'C'),
    contribution('Non-uniformity of the light', 0.5, 'C'),
    contribution('Module temperature', 0.35, 'B'),
    contribution('Voltage and current measurement', 0.3, 'B'),
    contribution('Connection and contact', 0.2, 'C'),
    contribution('Correction to STC', 0.2, 'C'),
    contribution('Repeatability', 0.04, 'A'),
  ],
  combinedPercent: 0.7141,
  effectiveDegreesOfFreedom: null,
  coverageFactor: 2,
  expandedPercent: 1.4283,
}

/** Stand-in for the engine's criteria: the template's own limits with given values. */
const criteriaOf = (
  values: Readonly<Record<string, [number | null, number | null, number | null]>>,
): CriterionResult[] =>
  template.criteria.map((criterion) => {
    const [value, minimum, maximum] = values[criterion.id] ?? [null, null, null]
    const bad = value !== null && ((minimum !== null && value < minimum) || (maximum !== null && value > maximum))
    return {
      id: criterion.id,
      title: criterion.title,
      kind: criterion.kind,
      value,
      unit: criterion.unit,
      decimals: criterion.decimals,
      minimum,
      maximum,
      outcome: value === null ? 'notMeasured' : bad ? 'fail' : 'pass',
      reason: value === null ? 'the rated value was not given' : null,
      clause: criterion.clause,
      mark: criterion.mark,
    }
  })

const instruments = [
  { roleName: 'ivSource', role: 'IvSource', id: 'k2460', name: 'I-V tracer', maker: 'KEITHLEY', model: '2460' },
  {
    roleName: 'irradiance',
    role: 'IrradianceSensor',
    id: 'imt1',
    name: 'Reference cell',
    maker: 'IMT',
    model: 'Si-RS485',
  },
  {
    roleName: 'moduleTemperature',
    role: 'TemperatureSensor',
    id: 'imt1',
    name: 'Reference cell',
    maker: 'IMT',
    model: 'Si-RS485',
  },
] as const

const defaults = Object.fromEntries(template.parameters.map((parameter) => [parameter.name, parameter.default]))

const resultsOf = (sweeps: readonly RecordedSweep[], pmaxW: number): Dossier['results'] => {
  const stc = evaluated(sweeps[0]!, 1000, 25)
  const version = '1.0.0'
  return [
    {
      name: 'measured',
      method: 'iv.evaluate',
      version,
      value: { rule: 'ASTM E1036, version 1.0.0', curves: measuredOf(sweeps) },
    },
    {
      name: 'conditions',
      method: 'iv.conditions',
      version,
      value: {
        temperatureSensors: 4,
        temperatureDeviationK: 0.81,
        temperatureSpreadK: 0.33,
        minimumIrradianceWPerM2: 988.2,
        maximumIrradianceWPerM2: 996.4,
      },
    },
    { name: 'stc', method: 'iec60891.procedure1', version, value: correctedOf(sweeps) },
    {
      name: 'power',
      method: 'iv.summary',
      version,
      value: {
        pmaxW,
        iscA: stc.iscA,
        vocV: stc.vocV,
        impA: stc.impA,
        vmpV: stc.vmpV,
        fillFactorPercent: stc.fillFactor! * 100,
        hysteresisPercent: 0.021,
        standardDeviationPercent: 0.014,
        spreadPercent: 0.04,
        repetitions: 3,
        spoiledCurves: 0,
      },
    },
    { name: 'uncertainty', method: 'uncertainty.pmax', version, value: uncertainty },
    { name: 'gate1', method: 'iec61215.gate1', version, value: { pmaxValueW: pmaxW * 1.03, pmaxLimitW: 250 } },
  ]
}

export interface FixtureOptions {
  sweeps?: number
  points?: number
  verdict?: Verdict
  signed?: boolean
  live?: boolean
}

const channelsOf = (): Dossier['channels'] =>
  [
    ['iv.voltage', 'V', 'k2460', 'I-V tracer', 'CAL-2026-117'],
    ['iv.current', 'A', 'k2460', 'I-V tracer', 'CAL-2026-117'],
    ['irradiance', 'W/m²', 'imt1', 'Reference cell', null],
    ...[1, 2, 3, 4].map((n) => [`temperature.${n}`, '°C', 'imt1', 'Reference cell', null]),
  ].map(([name, unit, instrumentId, instrumentName, calibration], k) => ({
    id: k + 1,
    runId,
    name: name!,
    unit: unit!,
    provenance: 'simulated',
    instrumentId: instrumentId!,
    instrumentName: instrumentName!,
    calibration: calibration!,
  }))

const runOf = (options: FixtureOptions): Dossier['run'] => {
  const verdict = options.verdict ?? 'pass'
  return {
    id: runId,
    protocolId: template.id,
    protocolVersion: template.version,
    protocolTitle: template.title,
    templateSha256: sha256Hex(canonicalJson(template)),
    module: { id: 'M-2026-0042', maker: 'Example Solar', model: 'ES-60-255P' },
    operator: 'A. Example',
    status: 'completed',
    provenance: 'simulated',
    virtualTime: true,
    parameters: { ...defaults, ratedPmaxW: 255, ratedVocV: 38.2, ratedIscA: 9.05, tolerancePmaxPercent: 3 },
    instruments: instruments.map((each) => ({
      roleName: each.roleName,
      role: each.role,
      instrumentId: each.id,
      name: each.name,
      driver: each.id === 'k2460' ? 'keithley-2460' : 'imt-si-rs485',
      link: each.id === 'k2460' ? 'tcp://127.0.0.1:5025' : 'modbus-rtu:///dev/ttyUSB0?unit=1',
      identity: {
        maker: each.maker,
        model: each.model,
        serialNumber: each.id === 'k2460' ? '04412345' : null,
        firmware: '1.7.12b',
      },
      calibration:
        each.id === 'k2460' ? { certificate: 'CAL-2026-117', by: 'Example Calibration', dueDate: '2027-03-31' } : null,
    })),
    startedUtcMs,
    endedUtcMs: startedUtcMs + 95_000,
    verdict,
    verdictReasons:
      verdict === 'pass'
        ? ['All criteria are met.']
        : ['Pmax·(1 + m1) against the label’s Pmax·(1 − t1): 231.40 W, at least 247.35 W (IEC 61215-1, 7.2.2).'],
    problem: null,
    softwareVersion: '0.1.0',
    signature: null,
  }
}

const asLive = (dossier: Dossier): Dossier => ({
  ...dossier,
  run: { ...dossier.run, provenance: 'live', virtualTime: false },
  channels: dossier.channels.map((channel) => ({ ...channel, provenance: 'live' })),
  sweeps: dossier.sweeps.map((sweep) => ({ ...sweep, provenance: 'live' })),
})

/** Seals the data again after a test has changed them. */
export const reseal = (dossier: Dossier): Dossier => ({ ...dossier, dataSha256: dataSeal(dossier) })

const withSignature = (dossier: Dossier): Dossier => ({
  ...dossier,
  run: {
    ...dossier.run,
    signature: {
      name: 'Dr. B. Example',
      meaning: 'approved',
      utcMs: startedUtcMs + 3_600_000,
      dataSha256: dossier.dataSha256,
    },
  },
})

/** A whole run of PVTP-001: synthetic single-diode sweeps, results in the shapes that the station's methods give. */
export const createDossier = (options: FixtureOptions = {}): Dossier => {
  const sweeps = Array.from({ length: options.sweeps ?? 6 }, (_, k) => sweepOf(k, options.points ?? 200))
  const pmaxW = options.verdict === 'fail' ? 224.66 : evaluated(sweeps[0]!, 1000, 25).pmaxW!
  const event = (seq: number, level: 'info' | 'warning', kindText: [string, string]): Dossier['events'][number] => ({
    seq,
    runId,
    utcMs: startedUtcMs + seq * 4000,
    level,
    kind: kindText[0],
    text: kindText[1],
  })
  const dossier: Dossier = {
    laboratory: { name: 'Example PV Laboratory', address: '1 Solar Street, 12345 Exampletown', station: 'Flasher 1' },
    run: runOf(options),
    template,
    channels: channelsOf(),
    sweeps,
    results: resultsOf(sweeps, pmaxW),
    criteria: criteriaOf({
      curves: [0, null, 0],
      sensors: [4, 4, null],
      temperature: [0.81, null, 2],
      spread: [0.33, null, 2],
      lightLow: [988.2, 950, null],
      lightHigh: [996.4, null, 1050],
      repetitions: [3, 3, null],
      hysteresis: [0.021, null, 0.5],
      repeatability: [0.04, null, 0.3],
      gate1Pmax: [pmaxW * 1.03, 247.35, null],
      gate1Voc: [37.896, null, 38.2],
      gate1Isc: [8.9043, null, 9.05],
    }),
    events: [
      event(1, 'info', ['run.started', 'The run was started.']),
      event(2, 'info', ['prompt.answered', 'Mount the module: confirmed by A. Example.']),
      event(3, 'warning', ['instrument.calibration', 'Reference cell: no calibration is recorded.']),
      event(4, 'info', ['step.entered', 'I-V curves']),
    ],
    dataSha256: '',
  }
  const sealed = reseal(options.live ? asLive(dossier) : dossier)
  return dossierSchema.parse(options.signed ? withSignature(sealed) : sealed)
}
