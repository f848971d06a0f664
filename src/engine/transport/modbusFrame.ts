import { bytesToHex, concatBytes } from '../../base/bytes.ts'

/** An answer as the request predicts it: unit, function, the first bytes of its PDU, and the PDU's length. */
export interface ModbusRequest {
  unit: number
  /** Function code and data. */
  pdu: Uint8Array
  answerStart: Uint8Array
  answerLength: number
}

export interface FoundAnswer {
  /** Function code and data; the function code has its top bit set in an exception. */
  pdu: Uint8Array
  skippedBytes: number
  rest: Uint8Array
}

/** A request as it goes over the wire, and how its answer is found in what came since. */
export interface Framed {
  bytes: Uint8Array
  find(received: Uint8Array): FoundAnswer | null
  /** What is wrong with bytes that held no answer; null when they are no more than a fragment. */
  explain(received: Uint8Array): string | null
}

/** CRC-16 of Modbus over serial line V1.02, 6.2.2: polynomial 0xA001 reflected, start 0xFFFF. */
export const crc16 = (bytes: Uint8Array): number => {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}

/** Unit and PDU with the checksum, low byte first. */
export const rtuFrame = (unit: number, pdu: Uint8Array): Uint8Array => {
  const body = concatBytes(Uint8Array.of(unit), pdu)
  const crc = crc16(body)
  return concatBytes(body, Uint8Array.of(crc & 0xff, crc >> 8))
}

const uint16At = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)

const startsWith = (bytes: Uint8Array, start: Uint8Array, at: number): boolean =>
  start.every((byte, index) => bytes[at + index] === byte)

/**
 * What the answer to a request has to look like (Modbus Application Protocol V1.1b3, 6): reads give the number of bytes, writes repeat
 * what was written.
 * @param vendorAnswerBytes for vendors' function codes, whose answers have no general form
 */
export const predictAnswer = (unit: number, pdu: Uint8Array, vendorAnswerBytes: number): ModbusRequest => {
  const code = pdu[0] ?? 0
  const count = uint16At(pdu, 3)
  const ofRead = (bytes: number): ModbusRequest => ({
    unit,
    pdu,
    answerStart: Uint8Array.of(code, bytes),
    answerLength: 2 + bytes,
  })
  if (code === 1 || code === 2) return ofRead(Math.ceil(count / 8))
  if (code === 3 || code === 4) return ofRead(2 * count)
  if (code === 5 || code === 6 || code === 16) {
    return { unit, pdu, answerStart: pdu.slice(0, 5), answerLength: 5 }
  }
  return { unit, pdu, answerStart: pdu.slice(0, 1), answerLength: 1 + vendorAnswerBytes }
}

/** Length of the PDU that could start here: of the normal answer, of an exception (2), or 0. */
const pduLengthAt = (received: Uint8Array, at: number, request: ModbusRequest): number => {
  if (startsWith(received, request.answerStart, at)) return request.answerLength
  return received[at] === ((request.pdu[0] ?? 0) | 0x80) ? 2 : 0
}

const crcFits = (received: Uint8Array, at: number, length: number): boolean => {
  const end = at + length
  if (end + 2 > received.length) return false
  return crc16(received.subarray(at, end)) === ((received[end] ?? 0) | ((received[end + 1] ?? 0) << 8))
}

/**
 * RTU: the first place at which unit, function, length and checksum are those of the answer. What stands before it is
 * skipped: leading zeros of an adapter, other units' frames, or the request's own echo.
 * @param echo whether this line is known to repeat what is sent, and who wants to know. The answer to writing one register or
 *   coil looks like its request; only on a line known to echo is the first of two such frames taken for the echo.
 */
