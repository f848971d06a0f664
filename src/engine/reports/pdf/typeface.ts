import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import fontkit from '@pdf-lib/fontkit'
import type { PDFDocument, PDFFont } from 'pdf-lib'

/**
 * A font of a document with measured characters. Ligatures and kerning are off: then the width of a text is the sum of
 * its characters, and text taken out of the PDF has the letters that were put in.
 */
export interface Typeface {
  font: PDFFont
  /** Width in points. */
  widthOf(text: string, size: number): number
  /** The text with what the font lacks as `‹U+4E2D›`: nothing that was typed is lost, or drawn as an empty box. */
  printable(text: string): string
}

export interface Typefaces {
  regular: Typeface
  bold: Typeface
}

const createTypeface = (font: PDFFont): Typeface => {
  const known = new Set(font.getCharacterSet())
  const widths = new Map<string, number>()
  const widthOfChar = (char: string): number => {
    const found = widths.get(char) ?? font.widthOfTextAtSize(char, 1)
    widths.set(char, found)
    return found
  }
  const printableChar = (char: string): string => {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return ' '
    return known.has(code) ? char : `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
  }
  return {
    font,
    widthOf: (text, size) => {
      let width = 0
      for (const char of text) width += widthOfChar(char)
      return width * size
    },
    printable: (text) => Array.from(text.normalize('NFC'), printableChar).join(''),
  }
}

// Not called “require”: the bundler puts a name like that into the built file itself.
const packages = createRequire(import.meta.url)

/** The only font of the station’s papers: DejaVu Sans Condensed, which has Latin, Greek, Cyrillic and the signs of mathematics. */
const fileOf = (name: string): Promise<Uint8Array> => readFile(packages.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))

/** Embeds the two fonts as subsets: only the characters that are used. */
export const embedTypefaces = async (document: PDFDocument): Promise<Typefaces> => {
  document.registerFontkit(fontkit)
  const options = { subset: true, features: { liga: false, kern: false, ccmp: false, clig: false } }
  const regular = await document.embedFont(await fileOf('DejaVuSansCondensed'), {
    ...options,
    customName: 'PVTPAA+DejaVuSansCondensed',
  })
  const bold = await document.embedFont(await fileOf('DejaVuSansCondensed-Bold'), {
    ...options,
    customName: 'PVTPAB+DejaVuSansCondensed-Bold',
  })
  return { regular: createTypeface(regular), bold: createTypeface(bold) }
}
