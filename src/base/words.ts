/** Numbers in 16-bit words, as Modbus carries them. */
export type WordOrder = 'highFirst' | 'lowFirst'

const view = new DataView(new ArrayBuffer(8))

const ordered = (words: number[], order: WordOrder): number[] => (order === 'highFirst' ? words : words.reverse())

/** IEEE 754 single precision in two words. */
export function floatToWords(value: number, order: WordOrder): number[] {
  view.setFloat32(0, value)
  return ordered([view.getUint16(0), view.getUint16(2)], order)
}

/** @returns NaN and infinities as they stand in the words: what they mean is the caller's to say */
export function wordsToFloat(words: readonly number[], order: WordOrder): number {
  const [high = 0, low = 0] = ordered([...words], order)
  view.setUint16(0, high)
  view.setUint16(2, low)
  return view.getFloat32(0)
}

export function uint32ToWords(value: number, order: WordOrder): number[] {
  view.setUint32(0, value)
  return ordered([view.getUint16(0), view.getUint16(2)], order)
}

export function wordsToUint32(words: readonly number[], order: WordOrder): number {
  const [high = 0, low = 0] = ordered([...words], order)
  return high * 65_536 + low
}

/** Two's complement of 16 bits. */
export const wordToInt16 = (word: number): number => (word > 0x7fff ? word - 0x10000 : word)
export const int16ToWord = (value: number): number => value & 0xffff

/** Two characters a word, high byte first; zero bytes at the end are padding. */
export const wordsToText = (words: readonly number[]): string =>
  words
    .flatMap((word) => [word >>> 8, word & 0xff])
    .filter((byte) => byte !== 0)
    .map((byte) => String.fromCharCode(byte))
    .join('')
