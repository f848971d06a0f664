import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sidewaysOverflow, useBrowser } from '../support/browser.ts'
import { root, serveCli, temporaryFolder, type Served } from '../support/cli.ts'

const shots = join(root, 'test-results', 'screenshots')
const browser = useBrowser()
const data = join(temporaryFolder(), 'data')
const serve = (): Promise<Served> => serveCli('serve', '--simulate', '--port', '0', '--data', data)
let served: Served

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  served = await serve()
})
afterAll(() => served.end('SIGTERM'))

async function look(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
  await expect
    .poll(() => sidewaysOverflow(page), { message: `${name} is wider than the screen` })
    .toBeLessThanOrEqual(0)
}

/** Two modules, the second one typed as a scanner types; a person decides after any outage. */
async function configure(page: Page): Promise<void> {
  await page.goto(served.address)
  await page.getByRole('radio', { name: /PVTP-017/ }).check()
  await page.getByRole('button', { name: 'Use the simulated module' }).click()
  await page.getByRole('textbox', { name: 'Operator' }).fill('A. Tester')
  await page.getByRole('button', { name: 'Configure' }).click()
  await page.getByRole('button', { name: 'Add a module' }).click()
  const second = page.getByRole('textbox', { name: 'Module id, lane B' })
  await second.fill('SIM-0001')
  await page.getByText('This is the module of lane A.').waitFor()
  await second.fill('SIM-0002')
  await page.getByRole('textbox', { name: /Longest outage after which/ }).fill('0')
}

async function answerInspection(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'I looked at all: nothing found' }).click()
  await page.getByRole('button', { name: 'Send answer' }).click()
  await page.getByRole('button', { name: 'Confirm' }).click()
}

describe('a test of several modules', () => {
  it('is put together, paused, loses a module, and is decided about after the station was killed', async () => {
    const page = await browser.open({ width: 1440, height: 900 })
    await configure(page)
    await look(page, 'lanes-1-configure')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByRole('button', { name: 'Start test' }).click()
    await page.getByRole('list', { name: 'Findings' }).waitFor()
    await look(page, 'lanes-2-inspection')
    await answerInspection(page)

    await page.getByText('The chamber holds its conditions; no time is credited').waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Paused: paused by A. Tester').waitFor()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('button', { name: 'Take out lane B' }).click()
    await page.keyboard.type('broken glass')
    await page.keyboard.press('Enter')
    await page.getByText('Taken out', { exact: true }).waitFor()
    await page.getByRole('img', { name: /°C over time/ }).waitFor()
    await look(page, 'lanes-3-live')

    await served.end('SIGKILL')
    served = await serve()
    await page.goto(served.address)
    await page.getByRole('link', { name: 'See what can be done' }).click()
    await page.getByRole('radio', { name: 'Give the test up' }).check()
    await look(page, 'lanes-4-recovery')
    await page.getByRole('textbox', { name: /Why/ }).fill('only a rehearsal')
    await page.keyboard.press('Enter')
    await page.getByText('Closed').first().waitFor()
    await page.close()
  })
})
