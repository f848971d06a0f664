import { readFileSync } from 'node:fs'
import { logProfileSchema, type BackFill } from '../../src/contract/backFill.ts'
import { dossierSchema } from '../../src/contract/dossier.ts'
import type { Dossier } from '../../src/contract/dossier.ts'
import type { ExposureClass, ExposureEntry, Lane } from '../../src/contract/run.ts'
import { templateSchema } from '../../src/contract/template.ts'
import type { Template } from '../../src/contract/template.ts'
import { expandTemplate } from '../../src/engine/executor/expand.ts'
import { exposureNeeds } from '../../src/engine/exposureNeeds.ts'
import { recompute } from '../../src/engine/verify.ts'
import { createDossier, reseal } from './fixture.ts'

const load = (id: string): Template =>
  templateSchema.parse(JSON.parse(readFileSync(new URL(`../../protocols/${id}.json`, import.meta.url), 'utf8')))

const template = expandTemplate(load('PVTP-017'), load)
const msPerH = 3_600_000

/** Rows of the ledger of damp heat, one after the other: class, hours, reason, and another step than the damp heat's. */
export type LedgerRow = [kind: ExposureClass, hours: number, reason?: string, step?: string | null]

export const ledgerOf = (rows: readonly LedgerRow[], fromUtcMs: number): ExposureEntry[] => {
  let utcMs = fromUtcMs
  return rows.map(([kind, hours, reason = null, step = 'damp'], k) => {
    const begin = utcMs
    utcMs += hours * msPerH
    const times = { fromUtcMs: begin, toUtcMs: utcMs, durationMs: hours * msPerH }
    return { exposure: 'dampHeat', lane: null, step, seq: k + 1, class: kind, amount: hours, reason, ...times }
  })
}

/** One of each class, with the run-in before them; two hours are asked for. */
export const ledgerOfEachClass: readonly LedgerRow[] = [
  ['outOfTolerance', 0.2, 'Climate chamber humidity is below 80 %'],
  ['credited', 0.7],
  ['outOfTolerance', 0.1, 'Climate chamber temperature is above 87 °C'],
  ['credited', 0.5],
  ['unknown', 0.05, 'no values for too long'],
  ['credited', 0.5],
  ['blind', 0.4, 'the station was off', null],
  ['outOfTolerance', 0.1, 'Climate chamber humidity is below 80 %'],
  ['credited', 0.4],
]

const lanes: Lane[] = [
  {
    id: 'A',
    module: { id: 'M-2026-0042', maker: 'Example Solar', model: 'ES-60-255P' },
    ...{ parameters: {}, state: 'done', reason: null, verdict: 'pass', verdictReasons: [] },
  },
  {
    id: 'B',
    module: { id: 'M-2026-0043', maker: 'Example Solar', model: 'ES-60-255P' },
    ...{ parameters: { ratedPmaxW: 256 }, state: 'removed', reason: 'glass broken, by A. Example' },
    ...{ verdict: 'notMeasured', verdictReasons: ['glass broken, by A. Example'] },
  },
]

const stages = [
  { part: 'initial', lane: 'A', step: 'before' },
  { part: 'initial', lane: 'B', step: 'before' },
  { part: 'final', lane: 'A', step: 'after' },
] as const

/** Six sweeps of each measurement that took place: lane B was taken out before its second. */
const sweepsOf = (): Dossier['sweeps'] => {
  const { sweeps } = createDossier({ sweeps: 18, points: 40 })
  return sweeps.map((sweep, k) => {
    const { part, lane, step } = stages[Math.floor(k / 6)]!
    const path = `${step}@${lane}/${part}/${part}-curves/${part}-repeat[${(Math.floor(k / 2) % 3) + 1}]`
    return { ...sweep, stepId: `${path}/${part}-${sweep.direction}` }
  })
}

const partResults = ['Measured', 'Conditions', 'Stc', 'Power', 'Uncertainty', 'Gate1']

