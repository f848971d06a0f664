import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ProtocolSummary } from '../../src/contract/api.ts'
import type { QueueEntry } from '../../src/contract/queue.ts'
import { jsonOf, temporaryFolder } from '../support/cli.ts'
import { errorOf, runHere } from '../support/inProcess.ts'

const data = ['--data', temporaryFolder()]
const protocol = (...args: string[]) => runHere('protocol', ...args, ...data, '--json')
const queue = (...args: string[]) => runHere('queue', ...args, ...data, '--simulate', '--json')
const author = ['--name', 'A. Author', '--role', 'engineer']
const boss = ['--name', 'B. Boss', '--role', 'head of laboratory']

describe('pvtp protocol', () => {
  const stateOf = async (id: string) => {
    const { protocols } = jsonOf<{ protocols: ProtocolSummary[] }>(await protocol('list'))
    return protocols.find((each) => each.id === id)?.approval.state
  }

  it('has one submit, another approve, and shows it', async () => {
    expect(await stateOf('PVTP-017')).toBe('draft')
    expect(await stateOf('PVTP-001')).toBe('shipped')
    expect((await protocol('submit', 'PVTP-017', ...author)).code).toBe(0)
    const own = await protocol('approve', 'PVTP-017', ...author)
    expect([own.code, errorOf(own).code]).toEqual([1, 'protocol.approval'])
    expect((await protocol('approve', 'PVTP-017', ...boss, '--comment', 'read it')).code).toBe(0)
    expect(await stateOf('PVTP-017')).toBe('approved')
    const { records } = jsonOf<{ records: { action: string }[] }>(await protocol('history', 'PVTP-017'))
    expect(records.map((each) => each.action)).toEqual(['approve', 'submit'])
  })

  it('asks for the reason of a retirement, and for everybody’s role', async () => {
    expect((await protocol('retire', 'PVTP-017', ...boss)).code).toBe(2)
    expect((await protocol('retire', 'PVTP-017', ...boss, '--comment', 'old')).code).toBe(2)
    expect((await protocol('submit', 'PVTP-016', '--name', 'A')).code).toBe(2)
    expect((await protocol('retire', 'PVTP-017', ...boss, '--comment', 'replaced by 1.1.0')).code).toBe(0)
    expect(await stateOf('PVTP-017')).toBe('retired')
  })

  it('checks files before they are among the protocols, and says where they are wrong', async () => {
    const text = await readFile('protocols/PVTP-017.json', 'utf8')
    const folder = temporaryFolder()
    const [good, bad, none] = ['mine.json', 'bad.json', 'none.json'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    await writeFile(good, text)
    await writeFile(bad, text.replace(/"longestGapS": \{[^}]*\}/, '"longestGapS": 0'))
    await writeFile(none, '\uFEFF{}')
    expect(await protocol('check', good)).toMatchObject({ code: 0 })
    const found = await protocol('check', good, bad, none)
    expect(found.code).toBe(1)
    const { checked } = jsonOf<{ checked: { path: string; id: string; problem: { happened: string } | null }[] }>(found)
    expect(checked.map(({ id, problem }) => [id, problem?.happened.split('not valid: ')[1] ?? null])).toEqual([
      ['PVTP-017', null],
      ['PVTP-017', 'exposure.0.longestGapS: 0 is not above 0'],
      ['none', 'it begins with a byte order mark: save it as UTF-8 without one'],
    ])
    expect((await protocol('check', join(folder, 'missing.json'))).code).toBe(1)
    const dry = await runHere('dry-run', good, '--param', 'durationH=1', '--json')
    expect(jsonOf<{ protocolId: string; status: string }>(dry)).toMatchObject({
      protocolId: 'PVTP-017',
      status: 'completed',
    })
  })

  it('refuses what it doesn’t know', async () => {
    for (const args of [['burn', 'PVTP-001'], ['approve'], ['list', 'PVTP-001']])
      expect((await protocol(...args)).code, args.join(' ')).toBe(2)
  })
})

describe('pvtp queue', () => {
  const waiting = async () => jsonOf<{ queue: QueueEntry[] }>(await runHere('queue', 'list', ...data, '--json')).queue

  it('adds, moves and removes, and begins nothing', async () => {
    const add = async (...args: string[]) => jsonOf<{ entry: QueueEntry }>(await queue('add', ...args)).entry
    const a = await add('PVTP-001', '--sample', 'A', '--operator', 'O. Operator')
    const b = await add('PVTP-001', '--sample', 'B', '--instrument', 'ivSource=sim-smu')
    expect([a.state, b.state]).toEqual(['ready', 'waiting'])
    expect((await queue('move', b.id, '--before', a.id)).code).toBe(0)
    expect((await waiting()).map((each) => [each.request.module.id, each.state])).toEqual([
      ['B', 'ready'],
      ['A', 'waiting'],
    ])
    expect((await queue('remove', b.id)).code).toBe(2)
    expect((await queue('remove', b.id, '--reason', 'broken')).code).toBe(0)
    expect((await waiting()).map((each) => each.id)).toEqual([a.id])
    expect(jsonOf<{ runs: unknown[] }>(await runHere('runs', ...data, '--json')).runs).toEqual([])
  })

  it('leaves no start of a sweep to the station', async () => {
    const refused = await queue('add', 'PVTP-001', '--sample', 'C', '--unattended')
    expect(refused.code).toBe(2)
    expect(errorOf(refused).happened).toMatch(/can put electrical energy .* a person has to start this/)
  })
})
