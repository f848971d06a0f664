import { expect, it } from 'vitest'
import { NotConnectedError, partsOf } from './errors.ts'

const parts = { code: 'device.locked', happened: 'In use.', did: 'Nothing.', check: 'Wait.' }

it('hands over the three parts of a station’s error', () => {
  expect(partsOf(Object.assign(new Error('x'), { code: 'STATION', data: parts }))).toEqual(parts)
})
it('names the fields that the station refused', () => {
  const error = { data: { issues: [{ path: ['module', 'id'], message: 'too short' }] } }
  expect(partsOf(error).happened).toContain('module.id: too short')
})
it('does not claim that nothing happened when it is not known', () => {
  expect(partsOf(new Error('socket closed')).did).toContain('not known')
  expect(partsOf(new NotConnectedError()).did).toContain('Nothing was sent')
})
