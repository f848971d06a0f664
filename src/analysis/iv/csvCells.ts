export type Separator = ';' | '\t' | ',' | '|' | ' '

/** Separators in the order in which they are tried: a comma may be a decimal comma, so it comes late. */
export const separators: readonly Separator[] = [';', '\t', ',', '|', ' ']

const splitQuoted = (line: string, separator: Separator): string[] => {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let k = 0; k < line.length; k++) {
    const char = line[k]!
    if (char === '"') {
      if (quoted && line[k + 1] === '"') {
        cell += '"'
        k++
      } else quoted = !quoted
    } else if (char === separator && !quoted) {
      cells.push(cell.trim())
      cell = ''
    } else cell += char
  }
  return [...cells, cell.trim()]
}

/** The cells of a line. Between spaces, a unit in brackets stays with its name: “Voltage (V)” is one cell. */
export const splitCells = (line: string, separator: Separator): string[] => {
  if (separator !== ' ') return splitQuoted(line, separator)
  const joined = line
    .trim()
    .replace(/\s+(?=[([])/g, '')
    .replace(/\s+/g, ' ')
  return joined === '' ? [] : splitQuoted(joined, ' ')
}

/** A comment mark at the start of a line hides neither a header nor what is said about the measurement. */
export const withoutComment = (line: string): string => line.replace(/^\s*(?:#|%|\/\/|!)+\s*/, '')

export const isComment = (line: string): boolean => /^\s*(?:#|%|\/\/|!)/.test(line)
