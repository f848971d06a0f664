import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from '../support/cli.ts'
import { playCell, states, type Fault, type Outcome, type State } from '../support/faultCells.ts'
import { faults, type FaultName } from '../support/faultList.ts'
import { energisedIn, rules, type Expected } from '../support/faultRules.ts'

const rows: { fault: string; cells: string[] }[] = []
const short = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`)

/** What came of a cell, in a few words. */
function wordsOf(state: State, { run, refusal, offAfterMs, energisedAtEnd, report }: Outcome): string {
  const driver = energisedIn[state]
  return [
    run?.status ?? 'no run',
    run?.problem?.code ?? refusal ?? '',
    driver && run?.status !== 'completed' ? `off after ${short(offAfterMs[driver] ?? null)}` : '',
    energisedAtEnd.length > 0 ? `ON: ${energisedAtEnd.join(', ')}` : '',
    report ? `proposes ${report.proposal}` : '',
  ]
    .filter((each) => each !== '')
    .join('; ')
}

afterAll(() => {
  mkdirSync(join(root, 'test-results'), { recursive: true })
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const table = [
    line(['Fault', ...states]),
    line(['---', ...states.map(() => '---')]),
    ...rows.map(({ fault, cells }) => line([fault, ...cells])),
  ]
  writeFileSync(join(root, 'test-results', 'fault-matrix.md'), `${table.join('\n')}\n`)
})

const codesOf = ({ code }: Expected): readonly (string | null)[] =>
  typeof code === 'string' || code === null ? [code] : code

function checkOff(state: State, outcome: Outcome, { offWithinMs, status, offAfterGuardMs = 500 }: Expected): void {
  const driver = energisedIn[state]
  if (offWithinMs === null || !driver) return
  const offMs = outcome.offAfterMs[driver] ?? null
  expect(offMs, 'the energy is commanded off').not.toBeNull()
  expect(offMs).toBeLessThanOrEqual(offWithinMs)
  // From the moment in which a guard has seen it.
  const guard = outcome.events.find((each) => each.kind === 'guard' && each.level === 'error')
  if (guard && status === 'aborted')
    expect(offMs! - (guard.utcMs - outcome.strikeUtcMs)).toBeLessThanOrEqual(offAfterGuardMs)
}

function check(state: State, outcome: Outcome, expected: Expected): void {
  const { run, refusal, events, audit, energisedAtEnd, report } = outcome
  expect(run?.status ?? null).toBe(expected.status)
  expect(codesOf(expected)).toContain(run?.problem?.code ?? refusal)
  expect(energisedAtEnd.filter((each) => !expected.staysOn?.includes(each))).toEqual([])
  if (expected.staysOn) expect(energisedAtEnd).toEqual(expected.staysOn)
  // Nothing is certified that was not gone through.
  if (run && run.status !== 'completed') expect(run.verdict).toBeNull()
  if (expected.audit) expect(audit.map(({ action }) => action)).toContain(expected.audit)
  if (expected.told) expect(events.map(({ kind }) => kind)).toContain(expected.told)
  expect(report?.proposal).toBe(expected.proposal)
  checkOff(state, outcome, expected)
  expect(outcome.isAlive, 'the station is free for the next run').toBe(true)
}

describe.each(faults as readonly (Fault & { name: FaultName })[])('$name', (fault) => {
  const row = { fault: fault.name, cells: [] as string[] }
  rows.push(row)
  it.each(states)('in the state %s', async (state) => {
    const outcome = await playCell({ fault, state })
    row.cells.push(wordsOf(state, outcome))
    check(state, outcome, rules[fault.name](state))
  })
})

it('the matrix has at least twenty faults in ten states', () => {
  expect(faults.length).toBeGreaterThanOrEqual(20)
  expect(states.length).toBeGreaterThanOrEqual(10)
})
