import type { Dossier } from '../../../contract/dossier.ts'
import type { ReportLane, ReportSection } from '../../../contract/report.ts'
import { backFillSection } from './backFillSection.ts'
import { beforeAfterSections } from './beforeAfter.ts'
import { softwareSection, statementsSection, verifySection } from './closing.ts'
import { conditionsSection } from './conditions.ts'
import { channelsSection, instrumentsSection } from './equipment.ts'
import { exposureSections } from './exposureSections.ts'
import { plural } from './format.ts'
import { identificationSection } from './identification.ts'
import { interruptionsSection } from './interruptions.ts'
import { budgetOf, uncertaintySection } from './judgement.ts'
import { laneCriteriaSections } from './laneCriteria.ts'
import { laneTitle, modulesSection, resultsSection } from './lanes.ts'
import { nameplatesSection, settingsSection } from './settings.ts'
import { stressEventsSection } from './stressEvents.ts'
import { trendSections } from './trends.ts'

/** Whether the papers of a test under stress are made as they are since layout 2. */
export const isStressLayout = ({ layout, run, template }: Dossier): boolean =>
  layout === 2 && ((run.lanes?.length ?? 0) > 0 || (template.exposure?.length ?? 0) > 0)

/** The first module that has a budget stands for all: they were measured by the same instruments. */
const budgetSection = (dossier: Dossier): ReportSection | null => {
  const lanes = dossier.run.lanes ?? []
  if (lanes.length === 0) return uncertaintySection(dossier)
  const found = lanes.filter((lane) => budgetOf(dossier, lane) !== null)
  const first = found[0]
  if (!first) return uncertaintySection(dossier, lanes[0])
  const section = uncertaintySection(dossier, first)
  if (!section || lanes.length === 1) return section
  const others = found.slice(1).map((lane) => `${lane.id}: ${budgetOf(dossier, lane)?.expandedPercent.toFixed(2)} %`)
  const note = others.length > 0 ? `Expanded uncertainty of the other modules: ${others.join('; ')}. ` : ''
  const title = `${section.title} (${laneTitle(first)})`
  return section.kind === 'table' ? { ...section, title, note: `${note}${section.note ?? ''}` } : { ...section, title }
}

const identification = (dossier: Dossier, facts: { number: string; issuedUtcMs: number }): ReportSection => {
  const section = identificationSection(dossier, facts)
  const count = dossier.run.lanes?.length ?? 0
  if (count < 2) return section
  const own = new Set(['Maker', 'Model'])
  return {
    ...section,
    rows: section.rows
      .filter((row) => !own.has(row.label))
      .map((row) =>
        row.label === 'Module id' ? { label: 'Items', value: { text: `${plural(count, 'module')}, see below` } } : row,
      ),
  }
}

/** The quantities that play a part; what instruments give beside them is counted only. */
const recordedSection = (dossier: Dossier): ReportSection | null => {
  const isAside = ({ name }: Dossier['channels'][number]): boolean => name.startsWith('other.')
  const section = channelsSection({ ...dossier, channels: dossier.channels.filter((each) => !isAside(each)) })
  const aside = dossier.channels.filter(isAside).length
  if (section?.kind !== 'table' || aside === 0) return section
  const what = plural(aside, 'further quantity', 'further quantities')
  return { ...section, note: `${what} of these instruments, such as set-points, were recorded beside.` }
}

/** Each method with its version and the results that it gave; the same method for several modules is one row. */
const methodsSection = (dossier: Dossier): ReportSection => {
  const methods = Map.groupBy(dossier.results, (result) => `${result.method} ${result.version}`)
  return {
    kind: 'table',
    title: 'Methods',
    columns: ['Method', 'Version', 'Results'].map((label) => ({ label, unit: '', align: 'left' })),
    rows: [...methods.values()].map((results) => [
      { text: results[0]!.method },
      { text: results[0]!.version },
      { text: [...new Set(results.map((each) => each.name))].join(', ') },
    ]),
  }
}

/** The sections of a test under stress: results and exposure first, what they rest on behind. */
export const stressSections = (
  dossier: Dossier,
  facts: { number: string; issuedUtcMs: number },
  lanes: readonly ReportLane[],
): ReportSection[] =>
  [
    resultsSection(lanes),
    ...beforeAfterSections(dossier),
    ...exposureSections(dossier),
    backFillSection(dossier),
    interruptionsSection(dossier),
    ...trendSections(dossier),
    ...laneCriteriaSections(dossier),
    identification(dossier, facts),
    lanes.length > 0 ? modulesSection(lanes) : null,
    nameplatesSection(dossier),
    conditionsSection(dossier),
    budgetSection(dossier),
    instrumentsSection(dossier),
    recordedSection(dossier),
    settingsSection(dossier),
    stressEventsSection(dossier),
    methodsSection(dossier),
    softwareSection(dossier),
    statementsSection(dossier),
    verifySection(facts.number),
  ].filter((section) => section !== null)
