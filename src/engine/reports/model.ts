import type { Dossier } from '../../contract/dossier.ts'
import { StationError } from '../../contract/errors.ts'
import type { ReportModel, ReportSection } from '../../contract/report.ts'
import { chartSection } from './model/chartSection.ts'
import { isSigned, methodsSection, softwareSection, statementsSection, verifySection } from './model/closing.ts'
import { conditionsSection } from './model/conditions.ts'
import { correctedSections, measuredSection } from './model/curveTables.ts'
import { channelsSection, instrumentsSection, parametersSection } from './model/equipment.ts'
import { eventsSection } from './model/events.ts'
import { identificationSection, nameplateSection } from './model/identification.ts'
import { criteriaSection, headlineOf, uncertaintySection } from './model/judgement.ts'
import { markOf, printedMarkOf } from './model/mark.ts'
import { isStressLayout, stressSections } from './model/stressSections.ts'
import { lanesOf, lanesSentence } from './model/lanes.ts'
import { verdictOf, verdictOfAll } from './model/verdict.ts'

/**
 * `PVTP-001-20261122-1a2b3c4d`: the protocol, the UTC day on which the run began, and the last eight hexadecimal
 * digits of the run's id, which are random in a UUID version 7. Sorts by day.
 */
export const reportNumber = (run: Dossier['run']): string => {
  const day = new Date(run.startedUtcMs).toISOString().slice(0, 10).replaceAll('-', '')
  const short = run.id.replaceAll(/[^0-9A-Za-z]/g, '').slice(-8)
  return `${run.protocolId}-${day}-${short}`
}

/** An interrupted run may have no recorded end: then its last event stands for it. */
const issuedUtcMs = (dossier: Dossier): number => {
  const { run } = dossier
  if (isSigned(dossier) && run.signature) return run.signature.utcMs
  return run.endedUtcMs ?? dossier.events.reduce((latest, event) => Math.max(latest, event.utcMs), run.startedUtcMs)
}

/** A test under stress that ended early: what it was exposed to is worth a paper. */
const hasCounted = (dossier: Dossier): boolean => isStressLayout(dossier) && (dossier.exposure?.length ?? 0) > 0

const requireReportable = (dossier: Dossier): void => {
  const { run, sweeps, results } = dossier
  if (run.status === 'running' || run.status === 'paused' || run.status === 'stopping')
    throw new StationError('report.noResults', { id: run.id, detail: 'the run has not ended' })
  if (sweeps.length === 0 && results.length === 0 && !hasCounted(dossier))
    throw new StationError('report.noResults', { id: run.id, detail: 'no sweep was recorded and nothing computed' })
}

const sectionsOf = (dossier: Dossier, facts: { number: string; issuedUtcMs: number }): ReportSection[] =>
  [
    chartSection(dossier),
    identificationSection(dossier, facts),
    nameplateSection(dossier),
    conditionsSection(dossier),
    measuredSection(dossier),
    ...correctedSections(dossier),
    uncertaintySection(dossier),
    criteriaSection(dossier),
    instrumentsSection(dossier),
    channelsSection(dossier),
    parametersSection(dossier),
    eventsSection(dossier),
    methodsSection(dossier),
    softwareSection(dossier),
    statementsSection(dossier),
    verifySection(facts.number),
  ].filter((section) => section !== null)

/**
 * A report as words and numbers, from the dossier and nothing else: the same dossier gives the same model.
 * What has no value is printed as a dash with the reason. Items a to p of ISO/IEC 17025:2017, 7.8.2.1.
 * @throws StationError report.noResults when the run is still on or has nothing to report
 */
export const buildReportModel = (dossier: Dossier): ReportModel => {
  requireReportable(dossier)
  const model = commonModel(dossier)
  if (!isStressLayout(dossier)) return model
  const lanes = lanesOf(dossier, markOf(dossier))
  const facts = { number: model.number, issuedUtcMs: model.issuedUtcMs }
  return {
    ...model,
    virtualTime: dossier.run.virtualTime,
    ...(lanes.length > 0 ? { lanes } : {}),
    ...(lanes.length > 1 ? { verdict: verdictOfAll(dossier, lanesSentence(lanes)) } : {}),
    headline: lanes.length === 0 ? model.headline : lanes.length === 1 ? lanes[0]!.headline : [],
    sections: stressSections(dossier, facts, lanes),
  }
}

/** What the papers of every test have; with the sections of a test of one module without stress. */
const commonModel = (dossier: Dossier): ReportModel => {
  const { run, template, laboratory } = dossier
  const facts = { number: reportNumber(run), issuedUtcMs: issuedUtcMs(dossier) }
  const signed = isSigned(dossier)
  return {
    ...facts,
    title: template.report.title,
    mark: printedMarkOf(dossier),
    draft: !signed,
    laboratory,
    module: { id: run.module.id, maker: run.module.maker, model: run.module.model },
    protocol: {
      id: run.protocolId,
      version: run.protocolVersion,
      title: run.protocolTitle,
      templateSha256: run.templateSha256,
    },
    verdict: verdictOf(dossier),
    headline: headlineOf(dossier),
    sections: sectionsOf(dossier, facts),
    signature:
      signed && run.signature
        ? { name: run.signature.name, meaning: run.signature.meaning, signedUtcMs: run.signature.utcMs }
        : null,
    dataSha256: dossier.dataSha256,
    softwareVersion: run.softwareVersion,
  }
}
