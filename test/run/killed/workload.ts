// A whole run in virtual time, for the test that kills it: node workload.ts DATAFOLDER
// Says `ack KIND WHAT` on its standard output for all that its windows are told: that has to be there afterwards.
import { writeSync } from 'node:fs'
import type { StationEvent } from '../../../src/contract/api.ts'
import { assignRoles } from '../../../src/engine/simulatedRequest.ts'
import { clockAt, openHere, startUtcMs } from './station.ts'

/** Not through the event loop: what was said before a kill must have been said. */
const say = (kind: string, what: string | number): void => void writeSync(1, `ack ${kind} ${what}\n`)

const told = new Set<string>()
function tell(event: StationEvent): void {
  if (event.type === 'reading') say('reading', event.utcMs)
  if (event.type === 'log') say('log', event.event.seq)
  if (event.type === 'run') say('run', event.run.status)
  if (event.type !== 'live') return
  for (const { path } of event.live.steps ?? []) {
    if (told.has(path)) continue
    told.add(path)
    say('step', path)
  }
}

const clock = clockAt(startUtcMs)
await clock.run(
  (async () => {
    const { station, close } = await openHere(process.argv[2] ?? '', clock, true)
    station.onEvent(tell)
    const template = station.protocols.get('PVTP-054')
    const run = await station.startRun({
      ...{ protocolId: template.id, module: { id: 'M-1', maker: '', model: '' }, operator: 'Test operator' },
      ...{ parameters: {}, roles: assignRoles(template, station.instruments.states()) },
    })
    say('start', run.id)
    say('end', (await station.whenEnded(run.id)).status)
    await close()
  })(),
)
