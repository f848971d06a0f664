import { expect, it } from 'vitest'
import { openBinderFrames } from '../../test/support/binderRig.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => openBinderFrames(simulator, options)

it('answers the frames of the specification', async () => {
  const { raw, ask } = setUp()
  expect(await raw('01 10 11 4c 00 02 04 00 00 42 aa 87 45')).toMatch(/^01 10 11 4c 00 02 .. ..$/)
  expect(await ask('01 03 10 b2 00 02')).toBe('01 03 04 00 00 42 aa 4a ec')
  expect(await raw('01 10 11 58 00 01 02 00 02 2b 88')).toMatch(/^01 10 11 58 00 01 .. ..$/)
  expect(await ask('01 03 12 92 00 01')).toMatch(/^01 03 02 00 02/)
  expect(await ask('01 03 13 4a 00 06')).toMatch(/^01 03 0c 07 ea 00 01 00 05 00 09 00 00 00 00/)
})

it('speaks Modbus TCP, too, to any unit', async () => {
  expect(await setUp().raw('00 0f 00 00 00 06 ff 03 12 92 00 01')).toBe('00 0f 00 00 00 05 ff 03 02 00 02')
})

it('refuses with the controller’s own codes: 2 address, 3 value, 5 write denied', async () => {
  const { ask } = setUp()
  expect(await ask('01 03 11 a9 00 02')).toMatch(/^01 83 02/)
  expect(await ask('01 10 11 4c 00 02 04 00 00 43 48')).toMatch(/^01 90 03/)
  expect(await ask('01 06 12 92 00 00')).toMatch(/^01 86 05/)
  expect(await ask('01 06 11 47 00 19')).toMatch(/^01 86 03/)
})

it('counts a program’s time with the high word first, and shows its section', async () => {
  const { ask, bench } = setUp()
  await ask('01 06 11 47 00 01')
  expect(await ask('01 06 11 49 00 01')).toMatch(/^01 06 11 49/)
  // 5400 s, less the time that the exchange took.
  expect(await ask('01 03 10 a8 00 02')).toMatch(/^01 03 04 00 00 15 1[78]/)
  expect(await ask('01 03 10 a4 00 02')).toMatch(/^01 03 04 00 01 00 01/)
  expect(bench.chamber.workingTemperatureC()).not.toBeNull()
  await ask('01 06 11 4a 00 01')
  expect(bench.chamber.workingTemperatureC()).toBeNull()
})

it('keeps programs that are written, and says which there are', async () => {
  const { ask } = setUp({ hardware: '9.99' })
  expect(await ask('01 03 43 00 00 07')).toMatch(/^01 03 0e 68 61 72 64 77 61 72 65 20 39/)
  await ask('01 06 30 04 00 00')
  await ask('01 10 30 00 00 02 04 00 8b 00 00')
  expect(await ask('01 03 30 00 00 04')).toMatch(/^01 03 08 00 0b 00 00 00 00 00 05/)
  await ask('01 06 30 04 00 09')
  await ask('01 10 30 00 00 02 04 00 8b 00 00')
  expect(await ask('01 03 30 02 00 01')).toMatch(/^01 03 02 00 01/)
  await ask('01 10 30 38 00 02 04 00 3c 00 00')
  expect(await ask('01 03 30 38 00 02')).toMatch(/^01 03 04 00 3c 00 00/)
})
