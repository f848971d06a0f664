import type { NewCalibration } from '../../contract/calibration.ts'
import type { UsedInstrument } from '../../contract/run.ts'

export const emptyCalibration: NewCalibration = {
  ...{ kind: 'certificate', result: 'pass', certificate: '', by: '', date: '', dueDate: '', note: '' },
  documentSha256: null,
}

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))

/** What is still missing in an entry, in words; null when it can be added. */
export function calibrationProblem({ certificate, by, date, dueDate }: NewCalibration): string | null {
  if (certificate.trim() === '') return 'Give the number of the certificate or record.'
  if (by.trim() === '') return 'Say who calibrated it.'
  if (!isDay(date)) return 'Give the date as yyyy-mm-dd.'
  if (!isDay(dueDate)) return 'Give the day on which it is due, as yyyy-mm-dd.'
  return dueDate < date ? 'It is due before it was calibrated.' : null
}

/** What a reason for an exception lacks; null when the station takes it. */
export const reasonProblem = (text: string): string | null =>
  text.trim().length < 10 ? 'Say why, in ten letters at least: an assessor will read it.' : null

/** What was wrong with the calibration of an instrument that was used all the same, and by whose decision. */
export const exceptionLines = (
  { calibrationException }: Pick<UsedInstrument, 'calibrationException'>,
  operator: string,
): string[] => {
  const { faults = [], reason = null } = calibrationException ?? {}
  return [...faults, ...(reason === null ? [] : [`Used all the same by decision of ${operator}: ${reason}`])]
}
