import { unreachable } from '../../../base/assert.ts'
import type { ReportModel, ReportSection } from '../../../contract/report.ts'
import { drawHeading, drawKeyValues, drawParagraph, drawText } from './blocks.ts'
import { drawChart, drawCharts } from './chart.ts'
import { colours } from './colours.ts'
import { drawFurniture } from './furniture.ts'
import { contentWidth, createSheet, pageSize } from './sheet.ts'
import type { Sheet } from './sheet.ts'
import { drawTable } from './table.ts'
import { drawHeadline, drawVerdict } from './verdictBlock.ts'

const drawSection = (sheet: Sheet, section: ReportSection): void => {
  switch (section.kind) {
    case 'keyValues':
      return drawKeyValues(sheet, section)
    case 'table':
      return drawTable(sheet, section)
    case 'chart':
      return drawChart(sheet, section)
    case 'charts':
      return drawCharts(sheet, section)
    case 'text':
      return drawText(sheet, section)
    default:
      return unreachable(section)
  }
}

/** The module with its type, or all modules by lane and id. */
const itemsOf = ({ module, lanes = [] }: ReportModel): string => {
  if (lanes.length > 1) return `Modules ${lanes.map((lane) => `${lane.id} ${lane.module.id}`).join(', ')}`
  const item = [module.maker, module.model].filter((part) => part !== '').join(' ')
  return `Module ${module.id}${item === '' ? '' : ` · ${item}`}`
}

const drawTitle = (sheet: Sheet, model: ReportModel): void => {
  const { bold } = sheet.faces
  for (const line of sheet.wrap(model.title, { size: 19, face: bold, width: contentWidth })) {
    sheet.skip(20)
    sheet.line(line, { x: pageSize.left, y: sheet.y(), size: 19, face: bold })
    sheet.skip(4)
  }
  const { protocol } = model
  const what = `${itemsOf(model)} · ${protocol.id} ${protocol.title}`
  drawParagraph(sheet, what, { size: 9.5, colour: colours.soft })
  sheet.skip(8)
}

const drawSignature = (sheet: Sheet, model: ReportModel): void => {
  drawHeading(sheet, 'Authorisation', 40)
  const { signature } = model
  const text = signature
    ? `Authorised by ${signature.name} (${signature.meaning}) on ${new Date(signature.signedUtcMs).toISOString().slice(0, 19).replace('T', ' ')} UTC.`
    : 'DRAFT: this report is not signed and not authorised.'
  drawParagraph(sheet, text, { size: 9, face: sheet.faces.bold })
  sheet.skip(10)
  drawParagraph(sheet, `End of report ${model.number}`, { size: 8, colour: colours.soft })
}

/**
 * The report as an A4 PDF. The same model gives the same bytes.
 * @returns a PDF without object streams, so that a signature can be added to it
 */
export const renderReportPdf = async (model: ReportModel): Promise<Uint8Array> => {
  const sheet = await createSheet(model, 'Test report')
  drawTitle(sheet, model)
  drawVerdict(sheet, model)
  if (model.headline.length > 0) {
    drawHeading(sheet, 'Results', 60)
    drawHeadline(sheet, model)
  }
  for (const section of model.sections) drawSection(sheet, section)
  drawSignature(sheet, model)
  drawFurniture(sheet, model)
  return sheet.document.save({ useObjectStreams: false, updateFieldAppearances: false })
}
