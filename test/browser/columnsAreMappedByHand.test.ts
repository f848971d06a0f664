import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sidewaysOverflow, useBrowser } from '../support/browser.ts'
import { root, serveCli, temporaryFolder, type Served } from '../support/cli.ts'
import { smoothCurve } from '../support/curves.ts'

const shots = join(root, 'test-results', 'screenshots')
const browser = useBrowser()
const folder = temporaryFolder()
const file = join(folder, 'tracer.txt')
let served: Served

const comma = (value: number): string => String(value).replace('.', ',')
const { voltageV, currentA } = smoothCurve()
const rows = voltageV.map(
  (voltage, i) => `${i};${comma(voltage)};${comma(Number(((currentA[i] ?? 0) * 1000).toFixed(2)))};25,5`,
)

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  writeFileSync(file, ['Tracer 5', 'No.;a;b;c', ...rows].join('\r\n'))
  served = await serveCli('serve', '--port', '0', '--data', join(folder, 'data'))
})
afterAll(() => served.end('SIGTERM'))

async function look(page: Page, name: string): Promise<void> {
  const panel = page.getByRole('region', { name: 'Columns of the file' })
  await panel.screenshot({ path: join(shots, `${name}.png`) })
  await expect
    .poll(() => sidewaysOverflow(page), { message: `${name} is wider than the screen` })
    .toBeLessThanOrEqual(0)
}

const openFile = async (page: Page): Promise<void> => {
  await page.goto(`${served.address}#/import`)
  await page.getByLabel('Curve file').setInputFiles(file)
}

describe.each([
  { device: 'desktop', width: 1440, height: 900 },
  { device: 'phone', width: 390, height: 844 },
])('at a $device', ({ device, width, height }) => {
  it('a file whose header says nothing is mapped, saved as a profile, and imported', async () => {
    const page = await browser.open({ width, height })
    await openFile(page)
    await page.getByLabel('How it is read').selectOption({ label: 'Say what the columns are …' })
    await page.getByRole('table', { name: 'First lines of the file' }).waitFor()
    for (const [label, value] of Object.entries({
      'Between the columns': ';',
      'Decimal sign': ',',
      'Lines to skip': '2',
    }))
      await expect.poll(() => page.getByLabel(label).inputValue()).toBe(value)
    await page.getByText('say which columns are voltage and current').first().waitFor()
    await look(page, `${device}-import-1-unmapped`)
    await page.getByLabel('Column 2', { exact: true }).selectOption({ label: 'Voltage' })
    await page.getByLabel('Column 3', { exact: true }).selectOption({ label: 'Current' })
    await page.getByLabel('Unit of column 3').selectOption({ label: 'mA' })
    await page.getByLabel('Column 4', { exact: true }).selectOption({ label: 'Temperature' })
    await page.getByText(/This file gives 1 curve, 60 points; up to 21.65 V and 5 A/).waitFor()
    await page.getByLabel('Name of this profile').fill(`Tracer 5 ${device}`)
    await look(page, `${device}-import-2-mapped`)
    await page.getByRole('button', { name: 'Save profile' }).click()
    await page.getByRole('button', { name: 'Remove profile' }).waitFor()

    await page.reload()
    await page.getByLabel('Curve file').setInputFiles(file)
    await page.getByLabel('How it is read').selectOption({ label: `Profile: Tracer 5 ${device}` })
    await page.getByText(/This file gives 1 curve/).waitFor()
    await page.getByLabel('Lines to skip').fill('1')
    await page.getByText(/line 2, column 2 \(voltage\): “a” is not a number/).waitFor()
    await look(page, `${device}-import-3-refused`)
    await page.getByLabel('Lines to skip').fill('2')
    await page
      .getByRole('textbox', { name: /Module/ })
      .first()
      .fill('M-1')
    await page.getByRole('textbox', { name: 'Operator' }).fill('A. Tester')
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByText('IMPORTED').first().waitFor()
    expect(browser.errors).toEqual([])
  })
})
