import { syntaxError, tokensOf } from './tspLexer.ts'
import {
  createCursor,
  evaluateAll,
  parseExpression,
  type Cursor,
  type Expression,
  type Scope,
  type Thunk,
} from './tspExpressions.ts'
import { isTrue, runtimeError, toNumber, type TspValue } from './tspValues.ts'

/** How a statement ended: nothing special, a break, or the values that are returned. */
type Ending = null | 'break' | TspValue[]
type Statement = (scope: Scope) => Promise<Ending>

/** No line of a test bench needs more turns of a loop. */
const mostTurns = 1_000_000

function innerScope(outer: Scope): Scope {
  const own = new Map<string, TspValue>()
  return {
    lookUp: (name) => (own.has(name) ? (own.get(name) ?? null) : outer.lookUp(name)),
    assign: (name, value) => {
      if (own.has(name)) own.set(name, value)
      else outer.assign(name, value)
    },
    declare: (name, value) => void own.set(name, value),
  }
}

async function runAll(statements: readonly Statement[], scope: Scope): Promise<Ending> {
  for (const statement of statements) {
    const ending = await statement(scope)
    if (ending !== null) return ending
  }
  return null
}

const endsBlock = (cursor: Cursor): boolean => {
  const { kind, text } = cursor.peek()
  return kind === 'end' || (kind === 'name' && ['end', 'else', 'elseif', 'until'].includes(text))
}

function parseBlock(cursor: Cursor): Statement[] {
  const statements: Statement[] = []
  while (!endsBlock(cursor)) {
    if (cursor.take(';')) continue
    statements.push(parseStatement(cursor))
  }
  return statements
}

const nameOf = (cursor: Cursor): string => {
  const { kind, text } = cursor.next()
  if (kind !== 'name') throw syntaxError(`<name> expected near \`${text}'`)
  return text
}

function namesOf(cursor: Cursor): string[] {
  const names = [nameOf(cursor)]
  while (cursor.take(',')) names.push(nameOf(cursor))
  return names
}

function expressionsOf(cursor: Cursor): Expression[] {
  const parts: Expression[] = []
  do parts.push(parseExpression(cursor, parseFunctionBody))
  while (cursor.take(','))
  return parts
}

function parseFunctionBody(cursor: Cursor): Thunk {
  cursor.expect('(')
  const names = cursor.take(')') ? [] : namesOf(cursor)
  if (names.length > 0) cursor.expect(')')
  const body = parseBlock(cursor)
  cursor.expect('end')
  return async (scope) => async (args: TspValue[]) => {
    const own = innerScope(scope)
    for (const [i, name] of names.entries()) own.declare(name, args[i] ?? null)
    const ending = await runAll(body, own)
    return Array.isArray(ending) ? ending : []
  }
}

function parseLocal(cursor: Cursor): Statement {
  const names = namesOf(cursor)
  const parts = cursor.take('=') ? expressionsOf(cursor) : []
  return async (scope) => {
    const values = await evaluateAll(parts, scope)
    for (const [i, name] of names.entries()) scope.declare(name, values[i] ?? null)
    return null
  }
}

function parseFor(cursor: Cursor): Statement {
  const name = nameOf(cursor)
  cursor.expect('=')
  const [first, last, step] = expressionsOf(cursor)
  if (!first || !last) throw syntaxError('`=` needs a first and a last value')
  cursor.expect('do')
  const body = parseBlock(cursor)
  cursor.expect('end')
  return async (scope) => {
    const by = step ? toNumber(await step.value(scope)) : 1
    const until = toNumber(await last.value(scope))
    if (by === 0) throw runtimeError("'for' step is zero")
    for (let i = toNumber(await first.value(scope)); by > 0 ? i <= until : i >= until; i += by) {
      const own = innerScope(scope)
      own.declare(name, i)
      const ending = await runAll(body, own)
      if (ending === 'break') break
      if (ending !== null) return ending
    }
    return null
  }
}

function parseWhile(cursor: Cursor): Statement {
  const condition = parseExpression(cursor, parseFunctionBody).value
  cursor.expect('do')
  const body = parseBlock(cursor)
  cursor.expect('end')
  return async (scope) => {
    for (let turns = 0; isTrue(await condition(scope)); turns++) {
      if (turns > mostTurns) throw runtimeError('a loop that does not end')
      const ending = await runAll(body, innerScope(scope))
      if (ending === 'break') break
      if (ending !== null) return ending
    }
    return null
  }
}

function parseIf(cursor: Cursor): Statement {
  const branches: { condition: Thunk; body: Statement[] }[] = []
  do {
    const condition = parseExpression(cursor, parseFunctionBody).value
    cursor.expect('then')
    branches.push({ condition, body: parseBlock(cursor) })
  } while (cursor.take('elseif'))
  if (cursor.take('else')) branches.push({ condition: async () => true, body: parseBlock(cursor) })
  cursor.expect('end')
  return async (scope) => {
    for (const { condition, body } of branches)
      if (isTrue(await condition(scope))) return runAll(body, innerScope(scope))
    return null
  }
}

function parseNamedFunction(cursor: Cursor): Statement {
  const name = nameOf(cursor)
  const body = parseFunctionBody(cursor)
  return async (scope) => {
    scope.assign(name, await body(scope))
    return null
  }
}

function parseReturn(cursor: Cursor): Statement {
  const parts = endsBlock(cursor) || cursor.peek().text === ';' ? [] : expressionsOf(cursor)
  return (scope) => evaluateAll(parts, scope)
}

/** An assignment, or a call. */
function parseSimple(cursor: Cursor): Statement {
  const targets = expressionsOf(cursor)
  const [only] = targets
  if (cursor.take('=')) {
    const parts = expressionsOf(cursor)
    return async (scope) => {
      const values = await evaluateAll(parts, scope)
      for (const [i, target] of targets.entries()) {
        if (!target.assign) throw syntaxError('cannot assign to this')
        await target.assign(scope, values[i] ?? null)
      }
      return null
    }
  }
  const { values } = only ?? {}
  if (targets.length > 1 || !values) throw syntaxError(`\`=' expected near \`${cursor.peek().text}'`)
  return async (scope) => {
    await values(scope)
    return null
  }
}

const statements: Readonly<Record<string, (cursor: Cursor) => Statement>> = {
  local: parseLocal,
  for: parseFor,
  while: parseWhile,
  if: parseIf,
  function: parseNamedFunction,
  return: parseReturn,
  break: () => async () => 'break',
  do: (cursor) => {
    const body = parseBlock(cursor)
    cursor.expect('end')
    return (scope) => runAll(body, innerScope(scope))
  },
}

function parseStatement(cursor: Cursor): Statement {
  const { kind, text } = cursor.peek()
  const parse = kind === 'name' && Object.hasOwn(statements, text) ? statements[text] : undefined
  if (!parse) return parseSimple(cursor)
  cursor.next()
  return parse(cursor)
}

/** Reads a chunk of TSP, and resolves with what carries it out. Throws TspError −285. */
export function compileTsp(text: string): (globals: Scope) => Promise<void> {
  const cursor = createCursor(tokensOf(text))
  const block = parseBlock(cursor)
  if (cursor.peek().kind !== 'end') throw syntaxError(`\`<eof>' expected near \`${cursor.peek().text}'`)
  return async (globals) => void (await runAll(block, innerScope(globals)))
}
