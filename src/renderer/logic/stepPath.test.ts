import { expect, it } from 'vitest'
import { idsOfPath, placeOf } from './stepPath.ts'

it('reads ids, repetitions and lanes out of a path', () => {
  expect(idsOfPath('initial@B/curves/repeat[2]/forward')).toEqual(['initial', 'curves', 'repeat', 'forward'])
})
it('says the place in the words of the protocol', () => {
  const line = { kind: 'group', depth: 0, parents: [] }
  const lines = [
    { id: 'stress', title: 'Thermal cycling', ...line },
    { id: 'cycles', title: 'Cycle', ...line },
  ]
  expect(placeOf('stress/cycles[12]/hot', lines)).toBe('Thermal cycling › Cycle 12')
  expect(placeOf('mount', lines)).toBe('')
})
