import { expect, it } from 'vitest'
import type { DryRun } from '../../src/engine/dryRun.ts'
import { jsonOf } from '../support/cli.ts'
import { runHere } from '../support/inProcess.ts'

/** What is said of the chamber in a short test by this protocol. */
const toldIn = async (protocol: readonly string[], ...more: string[]): Promise<string[]> => {
  const { events } = jsonOf<DryRun>(await runHere('dry-run', ...protocol, ...more, '--json'))
  return events.filter(({ kind, text }) => kind === 'guard' && text.includes('stopped')).map(({ text }) => text)
}

it.each([
  { protocol: ['PVTP-015', '--param', 'cycles=1', '--param', 'mostCycles=1'], atH: 1 },
  { protocol: ['PVTP-016', '--param', 'cycles=1', '--param', 'mostCycles=1'], atH: 1 },
  { protocol: ['PVTP-017', '--param', 'durationH=2', '--param', 'longestDampH=4'], atH: 3 },
  { protocol: ['PVTP-030', '--param', 'dwellH=2'], atH: 3 },
])('an alarm that stops the chamber is told to a person: $protocol.0', async ({ protocol, atH }) => {
  expect(await toldIn(protocol)).toEqual([])
  expect(await toldIn(protocol, '--fault', `chamber=alarm:at=${atH}h,for=37min`)).toEqual([
    'Chamber has stopped, and has to be started at its panel: Climate chamber running 0 is below 0.5',
  ])
})
