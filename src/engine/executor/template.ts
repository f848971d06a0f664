import { z } from 'zod'
import { StationError } from '../../contract/errors.ts'
import { templateShape, type Parameter, type Scalar, type StepBase, type Template } from '../../contract/template.ts'
import type { Profile } from '../../contract/instrument.ts'
import { expandTemplate } from './expand.ts'
import { findWrongFigures } from './figures.ts'
import { findUnsafe } from './safety.ts'
import type { StepKind } from './stepKind.ts'
import { findInText, whyNoText } from './templateText.ts'

/** The whole language: the contract's template with the steps that the step kinds declare. */
export function createTemplateSchema(kinds: readonly StepKind[]) {
  const step: z.ZodType<StepBase> = z.lazy(() => {
    const [first, ...rest] = kinds.map((kind) => kind.schema(step))
    return z.discriminatedUnion('kind', [first!, ...rest]) as unknown as z.ZodType<StepBase>
  })
  return z.strictObject({
    ...templateShape,
    steps: z.array(step.meta({ id: 'step' })).min(1),
  })
}

/** The published JSON Schema of a protocol file. */
export const jsonSchemaOf = (kinds: readonly StepKind[]): unknown =>
  z.toJSONSchema(createTemplateSchema(kinds), { io: 'input' })

type Visit = (key: string, value: string, path: string) => void

/** Calls back for every `{param}`, `{result}`, role name, method and step id of a template. */
function walk(node: unknown, visit: Visit, path = ''): void {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    const here = path ? `${path}.${key}` : key
    if (typeof value === 'string') visit(key, value, here)
    else walk(value, visit, here)
  }
}

const outputOf = (path: string): string => path.split('.')[0] ?? ''

/** What is wrong in the steps, in their order: a result has to be computed before it is used. */
function findInSteps(template: Template, known: { methods: ReadonlySet<string>; outputs: Set<string> }): string[] {
  const { methods, outputs } = known
  const roles = new Set(template.roles.map((each) => each.name))
  const ids = new Set<string>()
  const faults: string[] = []
  walk({ steps: template.steps }, (key, value, path) => {
    const fault = (text: string) => faults.push(`${path}: ${text}`)
    const isStepId = key === 'id' && /(^|\.)(setup|main|steps|teardown)\.\d+\.id$/.test(path)
    if (isStepId && ids.has(value)) fault(`the step id “${value}” is used twice`)
    if (isStepId) ids.add(value)
    if (key === 'result' && !outputs.has(outputOf(value))) fault(`no earlier step computes “${outputOf(value)}”`)
    if (key === 'output' && outputs.has(value)) fault(`“${value}” is computed twice`)
    if (key === 'output') outputs.add(value)
    if (key === 'method' && !methods.has(value)) fault(`there is no analysis method “${value}”`)
    const isRole =
      ['role', 'source', 'irradiance', 'temperature', 'interlock'].includes(key) || /\.roles\.\d+$/.test(path)
    if (isRole && !roles.has(value)) fault(`there is no role “${value}”`)
  })
  return faults
}

