import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answer, decodeFrame, decodeSevenBit, encodeFrame, encodeSevenBit, etx, formatValue, stx } from './protocol.ts'

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
const fromHex = (text: string): Uint8Array => Uint8Array.from(text.split(' '), (byte) => parseInt(byte, 16))

/** The maker's own examples, and those made from them. */
const vectors: [text: string, frame: string][] = [
  ['O', '02 81 cf ce 03'],
  ['F', '02 81 c6 c7 03'],
  ['p001', '02 81 f0 b0 b0 b1 c0 03'],
  ['p000', '02 81 f0 b0 b0 b0 c1 03'],
  ['A0', '02 81 c1 b0 f0 03'],
  ['A0 -14.5 -13.8', '02 81 c1 b0 a0 ad b1 b4 ae b5 a0 ad b1 b3 ae b8 fa 03'],
  ['A0 025.3 085.0', '02 81 c1 b0 a0 b0 b2 b5 ae b3 a0 b0 b8 b5 ae b0 f9 03'],
  ['O01000100000000', '02 81 cf b0 b1 b0 b0 b0 b1 b0 b0 b0 b0 b0 b0 b0 b0 ce 03'],
  ['a0 085.0', '02 81 e1 b0 a0 b0 b8 b5 ae b0 d3 03'],
  ['a', '02 81 e1 e0 03'],
  ['s1 1', '02 81 f3 b1 a0 b1 d2 03'],
]

describe('frames', () => {
  it.each(vectors)('%s is %s', (text, frame) => {
    expect(hex(encodeFrame(1, text))).toBe(frame)
    expect(decodeFrame(fromHex(frame))).toEqual({ address: 1, text })
  })

  it('never have a start or an end inside, the checksum included', () => {
    const text = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) })
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 32 }), (any, address) => {
        const inner = encodeFrame(address, any).slice(1, -1)
        expect(inner).not.toContain(stx)
        expect(inner).not.toContain(etx)
      }),
      { seed: 12, numRuns: 500 },
    )
  })

  it.each([
    ['a wrong checksum', '02 81 cf cf 03'],
    ['a character without bit 7', '02 81 4f ce 03'],
    ['no text', '02 81 81 03'],
    ['no end', '02 81 cf ce'],
  ])('with %s are none', (_what, frame) => expect(decodeFrame(fromHex(frame))).toBeNull())

  it('of seven bits are the text alone', () => {
    expect(hex(encodeSevenBit('A0'))).toBe('02 41 30 03')
    expect(decodeSevenBit(fromHex('02 41 30 03'))).toBe('A0')
    expect(decodeSevenBit(fromHex('02 c1 30 03'))).toBeNull()
    expect(decodeSevenBit(fromHex('02 03'))).toBeNull()
  })
})

it.each([
  [85, '085.0'],
  [-40, '-40.0'],
  [-5.25, '-05.3'],
  [0, '000.0'],
  [0.05, '000.1'],
  [999.9, '999.9'],
])('%d is written as %s', (value, text) => expect(formatValue(value)).toBe(text))

it.each([
  [answer.channel(0), 'A0 025.3 -40.0', true],
  [answer.channel(0), 'A1 025.3 085.0', false],
  [answer.channel(0), 'A0 25.3 085.0', false],
  [answer.channel(0), 'A0 025.3 085.0 0', false],
  [answer.status, 'S101110000', true],
  [answer.status, 'S10110000', true],
  [answer.status, 'S1011000', false],
  [answer.ramp, 'R1 11 0005.00 0002.50 -40.00', true],
  [answer.ramp, 'R2 11 0005.00 0002.50 -40.00', false],
])('%s takes “%s”: %s', (form, text, fits) => expect(form.test(text)).toBe(fits))
