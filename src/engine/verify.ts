import { analysisMethods } from '../analysis/methods/methods.ts'
import { canonicalJson } from '../base/canonicalJson.ts'
import type { Dossier } from '../contract/dossier.ts'
import { messageOf } from '../contract/errors.ts'
import type { Computed } from '../contract/run.ts'
import { findForgedApprovals } from './approvals.ts'
import { loadDossier } from './dossier.ts'
import { analyzeResults } from './executor/analyse.ts'
import { exposureNeeds } from './exposureNeeds.ts'
import { firstDifference } from './reports/bundle/difference.ts'
import { dataSeal, sha256Hex } from './reports/seal.ts'
import type { Reader } from './storage/store.ts'

export interface Check {
  name: string
  ok: boolean
  detail: string
}

/** Everything computed of a dossier, computed again from its raw data by this version of the methods. */
export function recompute(dossier: Dossier) {
  const { template, sweeps, run, exposure } = dossier
  const sameAs = (a: Computed, b: Computed): boolean => a.name === b.name && a.lane === b.lane
  const analysed = analyzeResults(
    {
      ...{ template, parameters: run.parameters, sweeps },
      ...(exposure ? { exposure } : {}),
      ...(run.lanes ? { lanes: run.lanes } : {}),
      recorded: dossier.results.filter((each) => each.method.startsWith('record.')),
      computed: (name, lane) => dossier.results.some((each) => each.name === name && each.lane === lane),
    },
    analysisMethods,
  )
  const { criteria, verdict, reasons, lanes } = analysed
  // Lanes that ran side by side computed in the order of the day; the records keep that order.
  const orderOf = (result: Computed): number => dossier.results.findIndex((each) => sameAs(each, result))
  const results = analysed.results.toSorted((a, b) => orderOf(a) - orderOf(b))
  const judged = { ...run, verdict, verdictReasons: reasons, ...(run.lanes ? { lanes } : {}) }
  const again = { ...dossier, results, criteria, run: judged }
  return {
    ...{ results, criteria, verdict, verdictReasons: reasons, dataSha256: dataSeal(again) },
    ...(run.lanes ? { lanes } : {}),
    exposures: exposureNeeds(run, template),
  }
}

async function checkRun(reader: Reader, runId: string): Promise<Check> {
  const name = `run ${runId}`
  try {
    const dossier = await loadDossier(reader, runId, { name: '', address: '', station: '' })
    const again = recompute(dossier)
    const computed = { results: again.results, criteria: again.criteria, verdict: again.verdict }
    const stored = { results: dossier.results, criteria: dossier.criteria, verdict: dossier.run.verdict }
    const found = firstDifference(JSON.parse(canonicalJson(stored)), JSON.parse(canonicalJson(computed)), 'stored')
    if (found) return { name, ok: false, detail: `${found.path} is ${found.sealed}, computed again ${found.now}` }
    const sealed = (await sealsOf(reader, runId)).find((seal) => seal !== dossier.dataSha256)
    if (sealed) return { name, ok: false, detail: `its data don’t match the seal ${sealed} in the audit trail` }
    const paper = await findChangedPaper(reader, runId)
    if (paper) return { name, ok: false, detail: paper }
    return {
      name,
      ok: true,
      detail: `verdict ${dossier.run.verdict} and every result computed again from the raw data`,
    }
  } catch (error) {
    return { name, ok: false, detail: messageOf(error) }
  }
}

/** Compares every issued file, byte for byte by its hash, with what the audit trail says was issued. */
async function findChangedPaper(reader: Reader, runId: string): Promise<string | null> {
  const issues = (await reader.auditRows(runId)).filter((row) => row.action === 'report.issue')
  const issued = issues.flatMap((row, i) =>
    (JSON.parse(row.detail) as { files: { name: string; sha256: string }[] }).files.map((file) => ({
      ...file,
      revision: i + 1,
    })),
  )
  const stored = new Map<string, string>()
  for await (const file of reader.issuedFiles(runId)) stored.set(`${file.revision}/${file.name}`, sha256Hex(file.bytes))
  const changed = issued.find((file) => stored.get(`${file.revision}/${file.name}`) !== file.sha256)
  return changed ? `its paper ${changed.name} (issue ${changed.revision}) isn’t the one that was issued` : null
}

/** Data seals that the audit trail holds for a run: one for each time its papers were issued or signed. */
async function sealsOf(reader: Reader, runId: string): Promise<string[]> {
  const rows = await reader.auditRows(runId)
  return rows
    .map((row) => (JSON.parse(row.detail) as { dataSha256?: unknown }).dataSha256)
    .filter((seal): seal is string => typeof seal === 'string')
}

/** Checks a data folder's database: pages, audit chain, and every completed run's numbers. */
export async function verifyDatabase(reader: Reader): Promise<Check[]> {
  const integrity = await reader.checkIntegrity()
  const audit = await reader.checkAudit()
  const checks: Check[] = [
    { name: 'database pages', ok: integrity === 'ok', detail: integrity },
    {
      name: 'audit trail',
      ok: audit.faults.length === 0,
      detail: audit.faults.join('; ') || `${audit.rows} rows in one chain, head ${audit.head}`,
    },
  ]
  const approvals = await findForgedApprovals(reader)
  if (approvals.count > 0)
    checks.push({
      name: 'approvals of protocols',
      ok: approvals.faults.length === 0,
      detail: approvals.faults.join('; ') || `${approvals.count} records, each as this station signed it`,
    })
  for (const run of await reader.runsWithStatus(['completed'])) checks.push(await checkRun(reader, run.id))
  return checks
}
