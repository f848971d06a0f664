import { plainNumber } from '../../../base/plainNumber.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import type { ExposureAccount, ExposureLoss, RunExposure } from '../../../contract/exposure.ts'
import type { Cell, ReportSection } from '../../../contract/report.ts'
import { sayEvidence } from '../../../contract/sayEvidence.ts'
import { kindOfLoss } from '../exposure/losses.ts'
import { summariseExposure } from '../exposure/summary.ts'
import { decimalsFor, formatDuration, formatUtc, missingText, numberCell, plural, textCell } from './format.ts'
import { markLegend } from './judgement.ts'
import { sectionTitles } from './titles.ts'

type Table = Extract<ReportSection, { kind: 'table' }>
type Column = Table['columns'][number]

const msPerH = 3_600_000
const left = (label: string): Column => ({ label, unit: '', align: 'left' })
const right = (label: string, unit = ''): Column => ({ label, unit, align: 'right' })

const amountCell = (value: number | null, { quantity, required, credited }: ExposureAccount): Cell =>
  numberCell(value, { cycles: 0, time: 2, integral: Math.min(4, decimalsFor([required, credited])) }[quantity])

const hoursCell = (ms: number): Cell => numberCell(ms / msPerH, 2)

const accountRow = (account: ExposureAccount): Cell[] => [
  textCell(account.title),
  textCell(account.lane ?? 'all'),
  account.required === null ? { text: 'none', number: null } : amountCell(account.required, account),
  amountCell(account.credited, account),
  textCell(account.unit),
  hoursCell(account.elapsedMs),
  hoursCell(account.creditedMs),
  hoursCell(account.outOfToleranceMs),
  hoursCell(account.unknownMs),
  hoursCell(account.blindMs),
  numberCell(account.losses, 0),
  textCell(`${account.clause} [${account.mark}]`),
]

const accountsTable = (accounts: readonly ExposureAccount[]): Table => ({
  kind: 'table',
  title: sectionTitles.exposure,
  columns: [
    ...[left('Exposure'), left('Lane'), right('Required'), right('Credited'), left('Unit')],
    ...[right('Elapsed', 'h'), right('Credited', 'h'), right('Out of tolerance', 'h'), right('Unknown', 'h')],
    ...[right('Blind', 'h'), right('Not credited, stretches'), left('Clause')],
  ],
  rows: accounts.map(accountRow),
  note: `Elapsed: credited, out of tolerance, unknown and blind together. Out of tolerance: a value was outside its band. Unknown: values were missing, or too far apart. Blind: the controller may have gone on, but the station saw nothing. ${markLegend}`,
})

const classWords = {
  credited: 'credited',
  outOfTolerance: 'out of tolerance',
  unknown: 'unknown',
  blind: 'blind',
} as const

/** Stretches that are printed as one row. */
interface Row {
  losses: ExposureLoss[]
  first: ExposureLoss
}

/** With more than this, those that differ in nothing but their time become one row. */
const mostRows = 40

const alike = (loss: ExposureLoss): string => {
  const { disposition } = loss
  const decided = disposition ? `${disposition.decision} ${disposition.who} ${disposition.reason}` : ''
  return `${kindOfLoss(loss)}|${loss.open}|${decided}|${evidenceOfLoss(loss)}`
}

export const rowsOf = (losses: readonly ExposureLoss[]): Row[] => {
  if (losses.length <= mostRows) return losses.map((loss) => ({ losses: [loss], first: loss }))
  const groups = new Map<string, Row>()
  for (const loss of losses) {
    const key = alike(loss)
    const group = groups.get(key)
    if (group) group.losses.push(loss)
    else groups.set(key, { losses: [loss], first: loss })
  }
  return [...groups.values()]
}

/** Ledgers of earlier versions told computed limits with all digits of a double. */
const shortNumbers = (text: string): string =>
  text.replaceAll(/[0-9]+\.[0-9]{7,}/g, (found) => plainNumber(Number(found)))

