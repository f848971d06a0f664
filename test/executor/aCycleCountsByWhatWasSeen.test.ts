import { expect, it } from 'vitest'
import type { DryRun } from '../../src/engine/dryRun.ts'
import { jsonOf } from '../support/cli.ts'
import { runHere } from '../support/inProcess.ts'

const cyclesOf = async (...more: string[]) => {
  const ran = await runHere('dry-run', 'PVTP-015', '--param', 'cycles=1', '--param', 'mostCycles=1', ...more, '--json')
  const { verdict, exposure, events } = jsonOf<DryRun>(ran)
  const account = exposure.find((each) => each.exposure === 'validCycles')!
  return { verdict, account, cycle: events.find(({ kind }) => kind === 'cycle')?.text }
}

it('a thermal cycle with its current while it heats up is valid (MQT 11)', async () => {
  const { verdict, account, cycle } = await cyclesOf()
  expect([verdict, account.credited, cycle]).toEqual(['pass', 1, 'Cycle 1: valid'])
})

it('one in which the supply was off for 37 minutes of the heating isn’t, however good its temperatures are', async () => {
  const { verdict, account, cycle } = await cyclesOf('--fault', 'supply=interlock-open:at=2h,for=37min')
  expect([verdict, account.credited, account.required]).toEqual([null, 0, 1])
  // Each lost hour is of one class, and they add up.
  expect(account.lostH).toBeGreaterThan(2)
  expect([account.outOfToleranceH, account.unknownH, account.blindH]).toEqual([account.lostH, 0, 0])
  expect(cycle).toMatch(
    /NOT valid: Full current while heating: for [67]\d\.\d % of the time, below 95 %; Continuity: for/,
  )
})

it('one in which a sensor was away for longer than the standard’s gap isn’t; a shorter one costs nothing', async () => {
  const away = (time: string) => cyclesOf('--fault', `cell-1=no-answer:at=1h,for=${time}`)
  expect((await away('70s')).cycle).toBe('Cycle 1: valid')
  expect((await away('10min')).cycle).toMatch(/NOT valid: no temperatures for 1\d\.\d min/)
})

it('one in which the link to the chamber was lost for ten minutes of a ramp goes on, no steeper than before', async () => {
  const { verdict, cycle } = await cyclesOf('--fault', 'chamber=no-answer:at=1h,for=10min')
  expect([verdict, cycle]).toEqual(['pass', 'Cycle 1: valid'])
})

it('after three in a row that aren’t valid a person is asked, and again after three more', async () => {
  const ran = await runHere(
    ...['dry-run', 'PVTP-015', '--param', 'cycles=1', '--param', 'mostCycles=7', '--json'],
    ...['--fault', 'supply=interlock-open:at=2h'],
  )
  const { events, operator } = jsonOf<DryRun>(ran)
  const order = events.filter(({ text }) => /^Cycles aren’t valid|^Cycle \d/.test(text)).map(({ kind }) => kind)
  expect(order).toEqual([...['cycle', 'cycle', 'cycle', 'prompt'], ...['cycle', 'cycle', 'cycle', 'prompt'], 'cycle'])
  expect(operator.filter(({ title }) => title === 'Cycles aren’t valid')).toHaveLength(2)
})
