import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/base/canonicalJson.ts'
import type { Dossier } from '../../src/contract/dossier.ts'
import { StationError } from '../../src/contract/errors.ts'
import { reportModelSchema } from '../../src/contract/report.ts'
import type { ReportModel, ReportSection } from '../../src/contract/report.ts'
import { createSigner } from '../../src/engine/reports/bundle/signature.ts'
import { createReportFiles } from '../../src/engine/reports/create.ts'
import { formatNumber, decimalsFor } from '../../src/engine/reports/model/format.ts'
import { verdictTitle } from '../../src/engine/reports/model/verdict.ts'
import { buildReportModel, reportNumber } from '../../src/engine/reports/model.ts'
import { createDossier, reseal } from './fixture.ts'

const allText = (model: ReportModel): string => JSON.stringify(model)

const sectionOf = <K extends ReportSection['kind']>(
  model: ReportModel,
  title: string,
  kind: K,
): Extract<ReportSection, { kind: K }> => {
  const found = model.sections.find((section) => section.title.startsWith(title) && section.kind === kind)
  expect(found, title).toBeDefined()
  return found as Extract<ReportSection, { kind: K }>
}

const withResult = (dossier: Dossier, name: string, value: unknown): Dossier =>
  reseal({ ...dossier, results: dossier.results.map((each) => (each.name === name ? { ...each, value } : each)) })

const codeOf = (act: () => unknown): string | null => {
  try {
    act()
    return null
  } catch (error) {
    return error instanceof StationError ? error.code : 'other'
  }
}

describe('numbers as printed', () => {
  it.each([
    [1234.5678, 2, '1234.57'],
    [-0.28, 2, '−0.28'],
    [-0.001, 2, '0.00'],
    [0, 3, '0.000'],
  ])('%d with %d decimals is %s', (value, decimals, text) => expect(formatNumber(value, decimals)).toBe(text))

  it('shows five significant digits of a whole column', () => {
    expect(decimalsFor([267.4, null, 12])).toBe(2)
    expect(decimalsFor([0.0312])).toBe(6)
    expect(decimalsFor([null])).toBe(2)
  })
})

