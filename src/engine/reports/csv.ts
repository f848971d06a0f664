import type { Dossier } from '../../contract/dossier.ts'
import type { RecordedSweep } from '../../contract/sample.ts'
import { laneOfStep } from './model/lanePath.ts'

/** Papers made before there was a layout had no column for it. */
const hasLanes = ({ layout, run }: Dossier): boolean => layout === 2 && (run.lanes?.length ?? 0) > 0

type CsvCell = number | string | null

/**
 * Text that no spreadsheet takes for a formula: what begins like one (ASCII or full-width, tab and line breaks
 * included) gets an apostrophe in front. OWASP ASVS 5.0, V1.2.10. Numbers are never touched.
 */
export const guardText = (text: string): string => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text)

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** A text cell as it stands in a CSV: guarded, and quoted where RFC 4180 asks for it. */
export const csvText = (text: string): string => quote(guardText(text))

/** Numbers in the shortest form that reads back as the same double, with a point; nothing for null. */
const writeCell = (cell: CsvCell): string => {
  if (cell === null) return ''
  return typeof cell === 'number' ? String(cell) : csvText(cell)
}

/** A CSV by RFC 4180: comma, CRLF, quotes where needed; UTF-8 without a byte-order mark. */
export const writeCsv = (header: readonly string[], rows: Iterable<readonly CsvCell[]>): string => {
  const lines = [header.map(writeCell).join(',')]
  for (const row of rows) lines.push(row.map(writeCell).join(','))
  return lines.join('\r\n') + '\r\n'
}

const isoUtc = (utcMs: number): string => new Date(utcMs).toISOString()

/** The lane of a sweep, as a column of its own, where the papers of the run have lanes. */
const laneCells = (dossier: Dossier, { stepId }: Pick<RecordedSweep, 'stepId'>): CsvCell[] =>
  hasLanes(dossier) ? [laneOfStep(stepId)] : []
const laneHead = (dossier: Dossier): string[] => (hasLanes(dossier) ? ['lane'] : [])

function* pointRows(dossier: Dossier): Generator<CsvCell[]> {
  for (const sweep of dossier.sweeps) {
    const limiting = new Set(sweep.limiting)
    for (const [i, voltageV] of sweep.voltageV.entries())
      yield [
        sweep.index,
        sweep.id,
        sweep.stepId,
        sweep.direction ?? '',
        isoUtc(sweep.startedUtcMs),
        i + 1,
        sweep.monotonicMs[i] ?? null,
        voltageV,
        sweep.currentA[i] ?? null,
        limiting.has(i) ? 'yes' : 'no',
        sweep.provenance,
        ...laneCells(dossier, sweep),
      ]
  }
}

/** Every raw point of every sweep, in the order of measurement. Units in the header; current positive when the module delivers. */
export const curvesCsv = (dossier: Dossier): string =>
  writeCsv(
    [
      'sweep',
      'sweep id',
      'step',
      'direction',
      'sweep started (UTC)',
      'point',
      'monotonic time (ms)',
      'voltage (V)',
      'current (A)',
      'source limiting',
      'provenance',
      ...laneHead(dossier),
    ],
    pointRows(dossier),
  )

function* sensorRows(dossier: Dossier): Generator<CsvCell[]> {
  // The irradiance of a sweep is the one channel of that kind; temperatures carry their channel's name.
  const provenanceOf = (name: string): string | undefined =>
    dossier.channels.find(
      (channel) => channel.name === name || (name === 'irradiance' && channel.name.startsWith('irradiance')),
    )?.provenance
  for (const sweep of dossier.sweeps) {
    const sensors = [
      { name: 'irradiance', unit: 'W/m2', ...sweep.irradiance },
      ...sweep.temperatures.map((sensor) => ({ ...sensor, unit: 'degC' })),
    ]
    for (const sensor of sensors)
      for (const [i, value] of sensor.value.entries())
        yield [
          sweep.index,
          sweep.id,
          sensor.name,
          i + 1,
          sensor.monotonicMs[i] ?? null,
          value,
          sensor.unit,
          value === null ? 'missing' : 'ok',
          provenanceOf(sensor.name) ?? sweep.provenance,
          ...laneCells(dossier, sweep),
        ]
  }
}

/** The sensors' own samples around each sweep, one a line; an empty value is a sample that the sensor didn't give. */
export const samplesCsv = (dossier: Dossier): string =>
  writeCsv(
    [
      ...['sweep', 'sweep id', 'sensor', 'sample', 'monotonic time (ms)', 'value', 'unit', 'state', 'provenance'],
      ...laneHead(dossier),
    ],
    sensorRows(dossier),
  )
