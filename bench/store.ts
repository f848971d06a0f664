import { availableParallelism, loadavg } from 'node:os'
import { benchFirstPage } from './store/firstPage.ts'
import { benchIngest } from './store/ingest.ts'
import { benchLoop } from './store/loop.ts'
import { benchViews } from './store/views.ts'

/**
 * The sample store: each figure with the limit or the peer of the same run. On a machine that does other things at the
 * same time only the ratios mean something: how busy it was is told.
 */
export async function bench() {
  const busyBefore = loadavg()[0]
  const ingest = await benchIngest()
  const loop = await benchLoop()
  const firstPage = await benchFirstPage()
  const views = await benchViews()
  return {
    machine: { processors: availableParallelism(), node: process.version, load: [busyBefore, loadavg()[0]] },
    ingest,
    loop,
    firstPage,
    views,
  }
}
