import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/cli.ts'
import { smoothCurve } from '../support/curves.ts'
import { runHere } from '../support/inProcess.ts'
import { dataFolderAt, openStore } from '../support/store.ts'

const canary = 'CANARY-7f3a9c'
/** As UTF-8 and as UTF-16, as SQLite could write it. */
const spellings = [Buffer.from(canary), Buffer.from(canary, 'utf16le')]

it('neither the database nor its log holds a customer’s words', async () => {
  const folder = temporaryFolder()
  const at = dataFolderAt(join(folder, 'data'))
  const file = join(folder, 'curve.json')
  writeFileSync(file, JSON.stringify({ curves: [{ id: canary, ...smoothCurve() }] }))
  const args = ['--protocol', 'PVTP-001', '--sample', canary, '--operator', canary, '--out', join(folder, 'out')]
  const ended = await runHere('import', file, ...args, '--data', at.folder, '--json')
  expect(ended.code, ended.stderr).toBe(0)

  const { db, store } = openStore(at)
  // While the station writes, pages lie in the log, too.
  await store.audit({ actor: canary, action: 'test', subject: canary, detail: { note: canary.repeat(2000) } })
  expect(JSON.stringify(await store.listRuns(10))).toContain(canary)
  const names = readdirSync(at.folder)
  expect(names).toContain('station.db-wal')
  const holding = names.filter((name) => {
    const bytes = readFileSync(join(at.folder, name))
    return spellings.some((each) => bytes.includes(each))
  })
  expect(holding).toEqual([])
  // The search would find it: the papers, which are for the customer, have it.
  expect(readFileSync(join(folder, 'out', 'curves.csv')).includes(spellings[0]!)).toBe(true)
  expect(readFileSync(at.path).subarray(0, 16).toString('latin1')).not.toContain('SQLite')
  db.close()
})
