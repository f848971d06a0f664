import { expect, it } from 'vitest'
import { createEmitter } from '../base/emitter.ts'
import type { StationEvent } from '../contract/api.ts'
import { followEvents } from './api.ts'
import { createWindows } from './windows.ts'

it('a window that connected again stays here, however often its earlier connection is said to be gone', () => {
  const windows = createWindows()
  const leave = windows.enter('w')
  leave()
  const leaveAgain = windows.enter('w')
  leave()
  expect(windows.isPresent('w')).toBe(true)
  leaveAgain()
  expect(windows.isPresent('w')).toBe(false)
})

it('a window that was cut off since it can’t keep up is not here', async () => {
  const windows = createWindows()
  const events = createEmitter<StationEvent>(() => undefined)
  const following = followEvents(events.on, undefined, windows.enter('w'))
  const first = following.next()
  for (let i = 0; i < 20_000; i++) events.emit({ type: 'queue', queue: [] })
  await first
  while (!(await following.next()).done);
  expect(windows.isPresent('w')).toBe(false)
})
