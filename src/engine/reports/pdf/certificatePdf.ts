import { StationError } from '../../../contract/errors.ts'
import type { ReportLane, ReportModel } from '../../../contract/report.ts'
import { formatUtc } from '../model/format.ts'
import { verdictWords } from '../model/verdict.ts'
import { colours, verdictColours } from './colours.ts'
import { drawFurniture } from './furniture.ts'
import { createSheet, contentWidth, pageSize, upward } from './sheet.ts'
import type { Sheet, TextStyle } from './sheet.ts'

/** Draws lines of text one below the other in the middle of the page. */
const centred = (sheet: Sheet, text: string, style: TextStyle): void => {
  const face = style.face ?? sheet.faces.regular
  const width = contentWidth - 60
  for (const line of sheet.wrap(text, { ...style, width })) {
    sheet.skip(style.size * 1.3)
    const x = (pageSize.width - face.widthOf(line, style.size)) / 2
    sheet.line(line, { ...style, x, y: sheet.y() })
  }
}

const itemOf = ({ module }: ReportModel): string =>
  [module.maker, module.model].filter((part) => part !== '').join(' ') || 'maker and model not recorded'

/** Results in two columns around the middle: label left, value with uncertainty right. */
const drawResults = (sheet: Sheet, model: ReportModel, scale: number): void => {
  const { regular, bold } = sheet.faces
  const size = 10.5 * scale
  const left = pageSize.left + 110
  const width = contentWidth - 220
  for (const line of model.headline) {
    const value = `${line.value.text} ${line.value.number === null ? '' : line.unit}`.trim()
    const uncertainty = line.uncertainty === null ? [] : sheet.wrap(line.uncertainty.text, { size: size * 0.8, width })
    sheet.skip(size * 1.55)
    sheet.line(regular.printable(line.label), { x: left, y: sheet.y(), size, colour: colours.soft })
    const texts = sheet.wrap(value, { size, face: bold, width: width * 0.7 })
    texts.forEach((text, k) => {
      if (k > 0) sheet.skip(size * 1.2)
      sheet.line(text, { x: left + width - bold.widthOf(text, size), y: sheet.y(), size, face: bold })
    })
    for (const text of uncertainty) {
      sheet.skip(size * 1.1)
      const x = left + width - regular.widthOf(text, size * 0.8)
      sheet.line(text, { x, y: sheet.y(), size: size * 0.8, colour: colours.soft })
    }
    sheet.rule({ x: left, y: sheet.y() + size * 0.45, width })
  }
}

const signatureText = ({ signature, mark }: ReportModel): string =>
  mark !== null
    ? `${mark}${signature ? '' : ', DRAFT'}: not a live measurement of this station. Not valid as a certificate.`
    : signature
      ? `Authorised by ${signature.name} (${signature.meaning}), ${formatUtc(signature.signedUtcMs)}`
      : 'DRAFT: not signed and not authorised. Not valid as a certificate.'

const drawBody = (sheet: Sheet, model: ReportModel, scale: number): void => {
  const { bold } = sheet.faces
  const gap = (points: number): void => sheet.skip(points * 1.6 * scale)
  const soft = colours.soft
  gap(26)
  centred(sheet, 'Certificate of conformity', { size: 25 * scale, face: bold })
  gap(4)
  centred(sheet, `${model.protocol.id}, ${model.protocol.title}`, { size: 12 * scale, colour: soft })
  gap(22)
  centred(sheet, 'The module', { size: 10 * scale, colour: soft })
  centred(sheet, model.module.id, { size: 17 * scale, face: bold })
  centred(sheet, itemOf(model), { size: 11 * scale })
  gap(12)
  centred(sheet, verdictWords[model.verdict.value], {
    size: 27 * scale,
    face: bold,
    colour: verdictColours[model.verdict.value],
  })
  gap(2)
  centred(sheet, model.verdict.sentence, { size: 9.5 * scale })
  gap(10)
  drawResults(sheet, model, scale)
  gap(22)
  centred(sheet, `Decision rule: ${model.verdict.decisionRule}`, { size: 8 * scale, colour: soft })
  gap(8)
  const { name, address } = model.laboratory
  centred(sheet, `Tested by ${[name, address].filter((text) => text !== '').join(', ')}`, { size: 9 * scale })
  centred(
    sheet,
    `Details, conditions and instruments: report ${model.number}, issued ${formatUtc(model.issuedUtcMs)}`,
    {
      size: 9 * scale,
    },
  )
  centred(sheet, 'The results relate only to the item tested.', { size: 9 * scale })
  gap(12)
  const colour = model.signature && model.mark === null ? colours.ink : colours.warning
  centred(sheet, signatureText(model), { size: 11 * scale, face: bold, colour })
  gap(8)
  centred(sheet, `Data seal SHA-256 ${model.dataSha256}`, { size: 7 * scale, colour: soft })
}

const drawBorder = (sheet: Sheet): void => {
  const [x, y] = [pageSize.left, pageSize.height - 58]
  sheet.page().drawRectangle({
    x,
    y: upward(y),
    width: contentWidth,
    height: y - 62,
    borderColor: colours.accent,
    borderWidth: 1.2,
  })
}

/** The papers of one module of several: its own results and verdict. */
export const modelOfLane = (model: ReportModel, lane: ReportLane): ReportModel => ({
  ...model,
  lanes: [lane],
  module: lane.module,
  verdict: { ...model.verdict, value: lane.verdict, sentence: lane.sentence, reasons: lane.reasons },
  headline: lane.headline,
})

/**
 * One page that says that the module passed, with the mark across it when the data aren't live, and DRAFT until signed.
 * @throws StationError report.notPassed for every other verdict
 */
export const renderCertificatePdf = async (model: ReportModel): Promise<Uint8Array> => {
  if (model.verdict.value !== 'pass')
    throw new StationError('report.notPassed', { id: model.number, verdict: verdictWords[model.verdict.value] })
  // Smaller type until everything is on the one page; the last size holds texts of the greatest permitted length.
  for (const scale of [1, 0.9, 0.8, 0.7, 0.55, 0.4]) {
    const sheet = await createSheet(model, 'Certificate')
    drawBorder(sheet)
    drawBody(sheet, model, scale)
    if (sheet.y() > pageSize.height - 68 && scale > 0.4) continue
    drawFurniture(sheet, model)
    return sheet.document.save({ useObjectStreams: false, updateFieldAppearances: false })
  }
  throw new StationError('report.notPassed', { id: model.number, verdict: verdictWords[model.verdict.value] })
}
