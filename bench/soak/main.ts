import { parseArgs } from 'node:util'
import { soak } from './soak.ts'

const options = { minutes: { type: 'string' }, hours: { type: 'string' } } as const
const { values } = parseArgs({ options })
const minutes = values.hours === undefined ? Number(values.minutes ?? 10) : Number(values.hours) * 60
if (!(minutes > 0)) throw new RangeError('--minutes N or --hours N: a number above 0 is needed')

const told = { atS: 0 }
const report = await soak({
  minutes,
  // In less, what is compiled and cached would count as a trend.
  checksMemory: minutes >= 5,
  tell: ({ atS, rssBytes, handles, loopP99Ms, acknowledged }) => {
    if (atS - told.atS < 30) return
    told.atS = atS
    const words = `${(rssBytes / 2 ** 20).toFixed(0)} MiB, ${handles} handles, loop p99 ${loopP99Ms.toFixed(1)} ms, ${acknowledged} values`
    process.stderr.write(`${(atS / 60).toFixed(1)} min: ${words}\n`)
  },
})
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
process.exitCode = report.faults.length > 0 ? 1 : 0
