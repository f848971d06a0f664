import { describe, expect, it } from 'vitest'
import { createUuidV7 } from './uuid.ts'

const zeros = new Uint8Array(10)
const ones = new Uint8Array(10).fill(0xff)

describe('an id', () => {
  it('is the one that RFC 9562 gives as example of version 7 (appendix A.6)', () => {
    const random = Uint8Array.of(0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f)
    expect(createUuidV7(1_645_557_742_000, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
  })

  it('says version 7 and the variant of the RFC whatever the random bits', () => {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    for (const random of [zeros, ones]) expect(createUuidV7(1_700_000_000_123.75, random)).toMatch(form)
  })

  it('uses 74 random bits: another one for each that is set', () => {
    const ids = new Set<string>()
    for (let bit = 0; bit < 80; bit++) {
      const random = new Uint8Array(10)
      random[bit >> 3] = 1 << (bit & 7)
      ids.add(createUuidV7(0, random))
    }
    // Six bits are taken by version and variant; they all give the id without a random bit.
    expect(ids.size).toBe(74 + 1)
  })

  it('sorts by time as text, whatever the random bits', () => {
    const times = [0, 1, 255, 256, 2 ** 32 - 1, 2 ** 32, Date.UTC(2026, 0, 1), Date.UTC(2200, 0, 1)]
    const ids = times.map((utcMs, i) => createUuidV7(utcMs, i % 2 ? zeros : ones))
    expect([...ids].sort()).toEqual(ids)
  })
})
