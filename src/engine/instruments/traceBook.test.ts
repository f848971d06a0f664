import { expect, it } from 'vitest'
import { createTraceBook } from './traceBook.ts'

const piece = (link: string, ...bytes: number[]) => ({
  atUtcMs: 1,
  link,
  direction: 'sent' as const,
  bytes: Uint8Array.from(bytes),
})

it('keeps the last bytes of the wires that are watched, and counts what made room', () => {
  const book = createTraceBook({ pieces: 3, bytes: 8 })
  book.note(piece('a', 1))
  expect(book.get('a')).toEqual({ isOn: false, dropped: 0, pieces: [] })
  book.start('a')
  const bytes = Uint8Array.of(7)
  book.note({ ...piece('a'), bytes })
  bytes[0] = 0
  book.note(piece('b', 9))
  for (const each of [1, 2, 3]) book.note(piece('a', each))
  expect(book.get('a').pieces.map((each) => each.bytes[0])).toEqual([1, 2, 3])
  expect(book.get('a').dropped).toBe(1)
  book.note(piece('a', ...new Uint8Array(7)))
  expect(book.get('a')).toMatchObject({ dropped: 3, pieces: { length: 2 } })
  expect(book.get('b').pieces).toEqual([])
  book.stop('a')
  book.note(piece('a', 5))
  expect(book.get('a')).toMatchObject({ isOn: false, pieces: { length: 2 } })
  book.start('a')
  expect(book.get('a').pieces).toEqual([])
})
