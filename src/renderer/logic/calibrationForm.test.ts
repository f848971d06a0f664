import { expect, it } from 'vitest'
import { newCalibrationSchema } from '../../contract/calibration.ts'
import { calibrationProblem, emptyCalibration } from './calibrationForm.ts'

const good = { ...emptyCalibration, certificate: 'K-1', by: 'PTB', date: '2026-01-01', dueDate: '2027-01-01' }

it('lets through what the station takes, and says what is missing otherwise', () => {
  expect(calibrationProblem(good)).toBeNull()
  expect(newCalibrationSchema.safeParse(good).success).toBe(true)
  expect(calibrationProblem(emptyCalibration)).toMatch(/certificate/)
  expect(calibrationProblem({ ...good, date: '2026-02-30x' })).toMatch(/date/)
  expect(calibrationProblem({ ...good, dueDate: '2025-01-01' })).toMatch(/before/)
})
