import type { Run } from '../contract/run.ts'
import type { EvaluatedCurve } from '../contract/results.ts'
import type { Station } from '../engine/station.ts'
import { writeFiles } from './files.ts'
import type { Output } from './output.ts'

const withoutPoints = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('curves' in value)) return value
  const curves = (value as { curves: (EvaluatedCurve & { voltageV?: unknown; currentA?: unknown })[] }).curves
  return { ...value, curves: curves.map(({ voltageV: _v, currentA: _i, ...rest }) => rest) }
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
  const written = await writeFiles(given.out, files)
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
