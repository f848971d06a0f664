interface SaidFinding {
  severity: string
  note: string
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isFinding = (value: unknown): value is SaidFinding =>
  isRecord(value) && typeof value.severity === 'string' && typeof value.note === 'string'

function parseFindings(text: string): [string, SaidFinding][] | null {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isRecord(parsed)) return null
    const entries = Object.entries(parsed)
    return entries.every((entry): entry is [string, SaidFinding] => isFinding(entry[1])) ? entries : null
  } catch {
    // Braces in an ordinary message: it is shown as it is.
    return null
  }
}

/** A line of the log as a person reads it: the findings of an inspection stand in it as JSON. */
export function sayLogText(text: string): string {
  const at = text.indexOf(': {')
  const findings = at < 0 || !text.endsWith('}') ? null : parseFindings(text.slice(at + 2))
  if (findings === null) return text
  const found = findings.filter(([, { severity }]) => severity !== 'none')
  const said = found.map(([id, { severity, note }]) => `${id} ${severity}${note === '' ? '' : ` (${note})`}`)
  return `${text.slice(0, at)}: ${found.length === 0 ? `nothing found at ${findings.length} items` : said.join('; ')}`
}
