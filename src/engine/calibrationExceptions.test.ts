import { expect, it } from 'vitest'
import type { PreflightLine, UsedInstrument } from '../contract/run.ts'
import { withExceptions } from './calibrationExceptions.ts'

it('keeps what is wrong with the calibration of a part with that part', () => {
  const parts = [
    { slot: 'leakage', instrumentId: 'meter' },
    { slot: 'hv', instrumentId: 'supply' },
  ]
  const whole = { roleName: 'hv', instrumentId: 'pid', parts } as UsedInstrument
  const calibration = { faults: ['expired on 2026-01-03'], reason: 'in the post', instrumentId: 'meter' }
  const [found] = withExceptions([whole], [{ id: 'calibration.meter', calibration } as PreflightLine])
  expect(found?.calibrationException).toBeUndefined()
  expect(found?.parts).toEqual([
    { ...parts[0], calibrationException: { faults: ['expired on 2026-01-03'], reason: 'in the post' } },
    parts[1],
  ])
})
