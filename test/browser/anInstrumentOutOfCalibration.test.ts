import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { discoverParts } from '../../src/engine/discover.ts'
import { createRealClock } from '../../src/engine/realClock.ts'
import { serveSimulator } from '../../src/engine/serveSimulator.ts'
import { sidewaysOverflow, useBrowser } from '../support/browser.ts'
import { root, serveCli, temporaryFolder, type Served } from '../support/cli.ts'
import { openWindow, type Client } from '../support/window.ts'

const shots = join(root, 'test-results', 'screenshots')
const browser = useBrowser()
const folder = temporaryFolder()
const reason = 'compared with the reference cell this morning'
let served: Served
let client: Client
const closes: (() => unknown)[] = []

async function simulate(driver: string): Promise<string> {
  const simulator = (await discoverParts()).simulators.get(driver)!
  const wire = { host: '127.0.0.1', port: 0 }
  const simulated = await serveSimulator({ simulator, clock: createRealClock(), seed: 1, options: {}, wire })
  closes.push(() => simulated.close())
  return simulated.address.replace('tcp://', '')
}

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  served = await serveCli('serve', '--port', '0', '--data', join(folder, 'data'))
  const window = await openWindow(served.address)
  client = window.client
  closes.push(window.close)
  const none = { deviations: [], calibration: null }
  const [tracer, cell] = [await simulate('keithley-2460'), await simulate('imt-si-rs485')]
  const { save, calibrations } = client.instruments
  await save({ id: 'tracer', name: 'Tracer', driver: 'keithley-2460', link: `tcp://${tracer}`, ...none })
  await save({ id: 'cell', name: 'Cell', driver: 'imt-si-rs485', link: `modbus-rtu-over-tcp://${cell}`, ...none })
  const dates = { date: '2025-01-02', dueDate: '2025-01-03' }
  const entry = { kind: 'certificate', certificate: 'K-17', by: 'PTB', result: 'pass', note: '', ...dates } as const
  await calibrations.add({ id: 'cell', who: 'Ann', entry: { ...entry, documentSha256: null } })
})
afterAll(async () => {
  await served.end('SIGTERM')
  for (const close of closes) await close()
})

/** At the desk and on a telephone. */
async function look(page: Page, name: string): Promise<void> {
  for (const [device, width] of [
    ['desktop', 1440],
    ['phone', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: join(shots, `${device}-calibration-${name}.png`), fullPage: true })
    await expect
      .poll(() => sidewaysOverflow(page), { message: `${name} is wider than the ${device}` })
      .toBeLessThanOrEqual(0)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

async function setRule(page: Page, rule: string): Promise<void> {
  await page.getByRole('link', { name: 'Station' }).click()
  const form = page.getByRole('form', { name: 'Instruments out of calibration' })
  await form.getByLabel('A certificate or check has run out').selectOption(rule)
  await form.getByLabel('Your name').fill('Q. Manager')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Saved.').waitFor()
}

async function configure(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'New test' }).click()
  await page.getByRole('radio', { name: /PVTP-001/ }).check()
  await page.getByRole('textbox', { name: 'Module id' }).fill('M-1')
  await page.getByRole('textbox', { name: 'Operator' }).fill('A. Tester')
  await page.getByRole('button', { name: 'Configure' }).click()
  const values = { 'Sweep to': '22', 'Points in a sweep': '50', 'Current limit of the source': '4' }
  for (const [title, value] of Object.entries({ ...values, 'Temperature has to be steady for': '0' }))
    await page.getByRole('textbox', { name: title }).fill(value)
  await page.getByRole('button', { name: 'Check' }).click()
}

it('an expired calibration is refused, then passed over with a reason that the record keeps', async () => {
  const page = await browser.open({ width: 1440, height: 900 })
  await page.goto(served.address)
  await setRule(page, 'No test begins')
  await look(page, '1-rules')
  expect(await client.instruments.calibrations.policy()).toMatchObject({ expired: 'forbid' })

  await configure(page)
  const line = page.getByRole('listitem').filter({ hasText: 'Calibration of Cell' })
  await line.getByText('rules take no reason').waitFor()
  expect(await line.getByRole('textbox').count()).toBe(0)
  await expect.poll(() => page.getByRole('button', { name: 'Start test' }).isDisabled()).toBe(true)
  await look(page, '2-forbidden')

  await setRule(page, 'Only with a reason')
  await page.getByRole('textbox', { name: 'Your name' }).first().fill('A. Tester')
  await page.goto(`${served.address}#/test/preflight`)
  const why = line.getByRole('textbox', { name: 'Why it is used all the same' })
  await why.waitFor()
  await expect.poll(() => page.getByRole('button', { name: 'Start test' }).isDisabled()).toBe(true)
  await look(page, '3-refused')
  // With the keyboard alone.
  await why.focus()
  await page.keyboard.type('because')
  await page.keyboard.press('Enter')
  await line.getByText('ten letters').waitFor()
  await why.selectText()
  await page.keyboard.type(reason)
  await page.keyboard.press('Enter')
  await line.getByText(`used all the same: ${reason}`).waitFor()
  await look(page, '4-with-a-reason')
  await page.getByRole('button', { name: 'Start test' }).press('Enter')

  await page.getByRole('button', { name: 'Confirm' }).press('Enter')
  const used = page.getByRole('table', { name: 'Instruments used' })
  await used.getByText(`Used all the same by decision of A. Tester: ${reason}`).first().waitFor()
  await page.getByRole('link', { name: 'Report', exact: true }).click()
  const report = page.getByRole('article', { name: 'Report preview' })
  await report.getByText(`used all the same by decision of A. Tester: ${reason}`).first().waitFor()
  await look(page, '5-report')
  const [run] = (await client.station.snapshot()).runs
  const { events } = await client.runs.detail({ runId: run!.id })
  expect(events.map(({ text }) => text)).toContain(
    `Calibration of Cell: expired on 2025-01-03; used all the same: ${reason} (A. Tester)`,
  )
  await page.close()
})

it('how much of the commands is recorded is changed by somebody with a name', async () => {
  const page = await browser.open({ width: 1440, height: 900 })
  await page.goto(`${served.address}#/settings`)
  const form = page.getByRole('form', { name: 'Record of instrument commands' })
  await form.getByLabel('Of the instruments of a test').selectOption('Commands and questions')
  await form.getByLabel('Your name').fill('')
  expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await form.getByLabel('Your name').fill('Q. Manager')
  await form.getByRole('button', { name: 'Save' }).press('Enter')
  await form.getByText('Saved.').waitFor()
  expect(await client.instruments.auditLevel.get()).toEqual({ level: 'all' })
  await page.close()
})

it('showed no error in the browser’s console', () => {
  expect(browser.errors).toEqual([])
})
