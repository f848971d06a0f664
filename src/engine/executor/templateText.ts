/** Pictures lie beside a template, not in it: what is larger is no protocol. */
const mostChars = 5_000_000
/** Some forty steps within each other; what goes deeper would only overflow whoever walks through it. */
const mostDepth = 100

/** Why a text can't be a template, before it is read as JSON; null where it can. */
export function whyNoText(text: string): string | null {
  if (text.length > mostChars) return `it has more than ${mostChars / 1_000_000} million characters`
  if (text.startsWith('\uFEFF')) return 'it begins with a byte order mark: save it as UTF-8 without one'
  if (/[\0\uFFFD]/.test(text)) return 'it is not UTF-8: save it as UTF-8'
  return null
}

interface Level {
  /** Names seen so far; null in an array. */
  keys: Set<string> | null
  /** Where in it the text is. */
  at: string | number
}

const pathOf = (levels: readonly Level[]): string => levels.map(({ at }) => at).join('.')

/**
 * What a JSON parser lets pass without a word, each with its path: a name given twice, of which only the last would
 * count; the name of JavaScript's prototype; and nesting without end.
 * @param json a text that is JSON
 */
export function findInText(json: string): string[] {
  const faults: string[] = []
  const levels: Level[] = []
  let name: string | null = null
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g)) {
    const level = levels.at(-1)
    if (token === '{' || token === '[') levels.push({ keys: token === '{' ? new Set() : null, at: 0 })
    else if (token === '}' || token === ']') levels.pop()
    else if (token === ',' && level && level.keys === null) level.at = Number(level.at) + 1
    else if (token === ':' && level?.keys && name !== null) {
      level.at = name
      if (level.keys.has(name)) faults.push(`${pathOf(levels)}: it is given twice`)
      if (name === '__proto__') faults.push(`${pathOf(levels)}: “__proto__” can’t be a name`)
      level.keys.add(name)
    }
    if (levels.length > mostDepth)
      return [`${pathOf(levels.slice(0, 6))}: it is nested more than ${mostDepth} levels deep`]
    name = token.startsWith('"') ? (JSON.parse(token) as string) : null
  }
  return faults
}
