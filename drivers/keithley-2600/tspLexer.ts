/** Something wrong with a line of TSP; it ends up in the error queue. */
export class TspError extends Error {
  override readonly name = 'TspError'
  readonly code: number

  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

export const syntaxError = (detail: string): TspError => new TspError(-285, `TSP Syntax error at line 1: ${detail}`)

export interface Token {
  kind: 'name' | 'number' | 'string' | 'sign' | 'end'
  text: string
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /^(?:\s+|--[^\n]*)/],
  ['name', /^[A-Za-z_][A-Za-z0-9_]*/],
  ['number', /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/],
  ['string', /^(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/],
  ['sign', /^(?:\.\.|==|~=|<=|>=|[-+*/%^#<>=(){}[\];:,.])/],
]

const unquoted = (text: string): string =>
  text.slice(1, -1).replace(/\\(.)/g, (_all, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char)

/** Lua's tokens, as far as TSP needs them. Throws TspError −285. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let rest = text
  while (rest !== '') {
    const found = patterns
      .map(([kind, pattern]) => ({ kind, match: pattern.exec(rest)?.[0] }))
      .find((each) => each.match !== undefined)
    if (found?.match === undefined) throw syntaxError(`unexpected symbol near \`${rest.slice(0, 10)}'`)
    const { kind, match } = found
    if (kind !== 'space') tokens.push({ kind, text: kind === 'string' ? unquoted(match) : match })
    rest = rest.slice(match.length)
  }
  return [...tokens, { kind: 'end', text: '<eof>' }]
}
