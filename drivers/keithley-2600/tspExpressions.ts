import { syntaxError, type Token } from './tspLexer.ts'
import {
  isFunction,
  isObject,
  isTrue,
  keyOf,
  newTable,
  runtimeError,
  toNumber,
  typeOf,
  type TspObject,
  type TspValue,
} from './tspValues.ts'

/** Names of one block, and those around it. */
export interface Scope {
  lookUp: (name: string) => TspValue
  assign: (name: string, value: TspValue) => void
  declare: (name: string, value: TspValue) => void
}
export type Thunk = (scope: Scope) => Promise<TspValue>
/** A call gives as many values as its function returns; others one. */
export type Thunks = (scope: Scope) => Promise<TspValue[]>

export interface Expression {
  value: Thunk
  /** Present where the expression is a call. */
  values?: Thunks
  /** Present where it can be assigned to. */
  assign?: (scope: Scope, value: TspValue) => Promise<void>
}

/** What the parser needs of its tokens. */
export interface Cursor {
  peek: () => Token
  next: () => Token
  /** Takes the next token where it is this one. */
  take: (text: string) => boolean
  expect: (text: string) => void
}

export function createCursor(tokens: readonly Token[]): Cursor {
  let at = 0
  const peek = (): Token => tokens[at] ?? { kind: 'end', text: '<eof>' }
  const next = (): Token => {
    const token = peek()
    at++
    return token
  }
  const take = (text: string): boolean => {
    const { kind, text: found } = peek()
    if (kind === 'string' || found !== text) return false
    at++
    return true
  }
  const expect = (text: string): void => {
    if (!take(text)) throw syntaxError(`\`${text}' expected near \`${peek().text}'`)
  }
  return { peek, next, take, expect }
}

/** Field of an object, or what is wrong with it. */
function fieldOf(holder: TspValue, key: string): TspValue {
  if (!isObject(holder)) throw runtimeError(`attempt to index a ${typeOf(holder)} value (field '${key}')`)
  return holder.get(key)
}

const levels: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['<', '>', '<=', '>=', '~=', '=='],
  ['..'],
  ['+', '-'],
  ['*', '/', '%'],
]

const compare = (left: TspValue, right: TspValue, by: (a: number | string, b: number | string) => boolean): boolean => {
  if (typeof left === 'string' && typeof right === 'string') return by(left, right)
  return by(toNumber(left), toNumber(right))
}
const concatenated = (value: TspValue): string => {
  if (typeof value === 'number' || typeof value === 'string') return String(value)
  throw runtimeError(`attempt to concatenate a ${typeOf(value)} value`)
}

const operations: Readonly<Record<string, (left: TspValue, right: TspValue) => TspValue>> = {
  '+': (left, right) => toNumber(left) + toNumber(right),
  '-': (left, right) => toNumber(left) - toNumber(right),
  '*': (left, right) => toNumber(left) * toNumber(right),
  '/': (left, right) => toNumber(left) / toNumber(right),
  '%': (left, right) => {
    const by = toNumber(right)
    return toNumber(left) - Math.floor(toNumber(left) / by) * by
  },
  '^': (left, right) => toNumber(left) ** toNumber(right),
  '..': (left, right) => concatenated(left) + concatenated(right),
  '==': (left, right) => left === right,
  '~=': (left, right) => left !== right,
  '<': (left, right) => compare(left, right, (a, b) => a < b),
  '>': (left, right) => compare(left, right, (a, b) => a > b),
  '<=': (left, right) => compare(left, right, (a, b) => a <= b),
  '>=': (left, right) => compare(left, right, (a, b) => a >= b),
}

/** `and` and `or` look at their right side only where it counts. */
function binary(sign: string, left: Thunk, right: Thunk): Thunk {
  if (sign === 'and') return async (scope) => (isTrue(await left(scope)) ? right(scope) : left(scope))
  if (sign === 'or') {
    return async (scope) => {
      const value = await left(scope)
      return isTrue(value) ? value : right(scope)
    }
  }
  return async (scope) => {
    const value = await left(scope)
    return operations[sign]?.(value, await right(scope)) ?? null
  }
}

export type ParseFunction = (cursor: Cursor) => Thunk

/** @param parseFunction parses what comes behind `function` */
export function parseExpression(cursor: Cursor, parseFunction: ParseFunction, level = 0): Expression {
  const signs = levels[level]
  if (!signs) return parseUnary(cursor, parseFunction)
  let left = parseExpression(cursor, parseFunction, level + 1)
  for (;;) {
    const { kind, text } = cursor.peek()
    if (kind === 'string' || !signs.includes(text)) return left
    cursor.next()
    left = { value: binary(text, left.value, parseExpression(cursor, parseFunction, level + 1).value) }
  }
}

