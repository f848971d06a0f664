import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/contract/dossier.ts'
import { reportModelSchema } from '../../src/contract/report.ts'
import type { ReportModel, ReportSection } from '../../src/contract/report.ts'
import type { Disposition } from '../../src/contract/run.ts'
import { createSigner } from '../../src/engine/reports/bundle/signature.ts'
import { createReportFiles } from '../../src/engine/reports/create.ts'
import { summariseExposure } from '../../src/engine/reports/exposure/summary.ts'
import { buildReportModel } from '../../src/engine/reports/model.ts'
import { createStressDossier, ledgerOfEachClass, logOfTheOutage, type LedgerRow } from './stressFixture.ts'

type Table = Extract<ReportSection, { kind: 'table' }>

const tableOf = (model: ReportModel, title: string): Table => {
  const found = model.sections.find((section) => section.title === title)
  expect(found?.kind, title).toBe('table')
  return found as Table
}
const textsOf = (table: Table): string[][] => table.rows.map((row) => row.map((cell) => cell.text))

const dossier = createStressDossier()
const model = buildReportModel(dossier)

describe('the report of a run with two modules, of which one was taken out', () => {
  it('is valid by the contract, and says of whom it is', () => {
    expect(reportModelSchema.parse(model)).toEqual(model)
    expect(model).toMatchObject({ virtualTime: true, mark: 'SIMULATED', headline: [] })
    expect(model.verdict).toMatchObject({
      value: 'notMeasured',
      reasons: ['B (M-2026-0043): glass broken, by A. Example'],
    })
    expect(model.verdict.sentence).toContain('1 of 2 modules passed; 1 removed, not judged.')
  })

  it('has each module with its state and its own results; one that left has nothing of what came later', () => {
    const [a, b] = model.lanes!
    expect(a).toMatchObject({ id: 'A', state: 'done', verdict: 'pass' })
    expect(b).toMatchObject({
      id: 'B',
      state: 'removed',
      verdict: 'notMeasured',
      reason: 'glass broken, by A. Example',
    })
    const valuesOf = (lane: typeof a): Record<string, number | null | undefined> =>
      Object.fromEntries(lane!.headline.map((line) => [line.label, line.value.number]))
    const power = (name: string, lane: string): number =>
      (dossier.results.find((each) => each.name === name && each.lane === lane)!.value as { pmaxW: number }).pmaxW
    expect(valuesOf(a)).toMatchObject({
      ...{ 'Pmax before': power('initialPower', 'A'), 'Pmax after': power('finalPower', 'A') },
      'Credited in damp heat': 2.1,
    })
    expect(valuesOf(b)).toMatchObject({
      ...{ 'Pmax before': power('initialPower', 'B'), 'Pmax after': null },
      'Credited in damp heat': null,
    })
    const table = textsOf(tableOf(model, 'Results of each module'))
    expect(table.map((row) => [row[0], row.at(-1)])).toEqual([
      ['A M-2026-0042', 'PASS'],
      ['B M-2026-0043', 'NOT MEASURED'],
    ])
  })

  it('never lets it pass, whatever its record says, and makes no certificate for it', async () => {
    const lanes = dossier.run.lanes!.map((lane) => ({ ...lane, verdict: 'pass' as const, verdictReasons: [] }))
    const forged = { ...dossier, run: { ...dossier.run, lanes } }
    expect(buildReportModel(forged).lanes!.map((lane) => lane.verdict)).toEqual(['pass', 'notMeasured'])
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const files = await createReportFiles({ dossier: forged, sign: createSigner(key) })
    const names = files.map((file) => file.name)
    expect(names.filter((name) => name.startsWith('certificate'))).toEqual(['certificate-A.pdf'])
    expect(names).toContain('exposure.csv')
  })

  it('prints the criteria by module, and the conditions of a measurement one by one only where one is not met', () => {
    const rows = textsOf(tableOf(model, 'Criteria: A, M-2026-0042')).map((row) => [row[0], row[5]])
    expect(rows).toContainEqual(['Gate No. 2: final power', 'met'])
    expect(rows.filter(([title]) => title!.startsWith('Initial power at STC'))).toEqual([
      ['Initial power at STC: 9 conditions of the measurement', 'all met'],
    ])
    const failed = {
      ...dossier,
      criteria: dossier.criteria.map((each) =>
        each.id === 'finalSpread' ? { ...each, outcome: 'fail' as const } : each,
      ),
    }
    const after = textsOf(tableOf(buildReportModel(failed), 'Criteria: A, M-2026-0042')).map((row) => row[0])
    expect(after).toContain('final: Temperature spread over the module')
    expect(after).toContain('Final power at STC: 8 conditions of the measurement')
    expect(model.sections.find((section) => section.title === 'Criteria: B, M-2026-0043')?.kind).toBe('text')
  })

  it('lays the curves before and after over each other, a chart a module', () => {
    const section = model.sections.find((each) => each.title === 'I-V curves before and after')
    expect(section?.kind).toBe('charts')
    const { charts } = section as Extract<ReportSection, { kind: 'charts' }>
    expect(charts.map((chart) => [chart.title, chart.series.length])).toEqual([
      ['A, M-2026-0042', 2],
      ['B, M-2026-0043', 1],
    ])
    expect(charts[0]!.series.map((series) => series.style)).toEqual(['dashed', 'solid'])
  })

  it('counts the defaults of its measurements instead of printing them', () => {
    const settings = tableOf(model, 'Parameters and settings')
    expect(settings.rows.length).toBeLessThan(25)
    expect(textsOf(settings).map((row) => row[0])).toContain('Duration in damp heat')
    expect(settings.note).toMatch(/^\d+ further settings of the measurements/)
  })
})

