import type { Parameter, Scalar } from '../../contract/template.ts'
import { formatPlain } from './format.ts'

/** What the operator typed, by parameter name; a name that isn't there has its default. */
export type ParameterTexts = Readonly<Record<string, string>>

export type Checked = { ok: true; value: Scalar } | { ok: false; problem: string }

/** The text in which a value stands in its field. */
export const textOf = (value: Scalar): string => (value === null ? '' : String(value))

/** Such as `0.01 to 2000 W`; null when there are no limits. */
export function rangeText(parameter: Parameter): string | null {
  const unit = parameter.unit === undefined ? '' : ` ${parameter.unit}`
  const { minimum, maximum } = parameter
  if (minimum !== undefined && maximum !== undefined) return `${formatPlain(minimum)} to ${formatPlain(maximum)}${unit}`
  if (minimum !== undefined) return `at least ${formatPlain(minimum)}${unit}`
  if (maximum !== undefined) return `at most ${formatPlain(maximum)}${unit}`
  return null
}

/** A decimal comma is taken as a decimal point; everything else that isn't one plain number is refused. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace('−', '-').replace(',', '.')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null
  const value = Number(plain)
  return Number.isFinite(value) ? value : null
}

function checkNumber(parameter: Parameter, text: string): Checked {
  const value = parseNumber(text)
  if (value === null) return { ok: false, problem: `“${text.trim()}” is not a number.` }
  if (parameter.type === 'integer' && !Number.isInteger(value)) return { ok: false, problem: 'Give a whole number.' }
  const tooSmall = parameter.minimum !== undefined && value < parameter.minimum
  const tooLarge = parameter.maximum !== undefined && value > parameter.maximum
  if (tooSmall || tooLarge) {
    return { ok: false, problem: `Too ${tooSmall ? 'small' : 'large'}: the protocol allows ${rangeText(parameter)}.` }
  }
  return { ok: true, value }
}

/** The value that a text stands for, or in words why it can't be used. */
export function checkParameter(parameter: Parameter, text: string): Checked {
  if (text.trim() === '') {
    if (parameter.required) return { ok: false, problem: 'This value is needed to start.' }
    if (parameter.default !== null && parameter.type !== 'text') {
      return { ok: false, problem: `Give a value, or reset it to the default ${textOf(parameter.default)}.` }
    }
    return { ok: true, value: null }
  }
  switch (parameter.type) {
    case 'number':
    case 'integer':
      return checkNumber(parameter, text)
    case 'boolean':
      return { ok: true, value: text === 'true' }
    case 'choice':
      return (parameter.choices ?? []).includes(text)
        ? { ok: true, value: text }
        : { ok: false, problem: `Choose one of: ${(parameter.choices ?? []).join(', ')}.` }
    case 'text':
      return { ok: true, value: text.trim() }
  }
}

export const currentText = (parameter: Parameter, texts: ParameterTexts): string =>
  texts[parameter.name] ?? textOf(parameter.default)

/** Whether the value, not its spelling, differs from the default. */
export function isChanged(parameter: Parameter, texts: ParameterTexts): boolean {
  const checked = checkParameter(parameter, currentText(parameter, texts))
  return !checked.ok || checked.value !== parameter.default
}

export interface CheckedParameters {
  values: Record<string, Scalar>
  /** In words, by parameter name. */
  problems: Record<string, string>
}

/** All values of a template's parameters, or what is wrong with them. */
export function checkParameters(parameters: readonly Parameter[], texts: ParameterTexts): CheckedParameters {
  const values: Record<string, Scalar> = {}
  const problems: Record<string, string> = {}
  for (const parameter of parameters) {
    const checked = checkParameter(parameter, currentText(parameter, texts))
    if (checked.ok) values[parameter.name] = checked.value
    else problems[parameter.name] = checked.problem
  }
  return { values, problems }
}

export const groupTitles: Record<Parameter['group'], string> = {
  module: 'Module data',
  measurement: 'Measurement',
  laboratory: 'Laboratory',
  limits: 'Limits',
}
export const groups = ['module', 'measurement', 'laboratory', 'limits'] as const
