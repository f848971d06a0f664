import { messageOf } from '../../contract/errors.ts'
import type { Scalar, Template, ValueRef } from '../../contract/template.ts'
import { expressionType, namesIn } from './expression.ts'
import { resolveValue } from './values.ts'

/** Reports what is wrong, with its place in the template. */
export type Fault = (path: string, text: string) => void
type Given = { template: Template; parameters: Readonly<Record<string, Scalar>> }
type Node = Readonly<Record<string, unknown>>

/** What a number in a field of this name has to be. */
interface Rule {
  above?: number
  least?: number
  most?: number
  whole?: true
}

const yearS = 31_536_000
const seconds = { most: 10 * yearS }
const count = { above: 0, most: 1_000_000, whole: true } as const
const any: Rule = {}
const above0: Rule = { above: 0 }
const notBelow0: Rule = { least: 0 }

/** By the names that step kinds, bands, guards and exposures share; a name means the same wherever it stands. */
const rules: Readonly<Record<string, Rule>> = {
  ...{ timeoutS: { above: 0, ...seconds }, everyS: { above: 0, ...seconds }, durationS: { least: 0, ...seconds } },
  ...{ holdS: { least: 0, ...seconds }, settleS: { above: 0, ...seconds }, dueS: { above: 0, ...seconds } },
  ...{ delayS: { least: 0, ...seconds }, silenceS: { above: 0, ...seconds }, longestGapS: { above: 0, ...seconds } },
  ...{ longestOutageS: { least: 0, ...seconds }, settleMs: notBelow0, nplc: above0 },
  ...{ times: count, most: count, mostInvalidInARow: count, samples: count, points: count },
  ...{ ratePerHour: above0, rampVPerS: above0, lead: above0, toleranceK: above0, tolerancePercent: above0 },
  ...{ tolerance: notBelow0, hysteresis: notBelow0, maximumSpread: notBelow0, atLeast: notBelow0, required: notBelow0 },
  ...{ mostRampKPerH: above0, mostRampBelow0KPerH: above0, mostCycleH: above0 },
  leastPercent: { least: 0, most: 100 },
  ...{ leastDwellMin: notBelow0, leastLowDwellMin: notBelow0 },
  ...{ voltageLimitV: above0, currentLimitA: above0, voltageV: any, currentA: any, otherwiseA: any },
  ...{ lowC: any, highC: any, target: any, minimum: any, maximum: any, startV: any, stopV: any },
}

const unitEndings: readonly [RegExp, string][] = [
  [/KPerMin$/, 'K/min'],
  [/KPerH$/, 'K/h'],
  [/VPerS$/, 'V/s'],
  [/Percent$/, '%'],
  [/Ohm$/, 'Ω'],
  [/Min$/, 'min'],
  [/Ms$/, 'ms'],
  [/S$/, 's'],
  [/H$/, 'h'],
  [/C$/, '°C'],
  [/K$/, 'K'],
  [/V$/, 'V'],
  [/A$/, 'A'],
  [/W$/, 'W'],
]
/** What the name of a field or of a setting says of its unit. */
export const unitOf = (name: string): string | null => unitEndings.find(([ending]) => ending.test(name))?.[1] ?? null
export const sameUnit = (a: string, b: string): boolean => a === b || (/^(K|°C)$/.test(a) && /^(K|°C)$/.test(b))

export const paramOf = (ref: ValueRef, template: Template) =>
  typeof ref === 'object' && ref !== null && 'param' in ref
    ? template.parameters.find((each) => each.name === ref.param)
    : undefined

/** An expression that looks at nothing that is measured, and at no parameter that may be missing. */
const isSettled = (expr: string, { parameters }: Given): boolean => {
  const names = namesIn(expr)
  return names.every(({ map, name }) => map === 'param' && (parameters[name] ?? null) !== null)
}

/** What a value is before anything is measured; undefined where nobody can know. */
function settledValue(ref: ValueRef, given: Given): unknown {
  if (typeof ref === 'object' && ref !== null) {
    if ('result' in ref || 'record' in ref) return undefined
    if ('param' in ref) return given.parameters[ref.param] ?? undefined
    if (!isSettled(ref.expr, given)) return undefined
  }
  return resolveValue(ref, { parameters: given.parameters, results: [], sweeps: [] })
}

/** The same where it is a number; null where it isn't, or isn't known. */
export function settledNumber(ref: unknown, given: Given): number | null {
  if (ref === undefined) return null
  try {
    const value = settledValue(ref as ValueRef, given)
    return typeof value === 'number' && Number.isFinite(value) ? value : null
  } catch {
    return null
  }
}

