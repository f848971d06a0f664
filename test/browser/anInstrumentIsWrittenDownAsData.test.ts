import { mkdirSync } from 'node:fs'
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
  served = await serveCli('serve', '--port', '0', '--data', join(folder, 'data'))
})
afterAll(() => served.end('SIGTERM'))

async function look(page: Page, name: string): Promise<void> {
  await page.getByRole('region', { name: 'Add an instrument' }).screenshot({ path: join(shots, `${name}.png`) })
  await expect
    .poll(() => sidewaysOverflow(page), { message: `${name} is wider than the screen` })
    .toBeLessThanOrEqual(0)
}

const add = async (page: Page, driver: string): Promise<void> => {
  await page.getByRole('button', { name: 'Add instrument' }).click()
  await page.getByLabel('Driver').selectOption(driver)
}

describe.each([
  { device: 'desktop', width: 1440, height: 900 },
  { device: 'phone', width: 390, height: 844 },
])('at a $device', ({ device, width, height }) => {
  it('an instrument is added as data, and refused with the place of what is wrong', async () => {
    const page = await browser.open({ width, height })
    await page.goto(`${served.address}#/instruments`)
    await add(page, 'generic-modbus')
    await page.getByLabel('Name', { exact: true }).fill(`Pt100 ${device}`)
    await page.getByRole('button', { name: 'Start from the example' }).click()
    const definition = page.getByLabel('Definition (JSON)')
    const text = await definition.inputValue()
    await definition.fill(text.replace('"title"', 'title'))
    await page.getByText('This is not valid JSON').waitFor()
    await definition.fill(text.replace('"scale": 0.1', '"scale": 0'))
    await page.getByRole('button', { name: 'Save instrument' }).click()
    await page.getByText('definition.channels.0.scale: a scale of 0 loses the value').waitFor()
    await look(page, `${device}-instrument-1-refused`)
    await definition.fill(text)
    await page.getByRole('button', { name: 'Save instrument' }).click()
    await page.getByText(`Pt100 ${device}`).first().waitFor()
    await add(page, 'pid-station')
    await expect.poll(() => page.getByLabel('Link').inputValue()).toBe('parts:')
    await page.getByText('Leakage meters, in the order of the lanes (1 to 16)').waitFor()
    await page.getByText('The station has no HvSource yet').waitFor()
    await look(page, `${device}-instrument-2-parts`)
    expect(browser.errors).toEqual([])
  })
})