const lossesOf = (ledger: readonly LedgerRow[], dispositions: readonly Disposition[] = []) => {
  const { losses } = summariseExposure({ ...createStressDossier({ ledger }), dispositions: [...dispositions] })
  return losses.map((loss) => [loss.seq, loss.class, loss.proposal, loss.open])
}

describe('the exposure in the report', () => {
  it('has required, credited and elapsed beside each other, and the hours of each class', () => {
    const [row] = textsOf(tableOf(model, 'Exposure: what the standard credits'))
    expect(row).toEqual([
      ...['Hours in damp heat', 'all', '2.00', '2.10', 'h', '2.95', '2.10', '0.40', '0.05', '0.40', '5'],
      'IEC 61215-2, MQT 13 [B]',
    ])
  })

  it('lists each stretch that was not credited with a proposal', () => {
    expect(lossesOf(ledgerOfEachClass)).toEqual([
      [1, 'outOfTolerance', 'none', false],
      [3, 'outOfTolerance', 'accept', true],
      [5, 'unknown', 'accept', true],
      [7, 'blind', 'accept', true],
      [8, 'outOfTolerance', 'accept', true],
    ])
    const table = tableOf(model, 'Time that was not credited')
    expect(textsOf(table)[3]).toEqual([
      ...['7', '2026-11-22 12:33:00 – 12:57:00', '0:24:00', 'Hours in damp heat (between steps)'],
      ...['blind: the station was off', 'accept', 'OPEN: nobody has decided'],
    ])
    expect(table.note).toContain('5 stretches in all, 4 open.')
  })

  it('proposes to go on where the exposure is short, and to begin again where nothing was credited', () => {
    const short: LedgerRow[] = [
      ['credited', 1],
      ['unknown', 0.1, 'no values'],
      ['credited', 0.5],
    ]
    expect(lossesOf(short)).toEqual([[2, 'unknown', 'extend', true]])
    expect(lossesOf([['outOfTolerance', 3, 'too cold']])).toEqual([[1, 'outOfTolerance', 'restart', true]])
  })

  it('lets short stretches pass that were made up for, unless there are many of them', () => {
    const dip: LedgerRow = ['outOfTolerance', 0.01, 'a short dip']
    expect(lossesOf([['credited', 1], dip, ['credited', 1.5]])).toEqual([[2, 'outOfTolerance', 'none', false]])
    const many = Array.from({ length: 10 }, (): LedgerRow[] => [['credited', 0.3], dip]).flat()
    expect(lossesOf(many).every(([, , proposal]) => proposal === 'accept')).toBe(true)
  })

  it('takes rows that follow each other for one stretch, whatever the reason', () => {
    const rows: LedgerRow[] = [
      ['credited', 1],
      ...[1, 2, 3].map((n): LedgerRow => ['outOfTolerance', 0.1, `sensor ${n} is too cold`]),
      ['credited', 1.5],
    ]
    const { losses } = summariseExposure(createStressDossier({ ledger: rows }))
    expect(losses).toHaveLength(1)
    expect(losses[0]).toMatchObject({ seq: 2, seqs: [2, 3, 4] })
    expect(losses[0]!.reasons).toHaveLength(3)
  })

  it('tells a computed limit with the digits that it has', () => {
    const ledger: LedgerRow[] = [
      ['credited', 2],
      ['outOfTolerance', 1, 'the current is below 2.7243999999999997 A'],
    ]
    const table = tableOf(buildReportModel(createStressDossier({ ledger })), 'Time that was not credited')
    expect(textsOf(table)[0]![4]).toBe('out of tolerance: the current is below 2.7244 A')
  })

  it('merges hundreds that differ only in their time, and says how many', () => {
    const rows = Array.from({ length: 300 }, (): LedgerRow[] => [
      ['credited', 0.01],
      ['outOfTolerance', 0.02, 'Climate chamber humidity is below 80 %'],
    ]).flat()
    const table = tableOf(buildReportModel(createStressDossier({ ledger: rows })), 'Time that was not credited')
    expect(textsOf(table).map((row) => [row[0], row[2]])).toEqual([['2 … (300)', '6:00:00']])
    expect(table.note).toContain('300 stretches in all, 300 open.')
  })

  it('tells what a controller’s own log says, marked, beside the stretch, and credits nothing', () => {
    const rows: LedgerRow[] = [
      ['credited', 2],
      ['unknown', 1, 'the station was off'],
      ['credited', 2],
    ]
    const plain = createStressDossier({ ledger: rows })
    const model = buildReportModel({ ...plain, backFills: [logOfTheOutage(plain)] })
    const losses = tableOf(model, 'Time that was not credited')
    expect(textsOf(losses).map((row) => row[4])).toContainEqual(
      'unknown: the station was off; BACK-FILLED: 0:58:00 covered by the controller’s log, 0:58:00 of it inside every window; at most −0.25 °C from the station at the edges',
    )
    const logs = tableOf(model, 'Back-filled from controllers’ own logs: not credited')
    expect(textsOf(logs)[0]!.slice(2, 6)).toEqual([
      '59',
      '85 to 85 °C',
      '0:01:00',
      '−0.250 °C at most, −0.125 in the mean of 60',
    ])
    expect(logs.note).toContain('SHA-256 ab12, its clock taken as 12 s ahead')
    const exposure = (made: ReportModel) => textsOf(tableOf(made, 'Exposure: what the standard credits'))
    expect(exposure(model)).toEqual(exposure(buildReportModel(plain)))
    expect(model.mark).toBe(buildReportModel(plain).mark)
  })

  it('prints a decision with who, when and why; it is open no more, and nothing else changes', () => {
    const made: Disposition = {
      ...{ seq: 7, proposal: 'accept', decision: 'accept', who: 'Dr. B. Example', utcMs: Date.UTC(2026, 10, 23) },
      reason: 'The chamber’s own recorder shows that it went on.',
    }
    const decided = buildReportModel(createStressDossier({ change: (each) => ({ ...each, dispositions: [made] }) }))
    const table = tableOf(decided, 'Time that was not credited')
    expect(textsOf(table)[3]!.at(-1)).toBe(
      'accept, by Dr. B. Example, 2026-11-23 00:00:00 UTC: The chamber’s own recorder shows that it went on.',
    )
    expect(table.note).toContain('3 open.')
    expect(decided).toMatchObject({ verdict: model.verdict, lanes: model.lanes, dataSha256: model.dataSha256 })
  })
})

