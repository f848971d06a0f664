import { bytesToLatin1 } from '../../src/base/bytes.ts'
import { isBufferList } from './tspBuffers.ts'
import { constants, fixed, numberField, objectOf, type TspField } from './tspFields.ts'
import { runtimeError, textOf, toNumber, type TspFunction, type TspValue } from './tspValues.ts'

const formats = constants({
  ASCII: 1,
  SREAL: 2,
  REAL32: 2,
  REAL: 3,
  REAL64: 3,
  DREAL: 3,
  NORMAL: 0,
  NETWORK: 0,
  BIGENDIAN: 0,
  SWAPPED: 1,
  LITTLEENDIAN: 1,
})

/** `#0` and the numbers in IEEE 754, behind each other (reference manual, format.data). */
function binary(values: readonly number[], form: { bytes: 4 | 8; littleEndian: boolean }): string {
  const view = new DataView(new ArrayBuffer(values.length * form.bytes))
  for (const [i, value] of values.entries())
    if (form.bytes === 4) view.setFloat32(i * 4, value, form.littleEndian)
    else view.setFloat64(i * 8, value, form.littleEndian)
  return `#0${bytesToLatin1(new Uint8Array(view.buffer))}`
}

/** The readings from the first to the last one, list by list at each. */
function readingsOf([from = null, to = null, ...lists]: TspValue[]): number[] {
  const [first, last] = [toNumber(from), toNumber(to)]
  const known = lists.map((each) => {
    if (!isBufferList(each)) throw runtimeError('a reading buffer is expected')
    return each
  })
  const values: number[] = []
  for (let i = first; i <= last; i++)
    for (const list of known) {
      const value = list.valueAt(i)
      if (value === null) throw runtimeError(`there is no reading ${i}`)
      values.push(value)
    }
  return values
}

/** print, printbuffer, printnumber, and the form of what they print. */
export function printing(print: (line: string) => void): Record<string, TspField> {
  const precision = numberField(6, { min: 1, max: 16, accept: Math.round })
  const data = numberField(1, { min: 1, max: 3, accept: Math.round })
  const byteOrder = numberField(1, { min: 0, max: 1, accept: Math.round })
  const text = (value: TspValue): string => textOf(value, precision.value)
  const numbers = (values: number[]): TspValue[] => {
    const bytes = data.value === 2 ? 4 : 8
    if (data.value === 1) print(values.map(text).join(', '))
    else print(binary(values, { bytes, littleEndian: byteOrder.value === 1 }))
    return []
  }
  const printBuffer: TspFunction = (args) => numbers(readingsOf(args))
  return {
    print: fixed((args) => {
      print(args.map(text).join('\t'))
      return []
    }),
    printnumber: fixed((args) => numbers(args.map(toNumber))),
    printbuffer: fixed(printBuffer),
    format: fixed(objectOf({ ...formats, data, asciiprecision: precision, byteorder: byteOrder })),
  }
}
