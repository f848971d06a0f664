/**
 * SCPI as instruments understand it (SCPI-1999, volume 1, chapter 6): a command tree with short and long forms in any
 * case, optional nodes, numeric suffixes, compound lines with `;`, and an error queue. Used by simulators only.
 */

/** A command the instrument doesn't accept; it ends up in the error queue. */
export class ScpiError extends Error {
  override readonly name = 'ScpiError'
  readonly code: number

  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

/** What happens on the command and on its query. An absent one is an undefined header. */
export interface ScpiCommand {
  set?: (args: string[]) => void | Promise<void>
  get?: (args: string[]) => string | Promise<string>
}

/** Keys are patterns such as `:SOURce[1]:VOLTage[:LEVel]`, `:TRACe|DATA:CLEar` or `*IDN`. */
export type ScpiCommands = Record<string, ScpiCommand>

export interface ScpiInterpreter {
  /** Carries out one line; resolves with the answers of its queries joined by `;`, null when it had none. */
  execute: (line: string) => Promise<string | null>
}

interface Node {
  children: Map<string, Node>
  command?: ScpiCommand
}

interface Segment {
  optional: boolean
  aliases: string[]
}

const newNode = (): Node => ({ children: new Map() })

/** `SOURce[1]` → SOUR, SOURCE, SOUR1, SOURCE1; `CALCulate3` → CALC3, CALCULATE3. */
function aliasesOf(mnemonic: string): string[] {
  const words = mnemonic.replace('[1]', '').split('|')
  const forms = words.flatMap((word) => [word.replace(/[a-z]/g, ''), word.toUpperCase()])
  return mnemonic.endsWith('[1]') ? forms.flatMap((form) => [form, `${form}1`]) : forms
}

const segmentsOf = (pattern: string): Segment[] =>
  [...pattern.matchAll(/(\[)?:([A-Za-z0-9|]+(?:\[1\])?)/g)].map(([, bracket, mnemonic = '']) => ({
    optional: bracket === '[',
    aliases: aliasesOf(mnemonic),
  }))

function addCommand(node: Node, segments: readonly Segment[], command: ScpiCommand): void {
  const [first, ...rest] = segments
  if (!first) {
    node.command = { ...node.command, ...command }
    return
  }
  if (first.optional) addCommand(node, rest, command)
  const existing = first.aliases.map((alias) => node.children.get(alias)).find((child) => child !== undefined)
  const child = existing ?? newNode()
  for (const alias of first.aliases) node.children.set(alias, child)
  addCommand(child, rest, command)
}

/** Splits at a separator that stands outside quotes and parentheses. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = []
  let part = ''
  let quote = ''
  for (const char of text) {
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    if (char === separator && quote === '') {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part]
}

interface Unit {
  fromRoot: boolean
  path: string[]
  isQuery: boolean
  args: string[]
}

function parseUnit(text: string): Unit {
  const match = /^(:?)(\*?[A-Za-z][A-Za-z0-9_]*(?::[A-Za-z][A-Za-z0-9_]*)*)(\?)?(?:\s+(.*))?$/s.exec(text)
  if (!match) throw new ScpiError(-113, 'Undefined header')
  const [, colon, header = '', query, args] = match
  return {
    fromRoot: colon === ':' || header.startsWith('*'),
    path: header.toUpperCase().split(':'),
    isQuery: query === '?',
    args: args === undefined ? [] : splitOutsideQuotes(args, ',').map((each) => each.trim()),
  }
}

/**
 * @param commands the tree
 * @param onError takes each error; the rest of the line is then dropped, as IEEE 488.2 has it
 */
export function createScpiInterpreter(commands: ScpiCommands, onError: (error: ScpiError) => void): ScpiInterpreter {
  const root = newNode()
  const common = new Map<string, ScpiCommand>()
  for (const [pattern, command] of Object.entries(commands)) {
    if (pattern.startsWith('*')) common.set(pattern, command)
    else addCommand(root, segmentsOf(pattern), command)
  }

  /** Finds the command; also the node from which the next relative header of the line goes on. */
  const resolve = (unit: Unit, from: Node): { command: ScpiCommand | undefined; parent: Node } => {
    const [first = ''] = unit.path
    if (first.startsWith('*')) return { command: common.get(first), parent: from }
    let parent = unit.fromRoot ? root : from
    let node: Node | undefined = parent
    for (const [index, key] of unit.path.entries()) {
      if (index > 0 && node) parent = node
      node = node?.children.get(key)
    }
    return { command: node?.command, parent }
  }

  const carryOut = async (unit: Unit, command: ScpiCommand | undefined): Promise<string | null> => {
    const { set, get } = command ?? {}
    if (unit.isQuery) {
      if (!get) throw new ScpiError(-113, 'Undefined header')
      return get(unit.args)
    }
    if (!set) throw new ScpiError(-113, 'Undefined header')
    await set(unit.args)
    return null
  }

  const execute = async (line: string): Promise<string | null> => {
    const answers: string[] = []
    let from = root
    try {
      for (const text of splitOutsideQuotes(line, ';').map((each) => each.trim())) {
        if (text === '') continue
        const unit = parseUnit(text.replace(/^:\*/, '*'))
        const found = resolve(unit, from)
        const answer = await carryOut(unit, found.command)
        if (answer !== null) answers.push(answer)
        from = found.parent
      }
    } catch (error) {
      if (!(error instanceof ScpiError)) throw error
      onError(error)
    }
    return answers.length > 0 ? answers.join(';') : null
  }
  return { execute }
}
