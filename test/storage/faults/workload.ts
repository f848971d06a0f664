/**
 * A small run on the real store, for the tests that kill it, fail its writes or cut its power. Says `ack NAME NUMBER` on
 * its standard output when something was acknowledged. What fails is tried again: a store has to stay usable.
 *
 *     node workload.ts DATABASE KEY FULL|NORMAL
 */
import { writeSync } from 'node:fs'
import { openDatabase } from '../../../src/engine/storage/open.ts'
import { createLocalPort } from '../../../src/engine/storage/port.ts'
import { createStore, type Store } from '../../../src/engine/storage/store.ts'
import { blockOf, channelIds, keyFile, rounds, runId, stepOf, sweepAt, tries } from './plan.ts'

const [path = '', keyHex = '', synchronous = 'FULL'] = process.argv.slice(2)

/** Not through the event loop: what was said before a kill must have been said. */
const acknowledge = (name: string, number: number): void => void writeSync(1, `ack ${name} ${number}\n`)

async function persist(name: string, number: number, work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      acknowledge(name, number)
      return
    } catch (error) {
      writeSync(1, `failed ${name} ${number}\n`)
      if (attempt === tries) throw error
    }
  }
}

async function record(store: Store): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    const blocks = channelIds.map((id) => blockOf(id, round))
    await persist('samples', round, () => store.appendSamples(blocks))
    await persist('step', round, () => store.enterStep(stepOf(round)))
    if (round % 3 === 0)
      await persist('end', round, () => store.endStep({ runId, ordinal: round, utcMs: round, outcome: 'done' }))
    if (round % 4 === 0)
      await persist('audit', round, () =>
        store.audit({ actor: 'workload', action: 'round', subject: runId, detail: { round } }),
      )
  }
  await persist('sweep', 1, () => store.completeSweep(sweepAt))
}

function open() {
  for (let attempt = 1; ; attempt++) {
    try {
      const db = openDatabase({ path, keyHex, keyFile })
      db.pragma(`synchronous=${synchronous}`)
      // Small, so that a short run has folds and a checkpoint in its midst.
      db.pragma('wal_autocheckpoint=40')
      return { db, port: createLocalPort({ db, path, journalLimit: { bytes: 1 << 20, rows: 5 } }) }
    } catch (error) {
      if (attempt === tries) throw error
    }
  }
}

const { db, port } = open()
await record(createStore({ port, utcMs: () => 0 }))
db.close()
writeSync(1, 'ended\n')
