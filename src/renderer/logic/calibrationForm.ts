import type { NewCalibration } from '../../contract/calibration.ts'

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
