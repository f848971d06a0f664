import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytes } from '../../../test/transport/support.ts'
import { bytesToHex, concatBytes } from '../../base/bytes.ts'
import { crc16, frameRtu, frameTcp, predictAnswer, rtuFrame } from './modbusFrame.ts'

const noEcho = { isKnown: () => false, learn: () => undefined }

describe('the checksum', () => {
  it.each([
    // Kipp & Zonen SMP manual V01-0324: block read of registers 2 to 9, its answer, and clearing the error.
    '01 04 00 02 00 08 50 0c',
    '01 04 10 00 01 00 00 00 00 03 e5 03 e5 00 00 00 f8 00 ea 66 12',
    '01 05 00 0a ff 00 ac 38',
    // IMT Si-RS485 Modbus specification, March 2017.
    '01 04 00 00 00 01 31 ca',
    '01 04 02 27 0b e3 07',
    '01 46 07 53 a2',
  ])('of a frame in a maker’s manual: %s', (hex) => {
    const frame = bytes(hex)
    const body = frame.subarray(0, -2)
    expect(crc16(body)).toBe(frame[frame.length - 2]! | (frame[frame.length - 1]! << 8))
    expect(bytesToHex(rtuFrame(body[0]!, body.subarray(1)))).toBe(hex.replaceAll(' ', ''))
  })
})

describe('the answer predicted from a request', () => {
  it.each([
    ['01 00 00 00 09', '01 02', 4],
    ['03 00 64 00 02', '03 04', 6],
    ['04 00 02 00 08', '04 10', 18],
    ['05 00 0a ff 00', '05 00 0a ff 00', 5],
    ['06 00 01 00 03', '06 00 01 00 03', 5],
    ['10 00 01 00 02 04 00 0a 01 02', '10 00 01 00 02', 5],
  ])('%s', (pdu, start, length) => {
    const predicted = predictAnswer(7, bytes(pdu), 0)
    expect(predicted).toMatchObject({ unit: 7, answerStart: bytes(start), answerLength: length })
  })
})

describe('an RTU answer', () => {
  const request = predictAnswer(1, bytes('04 00 02 00 08'), 0)
  const answer = bytes('01 04 10 00 01 00 00 00 00 03 e5 03 e5 00 00 00 f8 00 ea 66 12')

  it('is found between any other bytes, however it is cut, and never when one bit is wrong', () => {
    const framed = frameRtu(request, noEcho)
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ maxLength: 20 }),
        fc.nat(answer.length * 8 - 1),
        (before, after, bit) => {
          const found = framed.find(concatBytes(before, answer, after))
          expect(found?.pdu).toEqual(answer.subarray(1, -2))
          expect(found?.skippedBytes).toBe(before.length)
          expect(found?.rest).toEqual(after)
          expect(framed.find(concatBytes(before, answer.subarray(0, -1)))).toBeNull()
          const damaged = answer.slice()
          damaged[bit >> 3]! ^= 1 << (bit & 7)
          expect(framed.find(damaged)).toBeNull()
        },
      ),
      { seed: 20_260_101 },
    )
  })

  it('is told from the request’s echo, which is remembered', () => {
    let echoes = false
    const framed = frameRtu(request, { isKnown: () => echoes, learn: (now) => void (echoes = now) })
    expect(framed.find(concatBytes(framed.bytes, answer))?.skippedBytes).toBe(framed.bytes.length)
    expect(echoes).toBe(true)
    expect(framed.find(answer)?.skippedBytes).toBe(0)
    expect(echoes).toBe(false)
  })

  it('to a written register is its echo, unless the line is known to echo', () => {
    const write = predictAnswer(1, bytes('06 00 01 00 03'), 0)
    const once = rtuFrame(1, write.pdu)
    expect(frameRtu(write, noEcho).find(once)?.pdu).toEqual(write.pdu)
    const echoing = frameRtu(write, { isKnown: () => true, learn: () => undefined })
    expect(echoing.find(once)).toBeNull()
    expect(echoing.find(concatBytes(once, once))?.pdu).toEqual(write.pdu)
  })

  it.each([
    ['damaged', '01 04 02 27 0b e3 08', 'the checksum is wrong'],
    ['of another unit', '02 04 02 27 0b a7 07', null],
    ['echo only', '01 04 00 00 00 01 31 ca', null],
    ['a fragment', '01 04 02', null],
    ['rubbish', 'ff ff ff ff ff ff ff ff', 'it is no answer to this request'],
  ])('that is missing is explained: %s', (_name, hex, said) => {
    const framed = frameRtu(predictAnswer(1, bytes('04 00 00 00 01'), 0), noEcho)
    if (hex.startsWith('02')) {
      const other = rtuFrame(2, bytes('04 02 27 0b'))
      expect(framed.explain(other)).toBe('it comes from unit 2 instead of 1')
    } else expect(framed.explain(bytes(hex))).toBe(said)
  })
})

describe('a Modbus TCP answer', () => {
  const request = predictAnswer(1, bytes('03 00 64 00 01'), 0)
  const framed = frameTcp(request, 0x0102)

  it('has the transaction id of its request', () => {
    expect(bytesToHex(framed.bytes)).toBe('010200000006010300640001')
    const late = bytes('01 01 00 00 00 05 01 03 02 aa aa')
    const right = bytes('01 02 00 00 00 05 01 03 02 bb bb')
    expect(framed.find(late)).toBeNull()
    expect(framed.find(concatBytes(late, right))).toMatchObject({ pdu: bytes('03 02 bb bb'), skippedBytes: 11 })
    expect(framed.find(concatBytes(bytes('dd dd dd'), right))).toMatchObject({ skippedBytes: 3 })
    expect(framed.find(right.subarray(0, -1))).toBeNull()
  })

  it('of the wrong unit or length is none', () => {
    expect(framed.find(bytes('01 02 00 00 00 05 02 03 02 bb bb'))).toBeNull()
    expect(framed.find(bytes('01 02 00 00 00 07 01 03 04 bb bb cc cc'))).toBeNull()
    expect(framed.explain(bytes('01 02 00 00 00 05 02 03 02 bb bb'))).toBe('it comes from unit 2 instead of 1')
    expect(framed.explain(bytes('01 02 00 00 00 07 01 03 04 bb bb cc cc'))).toContain('no answer')
  })
})
