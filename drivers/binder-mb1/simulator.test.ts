import { expect, it } from 'vitest'
import { openBinderFrames } from '../../test/support/binderRig.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => openBinderFrames(simulator, options)

it('answers the frames of the specification', async () => {
  const { raw, ask, bench } = setUp()
  expect(await raw('01 03 11 a9 00 02 11 17')).toMatch(/^01 03 04 .. .. 41 b[abc] .. ..$/)
  expect(await raw('01 10 15 81 00 02 04 00 00 42 aa 78 4c')).toMatch(/^01 10 15 81 00 02 .. ..$/)
  expect(await raw('01 10 1a 22 00 01 02 08 00 1c d3')).toMatch(/^01 10 1a 22 00 01 .. ..$/)
  expect(bench.chamber.workingTemperatureC()).not.toBeNull()
  expect(await ask('01 03 10 77 00 02')).toBe('01 03 04 00 00 42 aa 4a ec')
  expect(await ask('01 04 1a 22 00 01')).toMatch(/^01 04 02 08 00/)
})

it('refuses with the controller’s own codes: 1 function, 2 address, 3 value, 5 write denied', async () => {
  const { ask } = setUp()
  expect(await ask('01 01 00 00 00 01')).toMatch(/^01 81 01/)
  expect(await ask('01 03 11 a8 00 02')).toMatch(/^01 83 02/)
  expect(await ask('01 03 10 04 00 02')).toMatch(/^01 83 02/)
  expect(await ask('01 10 15 81 00 02 04 00 00 43 48')).toMatch(/^01 90 03/)
  expect(await ask('01 06 1a 22 00 01')).toMatch(/^01 86 03/)
  expect(await ask('01 06 10 77 00 01')).toMatch(/^01 86 05/)
})

it('shows the basic set-point when idle and the manual one when it runs', async () => {
  const { ask } = setUp()
  await ask('01 10 15 81 00 02 04 00 00 42 aa')
  expect(await ask('01 03 10 77 00 02')).toMatch(/^01 03 04 00 00 41 b8/)
  await ask('01 06 1a 22 08 00')
  expect(await ask('01 03 10 77 00 02')).toMatch(/^01 03 04 00 00 42 aa/)
})

it('says what stands in the display, a character a register', async () => {
  const text = (answer: string): string =>
    answer
      .split(' ')
      .slice(3, -2)
      .filter((_byte, i) => i % 2 === 1)
      .map((byte) => String.fromCharCode(parseInt(byte, 16)))
      .join('')
  expect(text(await setUp({ fault: 'door-open' }).ask('01 03 12 28 00 14'))).toMatch(/^DOOR hardware/)
  expect(await setUp({ fault: 'door-open' }).ask('01 03 12 3d 00 02')).toMatch(/^01 03 04 00 00 00 01/)
  expect(await setUp({ fault: 'alarm' }).ask('01 03 12 3d 00 02')).toMatch(/^01 03 04 00 01 00 00/)
})
