/** What a column of a (G, T) matrix holds. */
export type MeasurementKind = 'irradianceWPerM2' | 'temperatureC' | 'iscA' | 'vocV' | 'pmaxW' | 'impA' | 'vmpV'

export interface MeasurementColumn {
  readonly kind: MeasurementKind
  /** Value in the unit of the kind = factor · value + offset. */
  readonly factor: number
  readonly offset: number
}

const times = (factor: number) => ({ factor, offset: 0 })
const current = { A: times(1), mA: times(1e-3) }
const voltage = { V: times(1), mV: times(1e-3) }

/** Longer words first: the rest of a title without signs between has to be a unit. */
const words: readonly (readonly [MeasurementKind, string])[] = [
  ['irradianceWPerM2', 'irradiance|einstrahlung|poa|g'],
  ['temperatureC', 'moduletemperature|celltemperature|temperature|temperatur|tmod|tcell|temp|t'],
  ['iscA', 'isc|shortcircuitcurrent'],
  ['vocV', 'voc|uoc|opencircuitvoltage'],
  ['pmaxW', 'pmax|pmpp|pmp|pm'],
  ['impA', 'impp|imp|imax'],
  ['vmpV', 'vmpp|vmp|vmax|umpp|ump'],
]

/** Units as they are spelt without the signs between: “W/m²”, “W_m2” and “WPerM2” are one. Case tells milli from mega. */
const units: Record<MeasurementKind, Record<string, { factor: number; offset: number }>> = {
  irradianceWPerM2: {
    Wm2: times(1),
    WPerM2: times(1),
    Wperm2: times(1),
    kWm2: times(1000),
    suns: times(1000),
    sun: times(1000),
  },
  temperatureC: { C: times(1), '°C': times(1), degC: times(1), '℃': times(1), K: { factor: 1, offset: -273.15 } },
  iscA: current,
  vocV: voltage,
  impA: current,
  vmpV: voltage,
  pmaxW: { W: times(1), mW: times(1e-3), kW: times(1000) },
}

/**
 * What a title such as “i_sc_A”, “Isc (A)”, “Voc/V”, “temperatureC” or “Irradiance [W/m²]” announces.
 *
 * @returns null for another word; `unit: null` where the word is known but has no unit, which is never guessed
 */
export const classifyTitle = (title: string): MeasurementColumn | { kind: MeasurementKind; unit: null } | null => {
  const bare = title.replace(/²/g, '2').replace(/[\s_./()[\]{}^,:-]/g, '')
  for (const [kind, names] of words) {
    const found = new RegExp(`^(?:${names})`, 'i').exec(bare)
    if (found === null) continue
    const unit = bare.slice(found[0].length)
    if (unit === '') return { kind, unit: null }
    if (Object.hasOwn(units[kind], unit)) return { kind, ...units[kind][unit]! }
  }
  return null
}
