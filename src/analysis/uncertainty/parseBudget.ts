import { badInput } from '../statistics/quantity.ts'
import { evaluateBudget } from './budget.ts'
import type { Budget, BudgetInput, Correlation, CoverageRule, InputDistribution } from './budget.ts'

/** Reads a budget file (JSON): the shape of `Budget`, refused with the name of the first wrong field. */

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badInput(what, 'it is not an object')
  return value as Fields
}

const onlyFields = (fields: Fields, known: readonly string[], what: string): void => {
  const other = Object.keys(fields).find((key) => !known.includes(key))
  if (other !== undefined) throw badInput(what, `“${other}” is not one of its fields: ${known.join(', ')}`)
}

const textOf = (fields: Fields, key: string, what: string): string => {
  const value = fields[key]
  if (typeof value !== 'string') throw badInput(what, `“${key}” is not a text`)
  return value
}

const numberOf = (fields: Fields, key: string, what: string): number => {
  const value = fields[key]
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badInput(what, `“${key}” is not a finite number`)
  return value
}

const distributions: readonly string[] = [
  'normal',
  'rectangular',
  'triangular',
  'ushaped',
] satisfies InputDistribution[]
const optionalNumbers = ['value', 'standardUncertainty', 'halfWidth', 'coverageFactor', 'sensitivity'] as const
const inputFields = [...optionalNumbers, 'name', 'unit', 'distribution', 'degreesOfFreedom', 'source']

const parseInput = (value: unknown, index: number): BudgetInput => {
  const fields = fieldsOf(value, `inputs[${index}]`)
  const name = textOf(fields, 'name', `inputs[${index}]`)
  onlyFields(fields, inputFields, name)
  const input: Record<string, unknown> = {
    name,
    source: 'source' in fields ? textOf(fields, 'source', name) : 'not stated',
  }
  for (const key of optionalNumbers) if (fields[key] !== undefined) input[key] = numberOf(fields, key, name)
  if (fields['unit'] !== undefined) input['unit'] = textOf(fields, 'unit', name)
  const dof = fields['degreesOfFreedom']
  if (dof !== undefined) input['degreesOfFreedom'] = dof === null ? null : numberOf(fields, 'degreesOfFreedom', name)
  if (fields['distribution'] !== undefined) {
    const distribution = textOf(fields, 'distribution', name)
    if (!distributions.includes(distribution)) {
      throw badInput(name, `the distribution “${distribution}” is not one of ${distributions.join(', ')}`)
    }
    input['distribution'] = distribution
  }
  return input as unknown as BudgetInput
}

const parseCorrelation = (value: unknown, index: number): Correlation => {
  const what = `correlations[${index}]`
  const fields = fieldsOf(value, what)
  onlyFields(fields, ['between', 'coefficient'], what)
  const between = fields['between']
  if (!Array.isArray(between) || between.length !== 2 || between.some((name) => typeof name !== 'string')) {
    throw badInput(what, '“between” is not two names')
  }
  return { between: between as unknown as [string, string], coefficient: numberOf(fields, 'coefficient', what) }
}

const parseCoverage = (value: unknown): CoverageRule => {
  const fields = fieldsOf(value, 'coverage')
  const kind = textOf(fields, 'kind', 'coverage')
  if (kind === 'k') return { kind, factor: numberOf(fields, 'factor', 'coverage') }
  if (kind === 't') return { kind, level: numberOf(fields, 'level', 'coverage') }
  throw badInput('coverage', `“${kind}” is neither “k” nor “t”`)
}

const listOf = (fields: Fields, key: string): readonly unknown[] => {
  const value = fields[key] ?? []
  if (!Array.isArray(value)) throw badInput('budget', `“${key}” is not a list`)
  return value as readonly unknown[]
}

/**
 * @param value what JSON.parse gave
 * @returns a budget that evaluates: it has been evaluated once
 * @throws StationError analysis.badInput naming the field that is wrong
 */
export const parseBudget = (value: unknown): Budget => {
  const fields = fieldsOf(value, 'budget')
  onlyFields(fields, ['measurand', 'unit', 'inputs', 'correlations', 'coverage'], 'budget')
  const budget: Budget = {
    measurand: textOf(fields, 'measurand', 'budget'),
    unit: textOf(fields, 'unit', 'budget'),
    inputs: listOf(fields, 'inputs').map(parseInput),
    correlations: listOf(fields, 'correlations').map(parseCorrelation),
    ...(fields['coverage'] === undefined ? {} : { coverage: parseCoverage(fields['coverage']) }),
  }
  evaluateBudget(budget)
  return budget
}
