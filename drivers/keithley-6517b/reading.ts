import { StationError } from '../../src/contract/errors.ts'

/** What a reading says of itself: value, or why there is none. */
export type ElectrometerReading =
  | { value: number }
  | {
      value: null
      reason: string
      /** The ammeter isn't set to measure: zero check, or another function. */
      isUnready: boolean
    }

/** Meaning of the letter between number and unit (manual, FORMat:ELEMents); only N is a measurement. */
const meanings: Readonly<Record<string, string>> = {
  Z: 'zero check is on: the ammeter doesn’t measure',
  O: 'over range',
  U: 'under range',
  R: 'the reading is relative to a stored one',
}

/** Beyond its largest range the instrument can’t have measured anything (A). */
const mostA = 0.0211

/**
 * Decodes `+1.234567E-09NADC,…`: number, letter of the status, unit. Throws device.badReply for any other form.
 * @param name the instrument's, for messages
 */
export function decodeReading(reply: string, name: string): ElectrometerReading {
  const bad = (detail: string): StationError =>
    new StationError('device.badReply', { instrument: name, request: ':READ?', reply: reply.slice(0, 120), detail })
  const [, number, letter = '', unit] =
    /^([+-]\d\.\d{4,7}E[+-]\d{2})([A-Z])([A-Z]{3})$/.exec(reply.split(',')[0]?.trim() ?? '') ?? []
  if (number === undefined) throw bad('not a number with status and unit')
  if (unit !== 'ADC')
    return { value: null, reason: `the instrument doesn’t measure current (${unit})`, isUnready: true }
  if (letter !== 'N') {
    const reason = meanings[letter]
    if (reason === undefined) throw bad(`the status ${letter} is unknown`)
    return { value: null, reason, isUnready: letter === 'Z' }
  }
  const value = Number(number)
  if (Math.abs(value) > 9.8e37) return { value: null, reason: 'over range', isUnready: false }
  if (Math.abs(value) > mostA) throw bad(`${value} A are beyond every range`)
  return { value }
}
