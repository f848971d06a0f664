import { Environment } from '@marcbachmann/cel-js'
import { messageOf, StationError } from '../../contract/errors.ts'

/** What an expression can see. A name that isn't there is an error; a value that isn't there is null. */
export interface ExpressionScope {
  param: Readonly<Record<string, unknown>>
  result: Readonly<Record<string, unknown>>
  /** Latest measured values by role and channel, and whether they are rising. */
  role: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

/** CEL never mixes whole and other numbers; templates are written by engineers, who do. */
function createEnvironment(): Environment {
  const environment = new Environment({ limits: { maxAstNodes: 300, maxDepth: 30 } })
  for (const name of ['param', 'result', 'role']) environment.registerVariable(name, 'map')
  for (const [sign, compute] of Object.entries(arithmetic))
    for (const pair of [`double ${sign} int`, `int ${sign} double`])
      environment.registerOperator(pair, (a: unknown, b: unknown) => compute(Number(a), Number(b)))
  return environment
}

const environment = createEnvironment()

/** A regular expression can take for ever, and no template needs one. */
const forbidden = /\bmatches\s*\(/

/** Written out: what is computed is only known in a run. */
const byZero = /[/%]\s*0+(\.0*)?(?![\w.])/

export type Expression = (scope: ExpressionScope) => unknown

/**
 * Reads an expression in the Common Expression Language: no loops, no assignments, no calls to the program.
 * @throws Error that says what is wrong with the text
 */
export function compileExpression(text: string): Expression {
  if (forbidden.test(text)) throw new Error('“matches” is not allowed')
  if (byZero.test(text)) throw new Error('it divides by zero')
  const parsed = environment.parse(text)
  const checked = parsed.check()
  if (!checked.valid) throw new Error(checked.error?.message.split('\n')[0] ?? 'the types don’t fit')
  return (scope) => {
    try {
      const value: unknown = parsed(scope)
      return typeof value === 'bigint' ? Number(value) : value
    } catch (error) {
      const [detail] = messageOf(error).split('\n')
      throw new StationError('protocol.badParameter', { name: text, detail: detail ?? 'it can’t be computed' }, error)
    }
  }
}

/** What an expression gives, as far as its text says: `bool`, `double`, `string` …, `dyn` where only a run can tell. */
export function expressionType(text: string): string {
  try {
    return String(environment.parse(text).check().type ?? 'dyn')
  } catch {
    // What is no expression is told where it is compiled.
    return 'dyn'
  }
}

/** What an expression looks at: `role.chamber.temperature` is the member `temperature` of `chamber` in the map `role`. */
export function namesIn(text: string): { map: string; name: string; member: string | null }[] {
  const step = (group: string) => `(?:\\.(?<${group}>\\w+)|\\[\\s*["'](?<${group}Text>[^"']*)["']\\s*\\])`
  const found = text.matchAll(new RegExp(`(?<![\\w.])(param|result|role)${step('name')}${step('member')}?`, 'g'))
  return [...found].map(({ 1: map = '', groups = {} }) => ({
    ...{ map, name: groups['name'] ?? groups['nameText'] ?? '' },
    member: groups['member'] ?? groups['memberText'] ?? null,
  }))
}

const compiled = new Map<string, Expression>()

/** The same, remembered: expressions are few, are asked for at each sample, and a text always means the same. */
export function expressionOf(text: string): Expression {
  const found = compiled.get(text)
  if (found) return found
  const made = compileExpression(text)
  compiled.set(text, made)
  return made
}
