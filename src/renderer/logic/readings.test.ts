import { expect, it } from 'vitest'
import { isStale, scaledReading } from './readings.ts'

it('calls a value old by the pace at which its instrument is read', () => {
  expect(isStale(5000)).toBe(true)
  expect(isStale(70_000, 60_000)).toBe(false)
  expect(isStale(181_000, 60_000)).toBe(true)
})
it('never shows a small value as nothing', () => {
  expect(scaledReading(2.5e-6, 'A')).toEqual({ text: '2.50', unit: 'µA' })
  expect(scaledReading(-0.05, 'V')).toEqual({ text: '−50.00', unit: 'mV' })
  expect(scaledReading(4.2e8, 'Ω')).toEqual({ text: '420.00', unit: 'MΩ' })
  expect(scaledReading(0, 'A')).toEqual({ text: '0.0000', unit: 'A' })
  expect(scaledReading(-85.128, '°C')).toEqual({ text: '−85.13', unit: '°C' })
  expect(scaledReading(null, 'A').text).toBe('–')
  expect(scaledReading(1, '1')).toEqual({ text: '1', unit: '' })
})
