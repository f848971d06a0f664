import { StationError } from '../../contract/errors.ts'

export type ColumnKind = 'voltage' | 'current' | 'irradiance' | 'temperature' | 'curve'

/** How a number of a column becomes the station's unit: value · factor + offset. */
export interface UnitScale {
  readonly factor: number
  readonly offset: number
}

export interface Column extends UnitScale {
  readonly kind: ColumnKind
  readonly index: number
  /** The header's text, for messages. */
  readonly title: string
}

export interface HeaderCell {
  readonly kind: ColumnKind
  readonly index: number
  readonly title: string
  readonly unit: string | null
}

const times = (factor: number): UnitScale => ({ factor, offset: 0 })

const irradianceUnits: Record<string, UnitScale> = {
  'W/m2': times(1),
  'W/m^2': times(1),
  'W/m²': times(1),
  'W m-2': times(1),
  'Wm-2': times(1),
  'W.m-2': times(1),
  WPerM2: times(1),
  Wm2: times(1),
  'kW/m2': times(1000),
  'kW/m²': times(1000),
  'kW/m^2': times(1000),
  'mW/cm2': times(10),
  'mW/cm²': times(10),
  'mW/cm^2': times(10),
  sun: times(1000),
  suns: times(1000),
}

/** Units by kind; spelt exactly, since case tells milli from mega. */
const units: Record<Exclude<ColumnKind, 'curve'>, Record<string, UnitScale>> = {
  voltage: { V: times(1), mV: times(1e-3), kV: times(1e3), uV: times(1e-6), µV: times(1e-6) },
  current: { A: times(1), mA: times(1e-3), kA: times(1e3), uA: times(1e-6), µA: times(1e-6) },
  irradiance: irradianceUnits,
  temperature: {
    '°C': times(1),
    C: times(1),
    degC: times(1),
    deg_C: times(1),
    '℃': times(1),
    K: { factor: 1, offset: -273.15 },
    '°F': { factor: 5 / 9, offset: -160 / 9 },
  },
}

const spelledUnits: Record<string, string> = {
  volt: 'V',
  volts: 'V',
  millivolt: 'mV',
  millivolts: 'mV',
  amp: 'A',
  amps: 'A',
  ampere: 'A',
  amperes: 'A',
  milliamp: 'mA',
  milliamps: 'mA',
}

const qualifier = '(?:pv|module|mod|panel|dut|device|cell|load|meas|measured|sense|dc|out|sweep)'
const names: [ColumnKind, RegExp][] = [
  ['voltage', quantity('voltages?|volts?|spannung|tension|v|u')],
  ['current', quantity('currents?|strom|courant|amps?|amperes?|i')],
  [
    'irradiance',
    quantity('irradiance|einstrahlung|bestrahlungsst(?:ä|ae)rke|poa|gpoa|g|g_?eff|g_?poa|effective irradiance'),
  ],
  ['temperature', quantity('temperature|temperatur|temp|t|t_?mod|t_?cell|t_?c|tmod|tcell')],
  ['curve', /^(?:curve|kurve|sweep|scan|iv|trace|run)?[ _-]*(?:id|no|nr|number|index|name)?\.?$/i],
]

function quantity(words: string): RegExp {
  return new RegExp(`^(?:${qualifier}[ _]?)?(?:${words})(?:[ _]?${qualifier})?$`, 'i')
}

/** Splits “Voltage (V)”, “U [mV]”, “I/A”, “Current in A”, “current_mA”, “voltageV” or “Voltage, V” into name and unit. */
const splitUnit = (title: string): { name: string; unit: string | null } => {
  const bracket = /^(.*?)\s*[([{]\s*([^)\]}]*?)\s*[)\]}]\s*$/.exec(title)
  if (bracket) return { name: bracket[1]!.trim(), unit: bracket[2]! }
  const after = /^(.+?)\s*(?:\s+in\s+|\/|,|:)\s*(\S.*)$/.exec(title)
  if (after) return { name: after[1]!.trim(), unit: after[2]!.trim() }
  const glued = /^(.*?[^\s_])[\s_]?([munkµ]?[VA]|WPerM2|W\/m2|W\/m²|Wm2|°C|degC|(?<=emperature)C|(?<=[_\s])[CK])$/.exec(
    title,
  )
  if (glued && kindOf(glued[1]!) !== null) return { name: glued[1]!, unit: glued[2]! }
  return { name: title, unit: null }
}

const kindOf = (name: string): ColumnKind | null => {
  const trimmed = name.trim()
  if (trimmed === '') return null
  return names.find(([, pattern]) => pattern.test(trimmed))?.[0] ?? null
}

/** What a header cell announces; null for a column that is of no use here. A bare unit (“V”, “mA”) names its quantity. */
export const classifyHeader = (cell: string, index: number): HeaderCell | null => {
  const title = cell.trim()
  const spelled = spelledUnits[title.toLowerCase()]
  if (spelled !== undefined) return { kind: spelled.endsWith('V') ? 'voltage' : 'current', index, title, unit: spelled }
  if (title in units.voltage) return { kind: 'voltage', index, title, unit: title }
  if (title in units.current) return { kind: 'current', index, title, unit: title }
  const { name, unit } = splitUnit(title)
  const kind = kindOf(name)
  const isTime = kind === 'temperature' && unit !== null && /^(?:h|min|s|ms|us|µs)$/.test(unit)
  return kind === null || isTime ? null : { kind, index, title, unit: unit === '' ? null : unit }
}

/** True when the text is a unit of some kind: then the line below the header is a line of units. */
export const isUnit = (text: string): boolean => {
  const bare = bareUnit(text)
  return bare.toLowerCase() in spelledUnits || Object.values(units).some((known) => bare in known)
}

export const bareUnit = (text: string): string => text.trim().replace(/^[([{]\s*|\s*[)\]}]$/g, '')

/**
 * The scale of a unit.
 *
 * @throws StationError file.badUnit when the unit is missing or is not one of its kind
 */
export const unitScale = (cell: HeaderCell, file: string): UnitScale => {
  if (cell.kind === 'curve') return times(1)
  const known = units[cell.kind]
  const unit = cell.unit === null ? '' : bareUnit(cell.unit).replace(/^Grad C$|^deg\. ?C$/i, '°C')
  const found = known[unit] ?? known[spelledUnits[unit.toLowerCase()] ?? '']
  if (found !== undefined) return found
  throw new StationError('file.badUnit', {
    file,
    unit: unit === '' ? '(none)' : unit,
    column: cell.title,
    expected: Object.keys(known).join(', '),
  })
}
