import { concatBytes } from '../../src/base/bytes.ts'

/** CRC of Modbus RTU (polynomial 0xA001, start 0xFFFF). */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  }
  return crc
}

/** The frame with its CRC, low byte first. */
export function withCrc(frame: Uint8Array): Uint8Array {
  const crc = crc16(frame)
  return concatBytes(frame, Uint8Array.of(crc & 0xff, crc >>> 8))
}

/** Whether the last two bytes are the CRC of those before. */
export const hasValidCrc = (frame: Uint8Array): boolean =>
  frame.length >= 4 && crc16(frame.subarray(0, -2)) === (frame.at(-2) ?? 0) + (frame.at(-1) ?? 0) * 256