const sayScalar = (value: unknown): string => (typeof value === 'number' ? `${value}` : JSON.stringify(value))

/** Why this can never be a number; null where it can. */
function whyNoNumber(ref: ValueRef, given: Given): string | null {
  if (typeof ref === 'object' && ref !== null) {
    if ('record' in ref) return 'a number is needed here, not records'
    const type = paramOf(ref, given.template)?.type ?? 'number'
    if (type !== 'number' && type !== 'integer') return `a number is needed here, not ${type}`
    if ('expr' in ref && ['bool', 'string'].includes(expressionType(ref.expr)))
      return 'the expression doesn’t give a number'
  }
  try {
    const value = settledValue(ref, given)
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return null
    return `a number is needed here, not ${typeof value === 'string' ? `“${value}”` : sayScalar(value)}`
  } catch (error) {
    return `it can’t be computed: ${messageOf(error)}`
  }
}

function whyNotAllowed(value: number, { above = -Infinity, least = -Infinity, most = Infinity, whole }: Rule) {
  if (value <= above) return `${value} is not above ${above}`
  if (value < least) return `${value} is below ${least}`
  if (whole && !Number.isInteger(value)) return `${value} is not a whole number`
  if (value <= most) return null
  return `${value} is above ${most}${most > 100 ? ': it would never end' : ''}`
}

function checkField(field: { key: string; value: ValueRef; path: string }, given: Given, fault: Fault): void {
  const { key, value, path } = field
  const wanted = unitOf(key)
  const unit = paramOf(value, given.template)?.unit
  if (unit !== undefined && wanted !== null && !sameUnit(unit, wanted))
    return fault(path, `a value in ${unit} doesn’t fit ${key}, which is in ${wanted}`)
  const number = settledNumber(value, given)
  const text = number === null ? whyNoNumber(value, given) : whyNotAllowed(number, rules[key]!)
  if (text !== null) fault(path, text)
}

/** Two figures of one place that contradict each other. `orEqual`: whether the same would do. */
const pairs: readonly { low: string; high: string; orEqual: boolean; text: string }[] = [
  { low: 'minimum', high: 'maximum', orEqual: true, text: 'the minimum is above the maximum' },
  { low: 'lowC', high: 'highC', orEqual: false, text: 'the lower end is not below the upper end' },
  { low: 'startV', high: 'stopV', orEqual: false, text: 'the end at open circuit is not above that at short circuit' },
  { low: 'times', high: 'most', orEqual: true, text: 'it ends before so many can be valid' },
  { low: 'durationS', high: 'timeoutS', orEqual: true, text: 'it has to end before it is done' },
  { low: 'holdS', high: 'timeoutS', orEqual: true, text: 'it has to end before it is done' },
]

function checkPairs(node: Node, path: string, { given, fault }: { given: Given; fault: Fault }): void {
  for (const { low, high, orEqual, text } of pairs) {
    const [a, b] = [settledNumber(node[low], given), settledNumber(node[high], given)]
    if (a !== null && b !== null && (orEqual ? a > b : a >= b)) fault(path, `${text} (${a}, ${b})`)
  }
}

/** Calls back for each object in a part of a template; not for what a method or another protocol gives its names to. */
export function eachNode(value: unknown, path: string, visit: (node: Node, path: string) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) visit(value as Node, path)
  for (const [key, inner] of Object.entries(value))
    if (!['inputs', 'parameters'].includes(key)) eachNode(inner, path ? `${path}.${key}` : key, visit)
}

/**
 * Figures that can't be meant, or that contradict each other, as far as they are known before a run.
 * @param given.parameters of a run, or the defaults
 */
export function findWrongFigures(given: Given): string[] {
  const faults: string[] = []
  const fault: Fault = (path, text) => void faults.push(`${path}: ${text}`)
  const { steps, guards, exposure, recovery, criteria } = given.template
  eachNode({ steps, guards, exposure, recovery, criteria }, '', (node, path) => {
    for (const [key, value] of Object.entries(node))
      if (Object.hasOwn(rules, key)) checkField({ key, value: value as ValueRef, path: `${path}.${key}` }, given, fault)
    checkPairs(node, path, { given, fault })
  })
  for (const [i, { value }] of criteria.entries()) {
    const text = value === null ? null : whyNoNumber(value, given)
    if (text !== null) fault(`criteria.${i}.value`, text)
  }
  return faults
}
