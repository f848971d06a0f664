import { describe, expect, it } from 'vitest'
import { bytesToHex, bytesToLatin1, concatBytes, latin1ToBytes } from './bytes.ts'

const allBytes = Uint8Array.from({ length: 256 }, (_each, i) => i)

describe('bytes', () => {
  it('are joined in order, empty parts and none at all included', () => {
    const joined = concatBytes(Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3))
    expect([...joined]).toEqual([1, 2, 3])
    expect(concatBytes()).toHaveLength(0)
  })

  it('joined are a copy: what happens to the parts afterwards does not reach them', () => {
    const part = Uint8Array.of(1)
    const joined = concatBytes(part)
    part[0] = 9
    expect(joined[0]).toBe(1)
  })

  it('go through text of one character a byte and back without a loss', () => {
    expect(latin1ToBytes(bytesToLatin1(allBytes))).toEqual(allBytes)
    expect([...latin1ToBytes('°C\r\n')]).toEqual([0xb0, 0x43, 0x0d, 0x0a])
    expect(bytesToLatin1(Uint8Array.of(0xb5, 0x41))).toBe('µA')
  })

  it('are printed with two hexadecimal digits each', () => {
    expect(bytesToHex(Uint8Array.of(0, 10, 255))).toBe('000aff')
    expect(bytesToHex(new Uint8Array(0))).toBe('')
  })
})