describe('what interrupted the run', () => {
  const change = (each: Dossier): Dossier => ({
    ...each,
    pauses: [
      {
        fromUtcMs: each.run.startedUtcMs,
        toUtcMs: each.run.startedUtcMs + 600_000,
        who: 'Ada',
        reason: null,
        resumedBy: 'Bob',
      },
    ],
    run: {
      ...each.run,
      recoveries: [
        {
          utcMs: each.run.startedUtcMs + 7_200_000,
          outageMs: 1_440_000,
          decision: 'continue',
          who: 'Bob',
          reason: 'it held',
        },
      ],
    },
    events: [
      ...each.events,
      ...Array.from({ length: 30 }, (_, k) => ({
        ...{ seq: 100 + k, runId: each.run.id, utcMs: each.run.startedUtcMs + k * 60_000, level: 'info' as const },
        ...{ kind: 'guard', text: `Chamber too dry: ${70 + k / 10} % is below 80 %` },
      })),
    ],
  })
  const told = buildReportModel(createStressDossier({ change }))

  it('is told: pauses and recoveries, with who and why', () => {
    expect(textsOf(tableOf(told, 'Recoveries and pauses'))).toEqual([
      ['2026-11-22 09:30:00', 'pause', '0:10:00', 'went on, by Bob', '– (none was asked for)', 'Ada'],
      ['2026-11-22 11:30:00', 'recovery', '0:24:00', 'continue', 'it held', 'Bob'],
    ])
    expect(model.sections.find((section) => section.title === 'Recoveries and pauses')?.kind).toBe('text')
  })

  it('has what guards said, thirty times the same as one row', () => {
    const guards = textsOf(tableOf(told, 'Deviations and events')).filter((row) => row[2] === 'guard')
    expect(guards).toHaveLength(1)
    expect(guards[0]!.at(-1)).toContain('30 times, the last at 2026-11-22 09:59:00')
  })
})

