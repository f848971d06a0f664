import type { Typeface } from './typeface.ts'

/** Pieces of a word that fit the width: only for words longer than a line, such as hashes and links. */
const breakWord = (word: string, fits: (text: string) => boolean): string[] => {
  const pieces: string[] = []
  let piece = ''
  for (const char of word) {
    if (piece !== '' && !fits(piece + char)) {
      pieces.push(piece)
      piece = ''
    }
    piece += char
  }
  return piece === '' ? pieces : [...pieces, piece]
}

const unit = /^(?:%|°C|K|h|min|s|V|A|W|C|Vh|µA|mA|kWh\/m²|W\/m²|Ω|MΩ)[.,;:)]*$/

/** A number and its unit are not parted, unless together they are longer than a line. */
function wordsOf(text: string, fits: (text: string) => boolean): string[] {
  const words: string[] = []
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const before = words.at(-1)
    const both = `${before} ${word}`
    if (before !== undefined && /[0-9]$/.test(before) && unit.test(word) && fits(both)) words[words.length - 1] = both
    else words.push(word)
  }
  return words
}

/** Lines of a text within a width in points; at least one line. Unprintable characters are already replaced. */
export const wrapText = (text: string, face: Typeface, { size, width }: { size: number; width: number }): string[] => {
  const fits = (line: string): boolean => face.widthOf(line, size) <= width + 0.01
  const lines: string[] = []
  let line = ''
  for (const word of wordsOf(text, fits)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (fits(longer)) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = breakWord(word, fits)
    lines.push(...pieces.slice(0, -1))
    line = pieces.at(-1) ?? ''
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return lines
}
