import { z } from 'zod'
import {
  floatToWords,
  int16ToWord,
  uint32ToWords,
  wordsToFloat,
  wordsToText,
  wordsToUint32,
  wordToInt16,
  type WordOrder,
} from '../../src/base/words.ts'

/** How the device puts numbers into its words; a register may have its own. */
export interface Order {
  words: WordOrder
  bytes: WordOrder
}

const typeSchema = z.enum(['u16', 's16', 'u32', 's32', 'f32', 'bit', 'text'])

const encoding = {
  type: typeSchema
    .default('u16')
    .describe('bit: a coil or input, or one bit of a register; text: two letters a register'),
  bit: z.int().min(0).max(15).optional().describe('Which bit of a register; 0 is the lowest'),
  words: z.int().min(1).max(32).optional().describe('How many registers a text has'),
  scale: z
    .number()
    .refine((scale) => scale !== 0, 'a scale of 0 loses the value')
    .default(1)
    .describe('value = raw × scale + offset'),
  offset: z.number().default(0),
}

/** A place that is read: functions 1 (coils), 2 (discrete inputs), 3 (holding registers), 4 (input registers). */
export const registerFields = {
  functionCode: z.literal([1, 2, 3, 4]),
  address: z.int().min(0).max(0xffff).describe('Zero based, as on the wire: register 40001 of a manual is mostly 0'),
  ...encoding,
}
export const registerSchema = z.strictObject(registerFields)
export type Register = z.infer<typeof registerSchema>

/** A place that is written: functions 5 (coil), 6 (one register), 16 (registers). */
export const writeFields = {
  functionCode: z.literal([5, 6, 16]),
  address: registerFields.address,
  ...encoding,
}
export const writeSchema = z.strictObject(writeFields)
export type WriteRegister = z.infer<typeof writeSchema>

type Place = Pick<Register, 'type' | 'bit' | 'words' | 'scale' | 'offset'> & { functionCode: number }

export const isBitFunction = (functionCode: number): boolean => [1, 2, 5].includes(functionCode)

export function sizeOf({ type, words }: Pick<Place, 'type' | 'words'>): number {
  if (type === 'text') return words ?? 1
  return ['u32', 's32', 'f32'].includes(type) ? 2 : 1
}

/** What a schema can't say about one place. */
export function placeFault(place: Place): string | null {
  const { functionCode, type, bit, words } = place
  if (isBitFunction(functionCode) && type !== 'bit')
    return `function ${functionCode} is of bits: the type has to be bit`
  if (!isBitFunction(functionCode) && type === 'bit' && bit === undefined) return 'which bit of the register is missing'
  if (type === 'text' && words === undefined) return 'how many words the text has is missing'
  if (functionCode === 6 && sizeOf(place) > 1) return 'function 6 writes one register; use 16'
  return functionCode > 4 && (type === 'text' || (type === 'bit' && functionCode !== 5))
    ? `a ${type} can't be written by function ${functionCode}`
    : null
}

const swapped = (words: readonly number[], order: Order): number[] =>
  order.bytes === 'highFirst' ? [...words] : words.map((word) => ((word & 0xff) << 8) | (word >>> 8))

/** The number as it stands in the words, before scale and offset. Text is decodeText()'s. */
export function decodeRaw(place: Place, given: readonly number[], order: Order): number {
  const words = swapped(given, order)
  const [first = 0] = words
  switch (place.type) {
    case 's16':
      return wordToInt16(first)
    case 'u32':
      return wordsToUint32(words, order.words)
    case 's32':
      return wordsToUint32(words, order.words) | 0
    case 'f32':
      return wordsToFloat(words, order.words)
    case 'bit':
      return isBitFunction(place.functionCode) ? first : (first >>> (place.bit ?? 0)) & 1
    default:
      return first
  }
}

export const decodeText = (words: readonly number[], order: Order): string => wordsToText(swapped(words, order)).trim()

const rawRange: Readonly<Record<string, readonly [least: number, most: number]>> = {
  u16: [0, 0xffff],
  s16: [-0x8000, 0x7fff],
  u32: [0, 0xffffffff],
  s32: [-0x80000000, 0x7fffffff],
  f32: [-3.4e38, 3.4e38],
  bit: [0, 1],
}

export const toRaw = (place: Pick<Place, 'type' | 'scale' | 'offset'>, value: number): number => {
  const raw = (value - place.offset) / place.scale
  return place.type === 'f32' ? raw : Math.round(raw)
}

export const fromRaw = ({ scale, offset }: Pick<Place, 'scale' | 'offset'>, raw: number): number =>
  Number((raw * scale + offset).toPrecision(9))

export function fitsRaw(type: Place['type'], raw: number): boolean {
  const [least, most] = rawRange[type] ?? [0, 0]
  return raw >= least && raw <= most
}

/** Words of a raw number; of a bit in a register only that bit. */
export function encodeRaw(place: Pick<Place, 'type' | 'bit'>, raw: number, order: Order): number[] {
  const words = (): number[] => {
    if (place.type === 'f32') return floatToWords(raw, order.words)
    if (place.type === 'u32' || place.type === 's32') return uint32ToWords(raw >>> 0, order.words)
    if (place.type === 'bit' && place.bit !== undefined) return [raw << place.bit]
    return [int16ToWord(raw)]
  }
  return swapped(words(), order)
}

export const encodeText = (text: string, words: number, order: Order): number[] =>
  swapped(
    Array.from(
      { length: words },
      (_each, i) => ((text.charCodeAt(i * 2) || 0) << 8) | (text.charCodeAt(i * 2 + 1) || 0),
    ),
    order,
  )

/** Registers next to each other, read by one request. */
export interface Block {
  functionCode: Register['functionCode']
  address: number
  count: number
}

/**
 * As few requests as the gaps allow.
 * @param limits `gap`: so many registers that nobody asked for may lie between two that are read together
 */
export function mergeBlocks(
  places: readonly Pick<Register, 'functionCode' | 'address' | 'type' | 'words'>[],
  limits: { gap: number; most: number },
): Block[] {
  const blocks: Block[] = []
  const inOrder = [...places].sort((a, b) => a.functionCode - b.functionCode || a.address - b.address)
  for (const place of inOrder) {
    const { functionCode, address } = place
    const end = address + sizeOf(place)
    const last = blocks.at(-1)
    const joins =
      last?.functionCode === functionCode &&
      address <= last.address + last.count + limits.gap &&
      end - last.address <= limits.most
    if (last && joins) last.count = Math.max(last.count, end - last.address)
    else blocks.push({ functionCode, address, count: sizeOf(place) })
  }
  return blocks
}
