import { PDFDocument, degrees } from 'pdf-lib'
import type { PDFPage, RGB } from 'pdf-lib'
import { assert } from '../../../base/assert.ts'
import type { ReportModel } from '../../../contract/report.ts'
import { colours } from './colours.ts'
import { embedTypefaces } from './typeface.ts'
import type { Typeface, Typefaces } from './typeface.ts'
import { wrapText } from './wrap.ts'

/** A4 in points, with the margins inside which content flows. */
export const pageSize = { width: 595.28, height: 841.89, left: 42, right: 42, top: 74, bottom: 58 } as const
export const contentWidth = pageSize.width - pageSize.left - pageSize.right

export interface TextStyle {
  size: number
  face?: Typeface
  colour?: RGB
}

/**
 * Where content flows: a page, and how far down it is filled. `y` runs downwards from the top edge, in points, because
 * that is how one reads; only this file turns it into PDF’s upward coordinates.
 */
export interface Sheet {
  readonly document: PDFDocument
  readonly faces: Typefaces
  readonly page: () => PDFPage
  readonly y: () => number
  /** Moves down. */
  skip(points: number): void
  /** Begins a new page unless so many points are left on this one. True when it did. */
  ensure(points: number): boolean
  /** One line with its baseline at `y`. */
  line(text: string, at: { x: number; y: number } & TextStyle): void
  box(at: { x: number; y: number; width: number; height: number; colour: RGB }): void
  rule(at: { x: number; y: number; width: number; colour?: RGB; thickness?: number }): void
  /** Lines that fit the width, of text made printable. */
  wrap(text: string, style: TextStyle & { width: number }): string[]
}

/** PDF’s y of a distance from the top edge. */
export const upward = (y: number): number => pageSize.height - y

const createDocument = async (model: ReportModel, title: string): Promise<PDFDocument> => {
  const document = await PDFDocument.create({ updateMetadata: false })
  const issued = new Date(model.issuedUtcMs)
  document.setTitle(`${title} ${model.number}`)
  document.setSubject(model.mark === null ? model.title : `${model.title} (${model.mark})`)
  document.setAuthor(model.laboratory.name)
  document.setCreator(`PVTP Station ${model.softwareVersion}`)
  document.setProducer('pdf-lib')
  document.setCreationDate(issued)
  document.setModificationDate(issued)
  document.setLanguage('en')
  return document
}

/** An empty document with one page. The same model gives the same bytes: dates come from it, nothing is random. */
export const createSheet = async (model: ReportModel, title: string): Promise<Sheet> => {
  const document = await createDocument(model, title)
  const faces = await embedTypefaces(document)
  const addPage = (): PDFPage => document.addPage([pageSize.width, pageSize.height])
  const now = { page: addPage(), y: pageSize.top as number }
  const lowest = pageSize.height - pageSize.bottom
  return {
    document,
    faces,
    page: () => now.page,
    y: () => now.y,
    skip: (points) => void (now.y += points),
    ensure: (points) => {
      assert(points <= lowest - pageSize.top, `${points} points never fit a page`)
      if (now.y + points <= lowest) return false
      now.page = addPage()
      now.y = pageSize.top
      return true
    },
    line: (text, { x, y, size, face = faces.regular, colour = colours.ink }) => {
      if (text !== '') now.page.drawText(text, { x, y: upward(y), size, font: face.font, color: colour })
    },
    box: ({ x, y, width, height, colour }) =>
      now.page.drawRectangle({ x, y: upward(y + height), width, height, color: colour }),
    rule: ({ x, y, width, colour = colours.line, thickness = 0.5 }) =>
      now.page.drawLine({
        start: { x, y: upward(y) },
        end: { x: x + width, y: upward(y) },
        thickness,
        color: colour,
      }),
    wrap: (text, { size, face = faces.regular, width }) => wrapText(face.printable(text), face, { size, width }),
  }
}

/** Prints the mark across the middle of a page, over its content, so that it can’t be cut away. */
export const drawMark = (page: PDFPage, faces: Typefaces, mark: string): void => {
  const face = faces.bold
  const slope = Math.atan2(pageSize.height, pageSize.width)
  const size = Math.min(110, 690 / face.widthOf(mark, 1))
  const along = face.widthOf(mark, size) / 2
  const across = size * 0.36
  page.drawText(mark, {
    x: pageSize.width / 2 - along * Math.cos(slope) + across * Math.sin(slope),
    y: pageSize.height / 2 - along * Math.sin(slope) - across * Math.cos(slope),
    size,
    font: face.font,
    color: colours.warning,
    opacity: 0.13,
    rotate: degrees((slope * 180) / Math.PI),
  })
}
