import { mean } from '../../../analysis/numeric/statistics.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import type { RecordedSweep } from '../../../contract/sample.ts'
import { numberCell, textCell } from './format.ts'
import { sectionTitles } from './titles.ts'

interface SensorValues {
  title: string
  unit: string
  values: number[]
  missing: number
}

const gather = (title: string, unit: string, columns: readonly (readonly (number | null)[])[]): SensorValues => {
  const all = columns.flat()
  const values = all.filter((value) => value !== null)
  return { title, unit, values, missing: all.length - values.length }
}

const temperatureNames = (sweeps: readonly RecordedSweep[]): string[] => [
  ...new Set(sweeps.flatMap((sweep) => sweep.temperatures.map((sensor) => sensor.name))),
]

const least = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b))
const most = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b))

const toRow = (sensor: SensorValues): Cell[] => {
  const decimals = sensor.unit === '°C' ? 2 : 1
  return [
    textCell(sensor.title),
    textCell(sensor.unit),
    numberCell(least(sensor.values), decimals),
    numberCell(mean(sensor.values), decimals),
    numberCell(most(sensor.values), decimals),
    numberCell(sensor.values.length, 0),
    numberCell(sensor.missing, 0),
  ]
}

/** Irradiance and temperatures over all samples that the sensors gave around and during the sweeps. */
export const conditionsSection = (dossier: Dossier): ReportSection => {
  const { sweeps } = dossier
  const sensors = [
    gather(
      'Irradiance',
      'W/m²',
      sweeps.map((sweep) => sweep.irradiance.value),
    ),
    ...temperatureNames(sweeps).map((name) =>
      gather(
        `Temperature “${name}”`,
        '°C',
        sweeps.flatMap((sweep) => sweep.temperatures.filter((each) => each.name === name).map((each) => each.value)),
      ),
    ),
  ]
  const empty = sensors.filter((sensor) => sensor.values.length === 0).map((sensor) => sensor.title)
  const without = [...empty, ...(sensors.length === 1 ? ['Module temperature'] : [])]
  const reason = without.length > 0 ? [`${without.join(', ')}: no sample was recorded, therefore “–”.`] : []
  return {
    kind: 'table',
    title: sectionTitles.conditions,
    columns: [
      { label: 'Quantity', unit: '', align: 'left' },
      { label: 'Unit', unit: '', align: 'left' },
      ...['Lowest', 'Mean', 'Highest', 'Samples', 'Missing'].map(
        (label) => ({ label, unit: '', align: 'right' }) as const,
      ),
    ],
    rows: sensors.map(toRow),
    note: ['Mean: arithmetic mean of all samples of the sensor.', ...reason].join(' '),
  }
}