describe('the report model', () => {
  it('is valid by the contract and the same for the same dossier', () => {
    const model = buildReportModel(createDossier())
    expect(reportModelSchema.parse(model)).toEqual(model)
    expect(canonicalJson(buildReportModel(createDossier()))).toBe(canonicalJson(model))
  })

  it('says beside an instrument what was wrong with its calibration, and who used it all the same', () => {
    const dossier = createDossier()
    const calibrationException = { faults: ['expired on 2026-01-03'], reason: 'the certificate is in the post' }
    const instruments = dossier.run.instruments.map((each, i) => (i === 0 ? { ...each, calibrationException } : each))
    const model = buildReportModel(reseal({ ...dossier, run: { ...dossier.run, instruments } }))
    const rows = sectionOf(model, 'Instruments', 'table').rows.map((row) => row[3]?.text)
    const said = `expired on 2026-01-03; used all the same by decision of ${dossier.run.operator}: the certificate is in the post`
    expect(rows[0]).toContain(said)
    expect(rows.filter((text) => text?.includes('all the same'))).toHaveLength(1)
  })

  it('does not change the dossier', () => {
    const dossier = createDossier()
    const before = canonicalJson(dossier)
    buildReportModel(dossier)
    expect(canonicalJson(dossier)).toBe(before)
  })

  it('has a number of protocol, day and run', () => {
    expect(reportNumber(createDossier().run)).toBe('PVTP-001-20261122-718293a4')
  })

  it('states each item of ISO/IEC 17025:2017, 7.8.2.1', () => {
    const model = buildReportModel(createDossier({ signed: true }))
    const text = allText(model)
    const items = {
      'a title': model.title,
      'b laboratory': 'Example PV Laboratory',
      'c location': '1 Solar Street, 12345 Exampletown',
      'd unique identification': 'PVTP-001-20261122-718293a4',
      'e customer': 'Customer',
      'f method': 'PVTP-001 Maximum power at STC, version 1.0.0',
      'g item': 'M-2026-0042',
      'h receipt and condition': 'Receipt and condition',
      'i dates of the test': '2026-11-22 09:30:00 UTC',
      'j date of issue': '2026-11-22 10:30:00 UTC',
      'k sampling': 'No sampling is recorded',
      'l only the items tested': 'The results relate only to the items tested.',
      'm results with units': '"unit":"W"',
      'n deviations': 'no calibration is recorded',
      'o authoriser': 'Dr. B. Example',
      'p external providers': 'No result of an external provider',
      reproduction: 'shall not be reproduced except in full',
      'decision rule (7.8.6)': 'Gate No. 1 of IEC 61215-1:2021',
    }
    for (const [item, words] of Object.entries(items)) expect(text, item).toContain(words)
  })

  it('says plainly that an instrument has no calibration, that the clock is virtual, and what the marks mean', () => {
    const text = allText(buildReportModel(createDossier()))
    expect(text).toContain('no calibration recorded')
    expect(text).toContain('CAL-2026-117, by Example Calibration, due 2027-03-31')
    expect(text).toContain('A virtual clock drove this run')
    expect(text).toContain('C uncertain, an editable setting, to be checked in a bought copy')
  })

  it('prints a result with its expanded uncertainty', () => {
    const dossier = createDossier()
    const pmax = buildReportModel(dossier).headline[0]!
    const value = (dossier.results.find((r) => r.name === 'power')!.value as { pmaxW: number }).pmaxW
    expect(pmax.value).toEqual({ text: value.toFixed(2), number: value })
    expect(pmax.uncertainty?.number).toBeCloseTo(value * 0.014283, 10)
    expect(pmax.uncertainty?.text).toBe(`± ${(value * 0.014283).toFixed(2)} W (1.43 %, k = 2.00)`)
  })

  it('prints a dash with the reason where there is no number, and never a zero', () => {
    const dossier = withResult(createDossier(), 'power', { pmaxW: null, reason: 'no curve could be corrected' })
    const model = buildReportModel(dossier)
    expect(model.headline[0]!.value).toEqual({ text: '– (no curve could be corrected)', number: null })
    expect(model.headline[0]!.uncertainty).toEqual({ text: '– (no value)', number: null })
    expect(model.headline[1]!.value.text).toBe('– (iv.summary gives no iscA)')
  })

  it('says which result was not computed', () => {
    const dossier = createDossier()
    const without = reseal({ ...dossier, results: dossier.results.filter((each) => each.name === 'measured') })
    const model = buildReportModel(without)
    expect(model.headline[0]!.value.text).toBe('– (“power” was not computed)')
    expect(sectionOf(model, 'Uncertainty budget', 'text').paragraphs[0]).toContain('not computed')
    expect(sectionOf(model, 'Corrected results', 'text').paragraphs[0]).toContain('no curve was corrected')
  })

  it('takes minimum, mean and maximum of the conditions from the raw samples', () => {
    const dossier = createDossier()
    const values = dossier.sweeps.flatMap((sweep) => sweep.irradiance.value).filter((v) => v !== null)
    const row = sectionOf(buildReportModel(dossier), 'Conditions', 'table').rows[0]!
    expect(row[2]!.number).toBe(Math.min(...values))
    expect(row[3]!.number).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 9)
    expect(row[4]!.number).toBe(Math.max(...values))
  })

  it('lists sixty-four curves, each with its flags, and tells what the flags mean', () => {
    const dossier = createDossier({ sweeps: 64, points: 50 })
    const measured = dossier.results[0]!.value as { curves: { flags: object[] }[] }
    measured.curves[7]!.flags = [{ code: 'steps', text: 'the curve has a step' }]
    const table = sectionOf(buildReportModel(reseal(dossier)), 'Measured curves', 'table')
    expect(table.rows).toHaveLength(64)
    expect(table.rows[7]!.at(-1)!.text).toBe('steps')
    expect(table.note).toContain('steps: the curve has a step.')
  })

  it('draws measured sweeps, the corrected curve of each direction, and the point of maximum power', () => {
    const chart = sectionOf(buildReportModel(createDossier()), 'I-V and P-V curves', 'chart')
    expect(chart.series.filter((series) => series.label === 'Measured forward (3 sweeps)')).toHaveLength(3)
    expect(chart.series.filter((series) => series.label.startsWith('I-V corrected'))).toHaveLength(2)
    expect(chart.series.some((series) => series.axis === 'right')).toBe(true)
    expect(chart.markers[0]!.label).toMatch(/^MPP of 2-forward: 267\.\d\d W at 31\.\d\d V/)
    for (const series of chart.series) expect(series.x.length).toBeLessThanOrEqual(251)
  })

  it('prints the formulas and cautions of a method', () => {
    const value = { pmaxValueW: 1, formulas: ['P ≥ L'], cautions: ['m1 is above 3 %'] }
    const note = sectionOf(buildReportModel(withResult(createDossier(), 'gate1', value)), 'Criteria', 'table').note
    expect(note).toContain('iec61215.gate1: P ≥ L.')
    expect(note).toContain('Caution (iec61215.gate1): m1 is above 3 %.')
  })

  it('keeps warnings, errors, stops and prompts, and leaves routine events out', () => {
    const rows = sectionOf(buildReportModel(createDossier()), 'Deviations', 'table').rows
    expect(rows.map((row) => row[2]!.text)).toEqual(['prompt.answered', 'instrument.calibration'])
  })

  it('reports incomplete sweeps, a limiting source and missing samples', () => {
    const dossier = createDossier()
    Object.assign(dossier.sweeps[1]!, { complete: false, limiting: [3, 4] })
    dossier.sweeps[2]!.irradiance.value[0] = null
    const note = sectionOf(buildReportModel(reseal(dossier)), 'Deviations', 'table').note
    expect(note).toContain('Sweep 1-reverse is incomplete (200 points).')
    expect(note).toContain('Sweep 1-reverse: the source was limiting in 2 points.')
    expect(note).toContain('Sweep 2-forward: 1 sensor sample missing.')
  })
})

