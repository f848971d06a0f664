/**
 * The supply takes each word of a header in its short form, its long one, and anything between (manual, 4.1: `sour:vol`,
 * `source:volt`, `source:voltage`). Makes a pattern of the simulators' command tree that takes them all.
 */
export function anyForm(pattern: string): string {
  const forms = (word: string): string => {
    const least = word.replace(/[a-z]/g, '').length
    const lengths = Array.from({ length: word.length - least + 1 }, (_each, i) => least + i)
    return lengths.map((length) => word.slice(0, length).toUpperCase()).join('|')
  }
  return pattern.replace(/[A-Za-z]+/g, forms)
}

/** `MEAS:INS AH,STATE?` asks behind its parameters (manual, 5.3.5, 5.6.10); the tree wants the mark at the header. */
export const questionFirst = (line: string): string =>
  line.replace(/^([^\s?;]+)(\s+[^?;]*)\?\s*$/, (_all, header: string, rest: string) => `${header}?${rest}`)
