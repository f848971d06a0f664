import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sidewaysOverflow, useBrowser } from '../support/browser.ts'
import { root, serveCli, temporaryFolder, type Served } from '../support/cli.ts'

const shots = join(root, 'test-results', 'screenshots')
const browser = useBrowser()
const folder = temporaryFolder()
let served: Served

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  served = await serveCli('serve', '--simulate', '--port', '0', '--data', join(folder, 'data'))
})
afterAll(() => served.end('SIGTERM'))

/** Of PVTP-001, in the words of its report. */
const methodState =
  'State of the method: approved by the maker of this software; nobody at this laboratory has approved it'

async function look(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
  await expect
    .poll(() => sidewaysOverflow(page), { message: `${name} is wider than the screen` })
    .toBeLessThanOrEqual(0)
}

async function chooseModule(page: Page): Promise<void> {
  await page.goto(served.address)
  await page.getByRole('radio', { name: /PVTP-001/ }).check()
  await page.getByRole('button', { name: 'Use the simulated module' }).click()
  await page.getByRole('textbox', { name: 'Operator' }).fill('A. Tester')
}

async function startRun(page: Page): Promise<void> {
  await chooseModule(page)
  await page.getByRole('button', { name: 'Configure' }).click()
  await page.getByRole('textbox', { name: 'Temperature has to be steady for' }).fill('1')
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('button', { name: 'Start test' }).click()
}

describe.each([
  { device: 'desktop', width: 1440, height: 900 },
  { device: 'phone', width: 390, height: 844 },
])('an operator at a $device', ({ device, width, height }) => {
  it('chooses, configures, checks, runs, reads the verdict, signs and fetches the report', async () => {
    const page = await browser.open({ width, height })
    await chooseModule(page)
    await look(page, `${device}-1-choose`)
    await page.getByRole('button', { name: 'Configure' }).click()
    await page.getByRole('textbox', { name: 'Temperature has to be steady for' }).fill('1')
    await page.getByRole('textbox', { name: 'Points in a sweep' }).fill('80')
    await look(page, `${device}-2-configure`)
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByRole('list', { name: 'Pre-flight checks' }).waitFor()
    await look(page, `${device}-3-preflight`)
    await page.getByRole('button', { name: 'Start test' }).click()
    await page.getByRole('button', { name: 'Confirm' }).waitFor()
    await look(page, `${device}-4-prompt`)
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('img', { name: /[2-9] sweeps/ }).waitFor()
    await page.getByText(methodState).waitFor()
    await look(page, `${device}-5-live`)

    await page.getByRole('region', { name: 'Results' }).waitFor({ timeout: 180_000 })
    await page.getByRole('heading', { name: /pass/i }).first().waitFor()
    await page.getByText(methodState).waitFor()
    await look(page, `${device}-6-result`)
    expect(await page.getByText('SIMULATED').count()).toBeGreaterThan(0)

    await page.getByLabel('Name', { exact: true }).fill('R. Viewer')
    await page.getByRole('button', { name: 'Sign' }).click()
    await page.getByRole('link', { name: 'Report', exact: true }).click()
    await page.getByRole('article', { name: 'Report preview' }).waitFor()
    const link = page.getByRole('link', { name: 'PDF report' })
    await link.waitFor()
    await look(page, `${device}-7-report`)
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    const bytes = readFileSync(await download.path())
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
    await page.close()
  })
})

describe('the stop button', () => {
  it('stops a run from another page, and shows that the output was read back as off', async () => {
    const page = await browser.open({ width: 1440, height: 900 })
    await startRun(page)
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('img', { name: /\d sweeps?/ }).waitFor()
    await page.getByRole('link', { name: 'Instruments' }).click()
    await page.getByRole('button', { name: /^Stop/ }).click()
    await page
      .getByText(/read back as off/)
      .first()
      .waitFor()
    await look(page, 'desktop-8-stopped')
    await page.close()
  })
})

it('showed no error in the browser’s console', () => {
  expect(browser.errors).toEqual([])
})
