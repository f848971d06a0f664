import { expect, it } from 'vitest'
import { newCalibrationSchema } from '../../contract/calibration.ts'
import { calibrationProblem, emptyCalibration, exceptionLines, reasonProblem } from './calibrationForm.ts'

const good = { ...emptyCalibration, certificate: 'K-1', by: 'PTB', date: '2026-01-01', dueDate: '2027-01-01' }

it('lets through what the station takes, and says what is missing otherwise', () => {
  expect(calibrationProblem(good)).toBeNull()
  expect(newCalibrationSchema.safeParse(good).success).toBe(true)
  expect(calibrationProblem(emptyCalibration)).toMatch(/certificate/)
  expect(calibrationProblem({ ...good, date: '2026-02-30x' })).toMatch(/date/)
  expect(calibrationProblem({ ...good, dueDate: '2025-01-01' })).toMatch(/before/)
})

it('wants a reason that somebody can read later', () => {
  expect(reasonProblem('  because   ')).toMatch(/ten letters/)
  expect(reasonProblem('the certificate is in the post')).toBeNull()
})
it('says what was wrong, and who used it all the same', () => {
  expect(exceptionLines({}, 'Ann')).toEqual([])
  expect(exceptionLines({ calibrationException: { faults: ['expired'], reason: null } }, 'Ann')).toEqual(['expired'])
  const excused = { calibrationException: { faults: [], reason: 'in the post' } }
  expect(exceptionLines(excused, 'Ann')).toEqual(['Used all the same by decision of Ann: in the post'])
})
