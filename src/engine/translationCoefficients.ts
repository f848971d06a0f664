import { z } from 'zod'
import type { TranslationMethod } from '../analysis/iec60891/translate.ts'
import type { IvCurve } from '../contract/curve.ts'
import { StationError } from '../contract/errors.ts'
import { decimal, parseAs, parseJson } from './jsonFile.ts'

export type Procedure = TranslationMethod['procedure']

const positive = decimal.refine((value) => value > 0, 'it must be above 0')
const cells = positive.refine((value) => Number.isInteger(value), 'it must be a whole number')
/** Of all curves, or by the id of the curve. */
const perCurve = z.union([positive, z.record(z.string(), positive)])

/**
 * The coefficients file of IEC 60891. α and β may stand in any one of their forms: what a procedure needs is computed
 * with Isc or Voc at STC where they are given.
 */
const schema = z
  .object({
    alphaAPerK: decimal,
    alphaRelPerK: decimal,
    alphaPercentPerK: decimal,
    betaVPerK: decimal,
    betaRelPerK: decimal,
    betaPercentPerK: decimal,
    iscStcA: positive,
    vocStcV: positive,
    seriesResistanceOhm: decimal,
    kappaOhmPerK: decimal,
    b1: decimal,
    b2: decimal,
    irradianceFactor: decimal,
    cellsInSeries: cells,
    /** Isc and Voc of the measured curves, where they aren't to be extracted. */
    iscA: perCurve,
    vocV: perCurve,
    iscRule: z.enum(['station', 'maximum']),
  })
  .partial()

type Fields = z.infer<typeof schema>

export interface CoefficientFile {
  readonly fields: Fields
  readonly notes: readonly string[]
}

export const noCoefficients: CoefficientFile = { fields: {}, notes: [] }

/** @throws StationError usage.invalidInput that names what is wrong */
export const parseCoefficients = (text: string, fileName: string): CoefficientFile => {
  const value = parseJson(text, fileName)
  const fields = parseAs(schema, value, fileName)
  const unknown = Object.keys(value as object).filter((name) => !Object.hasOwn(schema.shape, name))
  const notes = unknown.map((name) => `The field “${name}” of ${fileName} is not a known coefficient; it was not used.`)
  return { fields, notes }
}

/** What a procedure takes; each with the ways in which a file may state it. */
const sources = {
  alphaAPerK: {
    stated: 'alphaAPerK, or alphaRelPerK or alphaPercentPerK with iscStcA',
    from: (f: Fields) => f.alphaAPerK ?? product(relative(f.alphaRelPerK, f.alphaPercentPerK), f.iscStcA),
  },
  betaVPerK: {
    stated: 'betaVPerK, or betaRelPerK or betaPercentPerK with vocStcV',
    from: (f: Fields) => f.betaVPerK ?? product(relative(f.betaRelPerK, f.betaPercentPerK), f.vocStcV),
  },
  alphaRelPerK: {
    stated: 'alphaRelPerK, or alphaPercentPerK, or alphaAPerK with iscStcA',
    from: (f: Fields) => relative(f.alphaRelPerK, f.alphaPercentPerK) ?? quotient(f.alphaAPerK, f.iscStcA),
  },
  betaRelPerK: {
    stated: 'betaRelPerK, or betaPercentPerK, or betaVPerK with vocStcV',
    from: (f: Fields) => relative(f.betaRelPerK, f.betaPercentPerK) ?? quotient(f.betaVPerK, f.vocStcV),
  },
  seriesResistanceOhm: { stated: 'seriesResistanceOhm', from: (f: Fields) => f.seriesResistanceOhm },
  kappaOhmPerK: { stated: 'kappaOhmPerK', from: (f: Fields) => f.kappaOhmPerK },
  vocStcV: { stated: 'vocStcV', from: (f: Fields) => f.vocStcV },
  b1: { stated: 'b1', from: (f: Fields) => f.b1 },
  b2: { stated: 'b2', from: (f: Fields) => f.b2 },
  irradianceFactor: { stated: 'irradianceFactor', from: (f: Fields) => f.irradianceFactor },
  cellsInSeries: { stated: 'cellsInSeries (here or in the curve file)', from: (f: Fields) => f.cellsInSeries },
} as const

type CoefficientName = keyof typeof sources

const relative = (share: number | undefined, percent: number | undefined): number | undefined =>
  share ?? (percent === undefined ? undefined : percent / 100)
const product = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a * b
const quotient = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a / b

const needs = {
  '1': ['alphaAPerK', 'betaVPerK', 'seriesResistanceOhm', 'kappaOhmPerK'],
  '2': ['alphaRelPerK', 'betaRelPerK', 'vocStcV', 'b1', 'b2', 'seriesResistanceOhm', 'kappaOhmPerK'],
  '2-2009': ['alphaRelPerK', 'betaRelPerK', 'irradianceFactor', 'seriesResistanceOhm', 'kappaOhmPerK'],
  '4': ['alphaAPerK', 'seriesResistanceOhm', 'cellsInSeries'],
} as const satisfies Record<Exclude<Procedure, '3'>, readonly CoefficientName[]>

type Needed<P extends keyof typeof needs> = Record<(typeof needs)[P][number], number>

/** @throws StationError usage.invalidInput naming every coefficient that is missing, with the ways to state it */
export function coefficientsFor<P extends keyof typeof needs>(procedure: P, fields: Fields): Needed<P> {
  const names: readonly CoefficientName[] = needs[procedure]
  const found = names.map((name) => [name, sources[name].from(fields)] as const)
  const missing = found.filter(([, value]) => value === undefined).map(([name]) => sources[name].stated)
  if (missing.length > 0)
    throw new StationError('usage.invalidInput', {
      detail: `procedure ${procedure} needs these coefficients, which --coefficients does not give: ${missing.join('; ')}.`,
    })
  return Object.fromEntries(found) as Needed<P>
}

/** Isc or Voc of one curve as the file states it; undefined where it is to be extracted. */
export const statedFor = (curve: IvCurve, fields: Fields, which: 'iscA' | 'vocV'): number | undefined => {
  const stated = fields[which]
  return typeof stated === 'object' ? (Object.hasOwn(stated, curve.id) ? stated[curve.id] : undefined) : stated
}
