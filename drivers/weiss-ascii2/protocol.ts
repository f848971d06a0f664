/** One answer to `$01I`: values in their fixed fields, then the digits. */
export interface Snapshot {
  values: readonly number[]
  digits: string
}

/** Each value has six characters, such as 0085.0 or -040.0; the digits are 32, on older controls 16. */
const snapshotForm = /^(?:[-\d]\d{3}\.\d ){2,40}[01]{16}(?:[01]{16})?$/

/** null for anything else. */
export function readSnapshot(reply: string): Snapshot | null {
  const text = reply.trim()
  if (!snapshotForm.test(text)) return null
  const fields = text.split(' ')
  const digits = fields.pop() ?? ''
  return { values: fields.map(Number), digits }
}

/** -999.9 to 9999.9 in six characters. */
export const formatField = (value: number): string =>
  value < 0 ? `-${(-value).toFixed(1).padStart(5, '0')}` : value.toFixed(1).padStart(6, '0')

export const withDigit = (digits: string, index: number, on: boolean): string =>
  digits.slice(0, index) + (on ? '1' : '0') + digits.slice(index + 1)

/** Where the values of one control variable stand. */
export interface Place {
  /** In what is written. */
  field: number
  /** In what is read. */
  nominal: number
  actual: number
  minimum: number
  maximum: number
}

/** What this chamber's lines are made of. */
export interface Layout {
  /** For each value to write: where its present one stands among those that are read. */
  sources: readonly number[]
  temperature: Place
  /** null: a chamber for temperature only. */
  humidity: (Place & { digit: number }) | null
  startDigit: number
  /** From the chamber's description; null where it says nothing of it. */
  hardware: string | null
}

const token = /^(?:CV|SV|MV)\d\d$/
const leadingTokens = (words: readonly string[]): string[] => {
  const end = words.findIndex((word) => !token.test(word))
  return words.slice(0, end < 0 ? undefined : end)
}
const wordsOf = (line: string): string[] => line.trim().split(/\s+/)

/** The line that says in which order values are read: each control variable twice, nominal and actual. */
export const isReadOrder = (line: string): boolean => /^CV01\s+CV01\s/.test(line.trim())

const limitsForm = /^(CV\d\d)\s+value min:\s*(-?\d+(?:\.\d+)?)\s+value max:\s*(-?\d+(?:\.\d+)?)\s+(\S.*)$/i
const outputForm = /^DO(\d\d)\s+(\S.*)$/
const humidityName = /humid|feucht/i

/** The layout from the chamber's own description (`$01?`); null where that isn't all there. */
export function layoutFromDescription(lines: readonly string[]): Layout | null {
  const written = leadingTokens(wordsOf(lines.find((line) => /^\$\d\dE CV01/.test(line.trim())) ?? '').slice(1))
  const read = leadingTokens(wordsOf(lines.find(isReadOrder) ?? ''))
  const limits = lines.flatMap((line) => {
    const [, name, least, most, title] = limitsForm.exec(line.trim()) ?? []
    return name === undefined ? [] : [{ name, minimum: Number(least), maximum: Number(most), title: title ?? '' }]
  })
  const outputs = lines.flatMap((line) => {
    const [, digit, title] = outputForm.exec(line.trim()) ?? []
    return digit === undefined ? [] : [{ digit: Number(digit), title: title ?? '' }]
  })
  const place = (name: string): Place | null => {
    const own = limits.find((each) => each.name === name)
    const [field, nominal] = [written.indexOf(name), read.indexOf(name)]
    if (!own || field < 0 || nominal < 0 || read[nominal + 1] !== name) return null
    return { field, nominal, actual: nominal + 1, minimum: own.minimum, maximum: own.maximum }
  }
  const temperature = place('CV01')
  const sources = written.map((name) => read.indexOf(name))
  const start = outputs.find((each) => /^start/i.test(each.title))
  if (!temperature || !start || sources.length === 0 || sources.includes(-1)) return null
  const wet = limits.find((each) => humidityName.test(each.title))
  const wetPlace = wet ? place(wet.name) : null
  const wetDigit = outputs.find((each) => humidityName.test(each.title))?.digit
  const [, hardware] = lines.map((line) => /\bhardware (\d+\.\d\d)\b/i.exec(line)).find((found) => found !== null) ?? []
  return {
    sources,
    temperature,
    humidity: wetPlace && wetDigit !== undefined ? { ...wetPlace, digit: wetDigit } : null,
    startDigit: start.digit,
    hardware: hardware ?? null,
  }
}

/** The layout of a chamber that doesn't describe itself, from what it reads and what is known of it. */
export function layoutFromSnapshot(snapshot: Snapshot, deviations: readonly string[]): Layout {
  const has = (name: string): boolean => deviations.includes(name)
  const count = snapshot.values.length
  const asRead = has('fields-as-read')
  const sources = Array.from({ length: asRead ? count : Math.floor(count / 2) }, (_each, i) => (asRead ? i : 2 * i))
  const place = (pair: number): Place => ({
    field: asRead ? 2 * pair : pair,
    nominal: 2 * pair,
    actual: 2 * pair + 1,
    minimum: -Infinity,
    maximum: Infinity,
  })
  const startDigit = has('start-is-first-digit') ? 0 : 1
  const isWet = has('second-value-is-humidity') && count >= 4
  return {
    sources,
    temperature: place(0),
    humidity: isWet ? { ...place(1), digit: startDigit + 1 } : null,
    startDigit,
    hardware: null,
  }
}
