/** What the type says, such as `PNChp 1500-1neg`: 1500 V, 1 mA, negative. */
export interface PncType {
  /** As it stands in the identity. */
  model: string
  nominalV: number
  nominalA: number
  /** null: it can be reversed by hand. */
  sign: 1 | -1 | null
  /** Of the numbers on the wire: V and kV, mA and A. */
  volts: number
  amperes: number
  /** What the identity says behind the type. */
  rest: string
}

const form = /(PNC\w*?)\s*(\d+)-(\d+)\s?(neg|pos|ump)\b[\s,;]*(.*)$/i
const signs: Readonly<Record<string, 1 | -1>> = { neg: -1, pos: 1 }

/** null where the text names no type. Units as the interface has them: kV from 100 kV on, A from 1000 mA on (hvl_ccb). */
export function readType(identity: string): PncType | null {
  const [, family, volts, amperes, polarity = '', rest = ''] = form.exec(identity.trim()) ?? []
  const nominalV = Number(volts)
  const nominalMa = Number(amperes)
  if (family === undefined || !(nominalV > 0 && nominalMa > 0)) return null
  return {
    model: `${family} ${nominalV}-${nominalMa}${polarity.toLowerCase()}`,
    nominalV,
    nominalA: nominalMa / 1000,
    sign: signs[polarity.toLowerCase()] ?? null,
    volts: nominalV < 100_000 ? 1 : 1000,
    amperes: nominalMa < 1000 ? 1e-3 : 1,
    rest: rest.trim(),
  }
}
