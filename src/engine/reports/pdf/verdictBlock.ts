import type { ReportModel } from '../../../contract/report.ts'
import { verdictTitle } from '../model/verdict.ts'
import { drawParagraph } from './blocks.ts'
import { colours, verdictColours } from './colours.ts'
import { pageSize, contentWidth } from './sheet.ts'
import type { Sheet } from './sheet.ts'
import { drawTableBody } from './table.ts'

/** The verdict in large print with its sentence; then the reasons and the decision rule. */
export const drawVerdict = (sheet: Sheet, model: ReportModel): void => {
  const { verdict } = model
  const { bold } = sheet.faces
  const word = verdictTitle(verdict)
  const textX = pageSize.left + bold.widthOf(word, 19) + 34
  const width = pageSize.left + contentWidth - textX - 12
  const lines = sheet.wrap(verdict.sentence, { size: 8.6, width })
  const height = Math.max(42, lines.length * 11.4 + 18)
  sheet.ensure(height + 40)
  const top = sheet.y()
  sheet.box({ x: pageSize.left, y: top, width: contentWidth, height, colour: colours.band })
  sheet.box({ x: pageSize.left, y: top, width: 5, height, colour: verdictColours[verdict.value] })
  const colour = verdictColours[verdict.value]
  sheet.line(word, { x: pageSize.left + 17, y: top + height / 2 + 7, size: 19, face: bold, colour })
  const first = top + (height - lines.length * 11.4) / 2 + 8.6
  lines.forEach((text, k) => sheet.line(text, { x: textX, y: first + k * 11.4, size: 8.6 }))
  sheet.skip(height + 5)
  // A pass needs no reason: its sentence says that the criteria are met.
  const unexplained = verdict.reasons.length === 0 && verdict.value !== 'pass'
  for (const reason of unexplained ? ['No reason was recorded.'] : verdict.reasons)
    drawParagraph(sheet, `• ${reason}`, { size: 8.4 })
  sheet.skip(2)
  drawParagraph(sheet, `Decision rule: ${verdict.decisionRule}`, { size: 7.8, colour: colours.soft })
}

/** The results with their expanded uncertainty, as a table. */
export const drawHeadline = (sheet: Sheet, model: ReportModel): void => {
  const column = (label: string, align: 'left' | 'right') => ({ label, unit: '', align })
  drawTableBody(sheet, {
    kind: 'table',
    title: '',
    columns: [
      column('Result', 'left'),
      column('Value', 'right'),
      column('Unit', 'left'),
      column('Expanded uncertainty', 'left'),
    ],
    rows: model.headline.map((line) => [
      { text: line.label },
      line.value,
      { text: line.unit },
      line.uncertainty ?? { text: 'not stated for this result' },
    ]),
  })
}