/** Names of what was computed, so that the verifier computes it, too; the values come from there. */
const namesOf = (): Dossier['results'] => [
  ...stages.map(({ part, lane }) => ({
    ...{ name: `${part}Visual`, lane, method: 'record.findings', version: '1' },
    value: { major: 0, minor: 0, findings: [] },
  })),
  ...stages.flatMap(({ part, lane }) =>
    partResults.map((name) => ({ name: `${part}${name}`, lane, method: '', version: '', value: null })),
  ),
]

export interface StressOptions {
  ledger?: readonly LedgerRow[]
  change?: (dossier: Dossier) => Dossier
}

/** A run of damp heat with two modules, of which one was taken out: everything computed by the station's own methods. */
export const createStressDossier = ({ ledger = ledgerOfEachClass, change }: StressOptions = {}): Dossier => {
  const base = createDossier({ sweeps: 1, points: 60 })
  const usual = Object.fromEntries(template.parameters.map((each) => [each.name, each.default]))
  const parameters = { ...usual, ...base.run.parameters, ...usual, ratedPmaxW: 255, ratedVocV: 38.2, ratedIscA: 9.05 }
  const exposure = ledgerOf(ledger, base.run.startedUtcMs + msPerH)
  const run: Dossier['run'] = {
    ...base.run,
    ...{ protocolId: template.id, protocolVersion: template.version, protocolTitle: template.title, lanes },
    ...{ module: lanes[0]!.module, endedUtcMs: base.run.startedUtcMs + 8 * msPerH },
    parameters: {
      ...parameters,
      durationH: 2,
      alphaPercentPerK: 0.05,
      betaPercentPerK: -0.28,
      deltaPercentPerK: -0.39,
    },
  }
  const raw: Dossier = { ...base, run, template, exposure, sweeps: sweepsOf(), results: namesOf(), criteria: [] }
  const asked = { layout: 2 as const, exposures: exposureNeeds(run, template) }
  const { results, criteria, verdict, verdictReasons, lanes: judged } = recompute({ ...raw, ...asked })
  const whole = {
    ...raw,
    ...asked,
    results,
    criteria,
    run: { ...run, verdict, verdictReasons, lanes: judged ?? lanes },
  }
  return dossierSchema.parse(reseal(change ? change(whole) : whole))
}

const logProfile = logProfileSchema.parse({
  ...{ name: 'Chamber', time: { column: 1, order: 'ymd' } },
  values: [{ column: 2, title: 'Temperature', channel: 'temperature', unit: '°C' }],
})

/** The log of the chamber's own controller over the first stretch that is unknown: a row a minute, at 85 °C. */
export function logOfTheOutage({ exposure }: Dossier): BackFill {
  const off = exposure!.find((each) => each.class === 'unknown')!
  const edge = { compared: 60, mostDeviation: -0.25, meanDeviation: -0.125 }
  const utcMs = Array.from({ length: 59 }, (_none, i) => off.fromUtcMs + (i + 1) * 60_000)
  const gap = {
    fromUtcMs: off.fromUtcMs,
    toUtcMs: off.toUtcMs,
    utcMs,
    value: utcMs.map(() => 85),
    longestHoleMs: 60_000,
  }
  return {
    ...{ id: 'one', utcMs: Date.UTC(2026, 10, 23), who: 'Ada', provenance: 'backFilled', instrumentId: 'chamber' },
    ...{ instrumentName: 'Climate chamber', fileName: 'chamber.csv', fileSha256: 'ab12', clockAheadS: 12 },
    ...{ profile: logProfile, bestClockAheadS: null },
    channels: [{ channel: 'temperature', unit: '°C', gaps: [{ ...gap, before: edge, after: edge }] }],
    windows: [
      {
        ...{ exposure: off.exposure, lane: off.lane, title: 'Climate chamber temperature', instrumentId: 'chamber' },
        ...{ channel: 'temperature', low: 83, high: 87, longestGapS: 120, problem: null },
      },
    ],
  }
}