describe('mark, draft and dates', () => {
  it('marks everything that is not live, even when a single channel is not', () => {
    expect(buildReportModel(createDossier()).mark).toBe('SIMULATED')
    const live = createDossier({ live: true })
    expect(buildReportModel(live).mark).toBeNull()
    live.channels[3]!.provenance = 'manual'
    expect(buildReportModel(live).mark).toBe('MANUAL')
    live.sweeps[0]!.provenance = 'backFilled'
    expect(buildReportModel(live).mark).toBe('MANUAL + BACK-FILLED')
  })

  it('is a draft, issued at the end of the run, until it is signed', () => {
    const draft = buildReportModel(createDossier())
    expect([draft.draft, draft.signature, draft.issuedUtcMs]).toEqual([true, null, createDossier().run.endedUtcMs])
    const signed = buildReportModel(createDossier({ signed: true }))
    expect([signed.draft, signed.signature?.meaning]).toEqual([false, 'approved'])
    expect(signed.issuedUtcMs).toBe(signed.signature?.signedUtcMs)
  })

  it('does not take a signature for other data as one', () => {
    const dossier = createDossier({ signed: true })
    dossier.run.verdictReasons = ['changed after signing']
    const model = buildReportModel(reseal(dossier))
    expect(model.draft).toBe(true)
    expect(allText(model)).toContain('was made for other data than these')
  })

  it.each(['fail', 'marginal', 'inconclusive', 'notMeasured', 'error'] as const)('says what %s means', (verdict) => {
    const model = buildReportModel(createDossier({ verdict }))
    expect(model.verdict.value).toBe(verdict)
    expect(model.verdict.sentence).not.toContain('The module conforms')
  })

  it('refuses a run that is on, and one without anything to report', () => {
    const dossier = createDossier()
    const running = { ...dossier, run: { ...dossier.run, status: 'running' as const } }
    expect(codeOf(() => buildReportModel(running))).toBe('report.noResults')
    expect(codeOf(() => buildReportModel({ ...dossier, sweeps: [], results: [] }))).toBe('report.noResults')
  })

  it.each([
    ['stopped', 'SIMULATED + STOPPED', 'The run was stopped before its end.'],
    ['aborted', 'SIMULATED + ABORTED', 'The run was aborted before its end.'],
    ['closed', 'SIMULATED + GIVEN UP', 'The run was interrupted, and then given up.'],
  ] as const)('a run that was %s has papers that judge nothing, and no certificate', async (status, mark, says) => {
    const dossier = createDossier()
    // Even where a record had a verdict.
    const ended: Dossier = { ...dossier, run: { ...dossier.run, status, provenance: 'simulated', verdict: 'pass' } }
    const model = buildReportModel(ended)
    expect(reportModelSchema.parse(model)).toEqual(model)
    expect(model).toMatchObject({ mark, verdict: { isNone: true } })
    expect(verdictTitle(model.verdict)).toBe('NO VERDICT')
    expect(model.verdict.sentence).toContain(says)
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const files = await createReportFiles({ dossier: ended, sign: createSigner(pem) })
    expect(files.map(({ name }) => name)).not.toContain('certificate.pdf')
    expect(files.map(({ name }) => name)).toContain('report.pdf')
  })

  it('reports an interrupted run without an end or a verdict as such', () => {
    const dossier = createDossier()
    const run = { ...dossier.run, status: 'interrupted' as const, endedUtcMs: null, verdict: null, verdictReasons: [] }
    const model = buildReportModel({ ...dossier, run })
    expect(model.verdict.value).toBe('notMeasured')
    expect(model.verdict.sentence).toContain('The run was interrupted before its end.')
    expect(model.issuedUtcMs).toBe(Math.max(...dossier.events.map((event) => event.utcMs)))
    expect(allText(model)).toContain('the end was not recorded')
  })
})
