import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../contract/run.ts'
import type { EvaluatedCurve } from '../contract/results.ts'
import type { Station } from '../engine/station.ts'
import { writeFiles } from './files.ts'
import type { Output } from './output.ts'

const bundleEnding = '.pvtp.zip'

const withoutPoints = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('curves' in value)) return value
  const curves = (value as { curves: (EvaluatedCurve & { voltageV?: unknown; currentA?: unknown })[] }).curves
  return { ...value, curves: curves.map(({ voltageV: _v, currentA: _i, ...rest }) => rest) }
}

/** Papers of two runs in one folder would be taken for each other's: the second run's go into a folder below. */
async function folderFor(out: string, files: readonly { name: string }[]): Promise<string> {
  const own = files.find((file) => file.name.endsWith(bundleEnding))?.name
  const there = existsSync(out) ? await readdir(out) : []
  const isTaken = there.some((name) => name.endsWith(bundleEnding) && name !== own)
  return isTaken && own ? join(out, own.slice(0, -bundleEnding.length)) : out
}

/** Writes a run's papers and says how it ended; 1 for a run that failed or didn't end as it should. */
export async function writeRunFiles(given: {
  run: Run
  station: Station
  out: string
  output: Output
}): Promise<0 | 1> {
  const { run, station, output } = given
  const listed = await station.reader.listFiles(run.id)
  const files = await Promise.all(listed.map((each) => station.reader.file(run.id, each.name)))
  const written = await writeFiles(await folderFor(given.out, files), files)
  const results = await station.reader.results(run.id)
  const criteria = await station.reader.criteria(run.id)
  const document = {
    run,
    verdict: run.verdict,
    reasons: run.verdictReasons,
    results: Object.fromEntries(results.map((each) => [each.name, withoutPoints(each.value)])),
    criteria,
    files: written,
  }
  const lines = [
    `Run ${run.id}: ${run.status}${run.provenance === 'live' ? '' : `, ${run.provenance.toUpperCase()}`}`,
    run.verdict === null
      ? `No verdict. ${run.problem?.happened ?? ''} ${run.problem?.did ?? ''}`.trim()
      : `Verdict: ${run.verdict}`,
    ...run.verdictReasons.map((reason) => `  ${reason}`),
    ...written.map((path) => `  wrote ${path}`),
  ]
  output.result(document, lines.join('\n'))
  const good = run.status === 'completed' && run.verdict !== 'fail' && run.verdict !== 'error' && written.length > 0
  return good ? 0 : 1
}
