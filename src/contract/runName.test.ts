import { expect, it } from 'vitest'
import { runName } from './runName.ts'

const run = { protocolId: 'PVTP-017', module: { id: 'M-1' } }
const laneOf = (id: string) => ({ module: { id } })

it.each([
  ['one module', run, 'PVTP-017 on M-1'],
  ['one lane', { ...run, lanes: [laneOf('M-1')] }, 'PVTP-017 on M-1'],
  // A request of several has its modules in the lanes alone.
  [
    'several',
    { ...run, module: { id: '' }, lanes: [laneOf('A'), laneOf('B'), laneOf('C')] },
    'PVTP-017 on A and 2 more',
  ],
])('names a run of %s', (_what, given, name) => {
  expect(runName(given)).toBe(name)
})