const givenTwice = (list: string, names: readonly string[]): string[] =>
  names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${list}: “${name}” is given twice`)

/** References to what isn't declared, and names given twice: what a schema can't say. */
function findLooseEnds(template: Template, methods: ReadonlySet<string>): string[] {
  const names = template.parameters.map((each) => each.name)
  const outputs = new Set<string>()
  const faults = [
    ...givenTwice('parameters', names),
    ...givenTwice(
      'roles',
      template.roles.map((each) => each.name),
    ),
    ...givenTwice(
      'criteria',
      template.criteria.map((each) => each.id),
    ),
    ...findInSteps(template, { methods, outputs }),
  ]
  walk(template, (key, value, path) => {
    if (key === 'param' && !names.includes(value)) faults.push(`${path}: there is no parameter “${value}”`)
  })
  walk({ criteria: template.criteria, report: template.report }, (key, value, path) => {
    const isResult = key === 'result' || /^report\.(budget|curves|corrected)$/.test(path)
    if (isResult && !outputs.has(outputOf(value))) faults.push(`${path}: no step computes “${outputOf(value)}”`)
  })
  return faults
}

/**
 * Reads a template.
 * @throws StationError protocol.invalid that names each wrong place
 */
export function loadProtocol(
  text: string,
  given: {
    file: string
    kinds: readonly StepKind[]
    methods: ReadonlySet<string>
    /** Another protocol, to be put in; none where it isn't given. */
    lookUp?: (id: string) => Template | undefined
    /** Of the drivers there are: no template may ask for more than any of them allows. */
    profiles?: readonly Profile[]
  },
): Template {
  const invalid = (detail: string, cause?: unknown) =>
    new StationError('protocol.invalid', { file: given.file, detail }, cause)
  const unreadable = whyNoText(text)
  if (unreadable !== null) throw invalid(unreadable)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw invalid(`it is not JSON: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`, error)
  }
  const hidden = findInText(text)
  if (hidden.length > 0) throw invalid(hidden.slice(0, 10).join('; '))
  const parsed = createTemplateSchema(given.kinds).safeParse(json)
  if (!parsed.success) throw invalid(sayIssues(parsed.error))
  const template = expandTemplate(parsed.data, given.lookUp ?? (() => undefined))
  const kinds = new Map(given.kinds.map((kind) => [kind.kind, kind]))
  const faults = [
    ...findLooseEnds(template, given.methods),
    ...findUnsafe(template, { kinds, profiles: given.profiles ?? [] }),
  ]
  for (const parameter of template.parameters) {
    const fault = parameter.default === null ? null : whyNotAllowed(parameter, parameter.default)
    if (fault) faults.push(`parameters.${parameter.name}.default: ${fault}`)
  }
  if (faults.length > 0) throw invalid(faults.slice(0, 10).join('; '))
  return template
}

/** A schema's complaints as one sentence a person can follow. */
export const sayIssues = (error: z.ZodError): string =>
  error.issues
    .slice(0, 10)
    .map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`)
    .join('; ')

function whyNotAllowed(parameter: Parameter, value: Scalar): string | null {
  switch (parameter.type) {
    case 'text':
      return typeof value === 'string' ? null : 'it has to be text'
    case 'boolean':
      return typeof value === 'boolean' ? null : 'it has to be true or false'
    case 'choice':
      return parameter.choices?.includes(String(value)) ? null : `it has to be one of ${parameter.choices?.join(', ')}`
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'it has to be a number'
      if (parameter.type === 'integer' && !Number.isInteger(value)) return 'it has to be a whole number'
      const { minimum = -Infinity, maximum = Infinity, unit = '' } = parameter
      if (value < minimum || value > maximum)
        return `${value} ${unit} is outside ${minimum} to ${maximum} ${unit}`.replace(/ +/g, ' ').trim()
      return null
    }
  }
}

/**
 * The parameters of a run: those given, checked, and the defaults of the rest.
 * @param options measuring: false where nothing is measured (an imported curve), so that settings of the measurement
 *   may be missing
 * @throws StationError protocol.badParameter
 */
export function validateInputs(
  template: Template,
  given: Readonly<Record<string, Scalar>>,
  options: { measuring: boolean } = { measuring: true },
): Record<string, Scalar> {
  const known = new Set(template.parameters.map((each) => each.name))
  const unknown = Object.keys(given).find((name) => !known.has(name))
  if (unknown !== undefined)
    throw new StationError('protocol.badParameter', {
      name: unknown,
      detail: `${template.id} has no such parameter`,
    })
  const values: Record<string, Scalar> = {}
  for (const parameter of template.parameters) {
    const value = given[parameter.name] ?? parameter.default
    const fault =
      value === null
        ? parameter.required && options.measuring
          ? 'a value is needed'
          : null
        : whyNotAllowed(parameter, value)
    if (fault)
      throw new StationError('protocol.badParameter', {
        name: parameter.name,
        detail: fault,
      })
    values[parameter.name] = value
  }
  // Figures that only a run's own parameters put at odds: a dwell of less than nothing, a ramp of 0 K/h.
  const [wrong] = options.measuring ? findWrongFigures({ template, parameters: values }) : []
  if (wrong !== undefined) throw new StationError('protocol.badParameter', { name: template.id, detail: wrong })
  return values
}
