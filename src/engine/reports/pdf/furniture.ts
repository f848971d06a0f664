import type { PDFPage, RGB } from 'pdf-lib'
import type { ReportModel } from '../../../contract/report.ts'
import { colours } from './colours.ts'
import { contentWidth, drawMark, pageSize, upward } from './sheet.ts'
import type { Sheet } from './sheet.ts'
import type { Typeface } from './typeface.ts'

interface Print {
  page: PDFPage
  sheet: Sheet
}

const put = ({ page }: Print, text: string, at: { x: number; y: number; size: number; face: Typeface; colour: RGB }) =>
  page.drawText(text, { x: at.x, y: upward(at.y), size: at.size, font: at.face.font, color: at.colour })

const hairline = ({ page }: Print, y: number): void =>
  page.drawLine({
    start: { x: pageSize.left, y: upward(y) },
    end: { x: pageSize.width - pageSize.right, y: upward(y) },
    thickness: 0.6,
    color: colours.line,
  })

/** A filled label; gives the x at which it begins. */
const chip = (print: Print, text: string, at: { right: number; y: number; colour: RGB }): number => {
  const face = print.sheet.faces.bold
  const width = face.widthOf(text, 7) + 10
  const x = at.right - width
  print.page.drawRectangle({ x, y: upward(at.y + 3.6), width, height: 12, color: at.colour })
  put(print, text, { x: x + 5, y: at.y, size: 7, face, colour: colours.white })
  return x
}

const cut = (text: string, face: Typeface, { size, width }: { size: number; width: number }): string => {
  if (face.widthOf(text, size) <= width) return text
  let short = text
  while (short !== '' && face.widthOf(`${short}…`, size) > width) short = short.slice(0, -1)
  return `${short.trimEnd()}…`
}

const header = (print: Print, model: ReportModel): void => {
  const { regular, bold } = print.sheet.faces
  const number = regular.printable(`Report ${model.number}`)
  const numberX = pageSize.width - pageSize.right - regular.widthOf(number, 8.5)
  put(print, number, { x: numberX, y: 42, size: 8.5, face: regular, colour: colours.ink })
  let edge = numberX - 10
  if (model.mark !== null) edge = chip(print, model.mark, { right: edge, y: 42, colour: colours.warning }) - 5
  if (model.draft) edge = chip(print, 'DRAFT, not signed', { right: edge, y: 42, colour: colours.soft }) - 5
  const room = { size: 8.5, width: edge - pageSize.left - 8 }
  const laboratory = cut(bold.printable(model.laboratory.name), bold, room)
  put(print, laboratory, { x: pageSize.left, y: 42, size: 8.5, face: bold, colour: colours.ink })
  hairline(print, 52)
}

const footer = (print: Print, model: ReportModel, position: string): void => {
  const { regular } = print.sheet.faces
  const y = pageSize.height - 34
  hairline(print, y - 12)
  const right = pageSize.width - pageSize.right
  const { lanes = [], virtualTime = false } = model
  const item = lanes.length > 1 ? `${lanes.length} modules` : `Module ${model.module.id}`
  const times = virtualTime ? 'times in UTC of a virtual clock' : 'times in UTC'
  const what = `${item} · ${model.protocol.id} version ${model.protocol.version} · PVTP Station ${model.softwareVersion} · ${times}`
  const style = { size: 7.5, face: regular, colour: colours.soft }
  put(print, cut(regular.printable(what), regular, { size: 7.5, width: contentWidth - 70 }), {
    x: pageSize.left,
    y,
    ...style,
  })
  put(print, position, { x: right - regular.widthOf(position, 7.5), y, ...style })
}

/** Header, footer with “page n of m”, and the mark on every page; called when all pages are there. */
export const drawFurniture = (sheet: Sheet, model: ReportModel): void => {
  const pages = sheet.document.getPages()
  for (const [k, page] of pages.entries()) {
    const print = { page, sheet }
    header(print, model)
    footer(print, model, `page ${k + 1} of ${pages.length}`)
    if (model.mark !== null) drawMark(page, sheet.faces, model.mark)
  }
}