export const frameRtu = (
  request: ModbusRequest,
  echo: { isKnown: () => boolean; learn: (echoes: boolean) => void },
): Framed => {
  const bytes = rtuFrame(request.unit, request.pdu)
  const answerLength = (received: Uint8Array, at: number): number =>
    received[at] === request.unit ? pduLengthAt(received, at + 1, request) : 0
  const looksLikeAnswer = answerLength(bytes, 0) === request.pdu.length

  const find = (received: Uint8Array): FoundAnswer | null => {
    let sawEcho = false
    for (let at = 0; at < received.length; at++) {
      if (!sawEcho && (!looksLikeAnswer || echo.isKnown()) && startsWith(received, bytes, at)) {
        sawEcho = true
        at += bytes.length - 1
        continue
      }
      const length = answerLength(received, at)
      if (length === 0 || !crcFits(received, at, 1 + length)) continue
      if (!looksLikeAnswer) echo.learn(sawEcho)
      return {
        pdu: received.slice(at + 1, at + 1 + length),
        skippedBytes: at,
        rest: received.subarray(at + 3 + length),
      }
    }
    return null
  }

  const explain = (received: Uint8Array): string | null => {
    let strangeBytes = 0
    for (let at = 0; at < received.length; at++) {
      if (startsWith(received, bytes, at)) {
        at += bytes.length - 1
        continue
      }
      strangeBytes++
      const length = pduLengthAt(received, at + 1, request)
      if (length === 0 || at + 3 + length > received.length) continue
      if (received[at] === request.unit) return 'the checksum is wrong'
      if (crcFits(received, at, 1 + length)) return `it comes from unit ${received[at]} instead of ${request.unit}`
    }
    return strangeBytes >= request.answerLength + 3 ? 'it is no answer to this request' : null
  }
  return { bytes, find, explain }
}

const mbapLength = 7
/** Unit, function code and at least one byte; Modbus Messaging on TCP/IP V1.0b, 3.1.3. */
const saneMbap = (received: Uint8Array, at: number): boolean => {
  const length = uint16At(received, at + 4)
  return uint16At(received, at + 2) === 0 && length >= 3 && length <= 254
}

interface TcpFrame {
  at: number
  transactionId: number
  unit: number
  pdu: Uint8Array
  end: number
}

/** The whole frames in a stream; where no header is, one byte after the other is skipped. */
const tcpFrames = (received: Uint8Array): TcpFrame[] => {
  const frames: TcpFrame[] = []
  for (let at = 0; at + mbapLength < received.length;) {
    if (!saneMbap(received, at)) {
      at++
      continue
    }
    const end = at + 6 + uint16At(received, at + 4)
    if (end > received.length) break
    const pdu = received.slice(at + mbapLength, end)
    frames.push({ at, transactionId: uint16At(received, at), unit: received[at + 6] ?? 0, pdu, end })
    at = end
  }
  return frames
}

/** Modbus TCP: a late answer is told by its transaction id, so it can't be taken for another one's. */
export const frameTcp = (request: ModbusRequest, transactionId: number): Framed => {
  const head = [transactionId >> 8, transactionId & 0xff, 0, 0, 0, request.pdu.length + 1, request.unit]
  const fits = (frame: TcpFrame): boolean =>
    frame.unit === request.unit && pduLengthAt(frame.pdu, 0, request) === frame.pdu.length

  const find = (received: Uint8Array): FoundAnswer | null => {
    const frame = tcpFrames(received).find((each) => each.transactionId === transactionId && fits(each))
    return frame ? { pdu: frame.pdu, skippedBytes: frame.at, rest: received.subarray(frame.end) } : null
  }
  const explain = (received: Uint8Array): string | null => {
    const frame = tcpFrames(received).find((each) => each.transactionId === transactionId)
    if (!frame) return null
    return frame.unit === request.unit
      ? `it is no answer to this request (${bytesToHex(frame.pdu)})`
      : `it comes from unit ${frame.unit} instead of ${request.unit}`
  }
  return { bytes: concatBytes(Uint8Array.from(head), request.pdu), find, explain }
}
