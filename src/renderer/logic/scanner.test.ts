import { describe, expect, it } from 'vitest'
import { nextScan, noScan } from './scanner.ts'

/** Presses the keys one after another, `gapMs` apart; gives what was scanned. */
const press = (keys: readonly string[], gapMs: number): (string | null)[] => {
  let state = noScan
  return keys.map((key, i) => {
    const step = nextScan(state, key, 1000 + i * gapMs)
    state = step.state
    return step.scanned
  })
}

describe('a scanner', () => {
  it('is heard: fast keys that end with Enter', () => {
    expect(press([...'SIM-0001', 'Enter'], 10).at(-1)).toBe('SIM-0001')
  })
  it('may press Shift for capitals', () => {
    expect(press(['Shift', 'S', 'Shift', 'I', 'M', '1', 'Enter'], 10).at(-1)).toBe('SIM1')
  })
  it('is not a person who types', () => {
    expect(press([...'SIM-0001', 'Enter'], 120).at(-1)).toBeNull()
  })
  it('is not a person who presses Enter', () => {
    expect(press(['Enter'], 10)).toEqual([null])
    expect(press(['a', 'Enter'], 10).at(-1)).toBeNull()
  })
  it('keeps the whole id when the machine hiccups in the middle of a scan', () => {
    let state = noScan
    const scanned = [...'SIM-0001', 'Enter'].map((key, i) => {
      const step = nextScan(state, key, 1000 + i * 10 + (i > 2 ? 200 : 0))
      state = step.state
      return step.scanned
    })
    expect(scanned.at(-1)).toBe('SIM-0001')
  })
  it('starts anew after another key', () => {
    expect(press(['a', 'b', 'Tab', ...'1234', 'Enter'], 10).at(-1)).toBe('1234')
  })
})