const reasonText = ({ reasons }: ExposureLoss): string => {
  const shown = reasons.slice(0, 2).map(shortNumbers).join('; ')
  return reasons.length > 2 ? `${shown}; and ${reasons.length - 2} more` : shown
}

const decisionText = ({ proposal, disposition, open }: ExposureLoss): string => {
  if (disposition)
    return `${disposition.decision}, by ${disposition.who}, ${formatUtc(disposition.utcMs)}: ${disposition.reason}`
  return open ? 'OPEN: nobody has decided' : proposal === 'none' ? 'not needed' : missingText
}

/** `2026-11-26 14:05:12 – 14:16:00`; with both dates where they differ. */
const stretchText = (fromUtcMs: number, toUtcMs: number): string => {
  const [from, to] = [formatUtc(fromUtcMs), formatUtc(toUtcMs)].map((text) => text.replace(' UTC', '')) as [
    string,
    string,
  ]
  return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`
}

const placeText = (loss: ExposureLoss, titles: ReadonlyMap<string, string>): string => {
  const title = titles.get(loss.exposure) ?? loss.exposure
  return `${loss.lane === null ? title : `${title}, ${loss.lane}`} (${loss.step ?? 'between steps'})`
}

const evidenceOfLoss = ({ evidence }: ExposureLoss): string =>
  evidence ? `; BACK-FILLED: ${sayEvidence(evidence, formatDuration)}` : ''

const lossRow = ({ losses, first }: Row, titles: ReadonlyMap<string, string>): Cell[] => {
  const last = losses.reduce((latest, each) => (each.toUtcMs > latest.toUtcMs ? each : latest), first)
  return [
    textCell(losses.length === 1 ? String(first.seq) : `${first.seq} … (${losses.length})`),
    textCell(stretchText(first.fromUtcMs, last.toUtcMs)),
    textCell(formatDuration(losses.reduce((sum, each) => sum + each.durationMs, 0))),
    textCell(placeText(first, titles)),
    textCell(`${classWords[first.class]}: ${reasonText(first) || 'no reason recorded'}${evidenceOfLoss(first)}`),
    textCell(first.proposal),
    textCell(decisionText(first)),
  ]
}

const lossesTable = ({ losses, accounts }: RunExposure): ReportSection => {
  const title = sectionTitles.losses
  if (losses.length === 0)
    return { kind: 'text', title, paragraphs: ['All of the time in the steps that count was credited.'] }
  const rows = rowsOf(losses)
  const titles = new Map(accounts.map((account) => [account.exposure, account.title]))
  const open = losses.filter((loss) => loss.open).length
  const merged = losses.length - rows.length
  return {
    kind: 'table',
    title,
    columns: [
      ...[left('No.'), left('When (UTC)'), right('Duration', 'h:mm:ss'), left('Exposure (step)')],
      ...[left('Class and reason'), left('Proposed'), left('Decision')],
    ],
    rows: rows.map((row) => lossRow(row, titles)),
    note: [
      `${plural(losses.length, 'stretch', 'stretches')} in all, ${open} open.`,
      ...(merged > 0
        ? [
            `Stretches that differ only in their time are printed as one row with their number in brackets, the first beginning, the last end and the sum of their durations; each is in the workbook and in exposure.csv.`,
          ]
        : []),
      'No.: of the first row of the ledger that a stretch stands for; rows that follow each other without a break are one stretch.',
      'Proposed: none, the conditions were being reached, or the loss was made up for, is no longer than the gap between two readings that counts, and such losses are together no more than 1 % of what was credited; extend, the exposure is short; accept, a person has to say that the test still counts; restart, nothing was credited. Decisions change neither the ledger nor the verdict.',
    ].join(' '),
  }
}

/** What the standard credits, elapsed and credited; and every stretch that was not credited. */
export const exposureSections = (dossier: Dossier): ReportSection[] => {
  if ((dossier.template.exposure ?? []).length === 0) return []
  const exposure = summariseExposure(dossier)
  return [accountsTable(exposure.accounts), lossesTable(exposure)]
}
