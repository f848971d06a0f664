import { expect, it } from 'vitest'
import { fileHref, fileTitle } from './files.ts'

it('gives the report its plain name and keeps the station’s title of everything else', () => {
  expect(fileTitle({ name: 'report.pdf', title: 'Report (PDF)' })).toBe('PDF report')
  expect(fileTitle({ name: 'curves.csv', title: 'Raw points (CSV)' })).toBe('Raw points (CSV)')
})

it('escapes names in addresses', () => {
  expect(fileHref('r', 'a b/c.csv')).toBe('/files/r/a%20b%2Fc.csv')
})