function parseUnary(cursor: Cursor, parseFunction: ParseFunction): Expression {
  if (cursor.take('-')) {
    const { value } = parseUnary(cursor, parseFunction)
    return { value: async (scope) => -toNumber(await value(scope)) }
  }
  if (cursor.take('not')) {
    const { value } = parseUnary(cursor, parseFunction)
    return { value: async (scope) => !isTrue(await value(scope)) }
  }
  if (cursor.take('#')) {
    const { value } = parseUnary(cursor, parseFunction)
    return { value: async (scope) => lengthOf(await value(scope)) }
  }
  const base = parsePrimary(cursor, parseFunction)
  if (!cursor.take('^')) return base
  return { value: binary('^', base.value, parseUnary(cursor, parseFunction).value) }
}

function lengthOf(value: TspValue): number {
  if (typeof value === 'string') return value.length
  if (isObject(value) && 'length' in value) return (value as TspObject & { length: () => number }).length()
  throw runtimeError(`attempt to get length of a ${typeOf(value)} value`)
}

const constants: Readonly<Record<string, TspValue>> = { nil: null, true: true, false: false }

/** A value, a name, something in parentheses; then its fields, indices and calls. */
function parsePrimary(cursor: Cursor, parseFunction: ParseFunction): Expression {
  const { kind, text } = cursor.next()
  if (kind === 'number') return { value: async () => Number(text) }
  if (kind === 'string') return { value: async () => text }
  if (kind === 'sign' && text === '{') return { value: parseTable(cursor, parseFunction) }
  if (kind === 'sign' && text === '(') {
    const { value } = parseExpression(cursor, parseFunction)
    cursor.expect(')')
    return parseSuffixes(cursor, parseFunction, { value })
  }
  if (kind !== 'name') throw syntaxError(`unexpected symbol near \`${text}'`)
  if (Object.hasOwn(constants, text)) return { value: async () => constants[text] ?? null }
  if (text === 'function') return { value: parseFunction(cursor) }
  return parseSuffixes(cursor, parseFunction, {
    value: async (scope) => scope.lookUp(text),
    assign: async (scope, value) => scope.assign(text, value),
  })
}

function parseSuffixes(cursor: Cursor, parseFunction: ParseFunction, base: Expression): Expression {
  let found = base
  for (;;) {
    if (cursor.take('.')) {
      const { kind, text } = cursor.next()
      if (kind !== 'name') throw syntaxError(`<name> expected near \`${text}'`)
      found = fieldExpression(found.value, async () => text)
    } else if (cursor.take('[')) {
      const index = parseExpression(cursor, parseFunction).value
      cursor.expect(']')
      found = fieldExpression(found.value, async (scope) => keyOf(await index(scope)))
    } else if (cursor.take('(')) found = callExpression(found.value, parseList(cursor, parseFunction, ')'))
    else return found
  }
}

const fieldExpression = (holder: Thunk, key: (scope: Scope) => Promise<string>): Expression => ({
  value: async (scope) => fieldOf(await holder(scope), await key(scope)),
  assign: async (scope, value) => {
    const target = await holder(scope)
    const name = await key(scope)
    if (!isObject(target)) throw runtimeError(`attempt to index a ${typeOf(target)} value (field '${name}')`)
    target.set(name, value)
  },
})

function callExpression(callee: Thunk, args: Thunks): Expression {
  const values: Thunks = async (scope) => {
    const found = await callee(scope)
    if (!isFunction(found)) throw runtimeError(`attempt to call a ${typeOf(found)} value`)
    return found(await args(scope))
  }
  return { value: async (scope) => (await values(scope))[0] ?? null, values }
}

/** Expressions up to `end`, which is taken; only the last one gives all the values of a call. */
export function parseList(cursor: Cursor, parseFunction: ParseFunction, end: string): Thunks {
  const parts: Expression[] = []
  if (!cursor.take(end)) {
    do parts.push(parseExpression(cursor, parseFunction))
    while (cursor.take(','))
    cursor.expect(end)
  }
  return (scope) => evaluateAll(parts, scope)
}

export async function evaluateAll(parts: readonly Expression[], scope: Scope): Promise<TspValue[]> {
  const found: TspValue[] = []
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.values) found.push(...(await part.values(scope)))
    else found.push(await part.value(scope))
  }
  return found
}

/** `{1, 2, 3}` and `{name = value, [key] = value}`. */
function parseTable(cursor: Cursor, parseFunction: ParseFunction): Thunk {
  const parts: { key: Thunk | null; value: Thunk }[] = []
  while (!cursor.take('}')) {
    if (cursor.take('[')) {
      const key = parseExpression(cursor, parseFunction).value
      cursor.expect(']')
      cursor.expect('=')
      parts.push({ key, value: parseExpression(cursor, parseFunction).value })
    } else {
      const { kind, text } = cursor.peek()
      const first = parseExpression(cursor, parseFunction)
      if (kind === 'name' && cursor.take('='))
        parts.push({ key: async () => text, value: parseExpression(cursor, parseFunction).value })
      else parts.push({ key: null, value: first.value })
    }
    if (!cursor.take(',') && !cursor.take(';')) {
      cursor.expect('}')
      break
    }
  }
  return async (scope) => {
    const table = newTable()
    let index = 1
    for (const { key, value } of parts) table.set(key ? keyOf(await key(scope)) : String(index++), await value(scope))
    return table
  }
}
