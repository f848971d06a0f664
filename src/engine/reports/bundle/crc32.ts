/** CRC-32 of ZIP (polynomial 0xEDB88320), and its use to find a changed byte. */
const table: Readonly<Uint32Array> = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/** Which table entry has this top byte: each occurs once, so a step of the CRC can be undone. */
const byTopByte: Readonly<Uint8Array> = (() => {
  const index = new Uint8Array(256)
  table.forEach((value, n) => (index[value >>> 24] = n))
  return index
})()

const byValue: ReadonlyMap<number, number> = new Map(Array.from(table, (value, n) => [value, n]))

export const crc32 = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

export interface ChangedByte {
  index: number
  was: number
  is: number
}

/**
 * Where one byte was changed, told from the CRC that the unchanged content had. The CRC is linear: a single wrong byte
 * adds its table entry, carried through as many zero bytes as follow it; carrying the difference back, byte by byte,
 * meets that entry at the place of the change. O(n).
 * @param isIntact decides between the (rare) candidates, by a stronger hash
 * @returns null when more than one byte was changed
 */
export const findChangedByte = (
  bytes: Uint8Array,
  crcBefore: number,
  isIntact: (restored: Uint8Array) => boolean,
): ChangedByte | null => {
  let difference = (crc32(bytes) ^ crcBefore) >>> 0
  if (difference === 0) return null
  const restored = Uint8Array.from(bytes)
  for (let index = bytes.length - 1; index >= 0; index--) {
    const change = byValue.get(difference)
    if (change !== undefined && change !== 0) {
      const is = bytes[index]!
      restored[index] = is ^ change
      if (isIntact(restored)) return { index, was: is ^ change, is }
      restored[index] = is
    }
    const entry = byTopByte[difference >>> 24]!
    difference = ((((difference ^ table[entry]!) << 8) >>> 0) | entry) >>> 0
  }
  return null
}
