import { describe, expect, it } from 'vitest'
import { formatBytes, formatDuration, formatNumber, formatPlain, formatQuantity, formatUtc, noValue } from './format.ts'

describe('formatNumber', () => {
  it('shows a missing or impossible number as missing, never as zero', () => {
    expect(formatNumber(null, 2)).toBe(noValue)
    expect(formatNumber(Number.NaN, 2)).toBe(noValue)
    expect(formatNumber(Number.POSITIVE_INFINITY, 2)).toBe(noValue)
    expect(formatNumber(0, 2)).toBe('0.00')
  })
  it('uses a real minus sign, and none for what rounds to zero', () => {
    expect(formatNumber(-1.256, 2)).toBe('−1.26')
    expect(formatNumber(-0.001, 2)).toBe('0.00')
  })
  it('leaves the unit away when there is no value', () => {
    expect(formatQuantity(null, 2, 'W')).toBe(noValue)
    expect(formatQuantity(3, 1, 'W')).toBe('3.0 W')
    expect(formatQuantity(3, 1, '')).toBe('3.0')
  })
  it('keeps six significant digits of a plain number', () => {
    expect(formatPlain(0.1 + 0.2)).toBe('0.3')
    expect(formatPlain(-2000)).toBe('−2000')
  })
})

describe('formatDuration', () => {
  it.each([
    [400, '0 s'],
    [59_400, '59 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h 0 min'],
    [50 * 3_600_000, '2 d 2 h'],
    [-5, '0 s'],
  ])('%d ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })
})

it('prints UTC on paper, whatever the zone of the window', () => {
  expect(formatUtc(Date.UTC(2026, 10, 22, 23, 6, 35))).toBe('2026-11-22 23:06:35 UTC')
})

it('gives file sizes in decimal units', () => {
  expect([formatBytes(999), formatBytes(1500), formatBytes(64_000), formatBytes(2_500_000)]).toEqual([
    '999 B',
    '1.5 kB',
    '64 kB',
    '2.5 MB',
  ])
})