describe('conditions over time', () => {
  it('are broken where values are missing, and small currents are in µA', () => {
    const trend = { fromUtcMs: dossier.run.startedUtcMs, stepMs: 60_000, pixel: [0, 1, 90, 91], breaks: [2] }
    const change = (each: Dossier): Dossier => ({
      ...each,
      trends: [
        {
          ...trend,
          channel: 'chamber.Chamber.temperature',
          unit: '°C',
          minimum: [20, 21, 85, 85],
          maximum: [20, 22, 85, 85],
        },
        {
          ...trend,
          channel: 'leakage[A].Meter.leakage.0',
          unit: 'A',
          minimum: [0, 1e-6, 2e-6, 2e-6],
          maximum: [0, 1e-6, 2e-6, 3e-6],
        },
      ],
    })
    const made = buildReportModel(createStressDossier({ change }))
    const charts = made.sections.filter((section) => section.kind === 'chart' && section.fit === 'all')
    expect(charts.map((chart) => chart.title)).toEqual([
      'Conditions over time: temperature and humidity',
      'Conditions over time: voltage and current',
    ])
    const [warm, leak] = charts as Extract<ReportSection, { kind: 'chart' }>[]
    expect(warm!.series.map((series) => series.y)).toEqual([
      [20, 21, 22],
      [85, 85],
    ])
    expect(leak!.left).toEqual({ label: 'Current', unit: 'µA' })
    expect(leak!.series[0]).toMatchObject({ label: 'Meter leakage 0 (A)', y: [0, 1] })
  })
})
