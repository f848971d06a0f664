import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sidewaysOverflow, useBrowser } from '../support/browser.ts'
import { jsonOf, root, runCli, serveCli, temporaryFolder, type Served } from '../support/cli.ts'
import { openWindow, waitForEvent } from '../support/window.ts'

const shots = join(root, 'test-results', 'screenshots')
const browser = useBrowser()
const folder = temporaryFolder()
const data = join(folder, 'data')
const serve = (): Promise<Served> => serveCli('serve', '--simulate', '--port', '0', '--data', data)
let served: Served

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  served = await serve()
})
afterAll(() => served.end('SIGTERM'))

async function look(page: Page, name: string): Promise<void> {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true })
    await expect
      .poll(() => sidewaysOverflow(page), { message: `${name} is wider than ${width}` })
      .toBeLessThanOrEqual(0)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

/** A damp heat test that has credited some time. */
async function begin(page: Page): Promise<string> {
  await page.goto(served.address)
  await page.getByRole('radio', { name: /PVTP-017/ }).check()
  await page.getByRole('button', { name: 'Use the simulated module' }).click()
  await page.getByRole('textbox', { name: 'Operator' }).fill('A. Tester')
  await page.getByRole('button', { name: 'Configure' }).click()
  await page.getByRole('textbox', { name: /Longest outage after which/ }).fill('0')
  await page.getByRole('textbox', { name: 'Time between two readings of the chamber' }).fill('1')
  for (const field of await page.getByRole('textbox', { name: 'Temperature has to be steady for' }).all())
    await field.fill('1')
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('button', { name: 'Start test' }).click()
  await page.getByRole('button', { name: 'I looked at all: nothing found' }).click()
  await page.getByRole('button', { name: 'Send answer' }).click()
  // Whatever is asked until the module is in the chamber, which is read from then on.
  const confirm = page.getByRole('button', { name: 'Confirm' })
  const chamber = page.getByText('Climate chamber, temperature').first()
  while (!(await chamber.isVisible())) {
    await confirm.or(chamber).first().waitFor()
    for (const asked of await confirm.elementHandles()) {
      await asked.click()
      await asked.waitForElementState('hidden')
    }
  }
  return new URL(page.url()).hash.split('/').at(-1) ?? ''
}

async function untilRecorded(readings: number): Promise<void> {
  const { client, close } = await openWindow(served.address)
  let left = readings
  await waitForEvent(client, (event) => event.type === 'reading' && --left === 0)
  close()
}

/** A row each second of the last six minutes: what the chamber wrote while nobody asked it. */
function writeLog(): string {
  const nowMs = Date.now()
  const rows = Array.from({ length: 360 }, (_none, i) => {
    const time = new Date(nowMs - (360 - i) * 1000).toISOString().slice(0, 19)
    return `${time.replace('T', ' ')};24,${i % 10};50,${i % 7}`
  })
  const path = join(folder, 'chamber.csv')
  writeFileSync(path, `Recorder of chamber 1\nDate;Temperature;Humidity\n${rows.join('\n')}\n`)
  return path
}

it('a chamber’s log is compared with the record, kept as evidence, and marked in the ledger', async () => {
  const page = await browser.open({ width: 1440, height: 900 })
  const runId = await begin(page)
  await untilRecorded(5)
  await served.end('SIGKILL')
  await page.waitForTimeout(2000)
  const log = writeLog()

  // The command looks at the same folder, and leaves the interrupted run as it is.
  const layout = { name: 'Chamber 1', delimiter: ';', decimal: ',', skipLines: 2, time: { column: 1, order: 'ymd' } }
  const profile = join(folder, 'log.json')
  const values = [{ column: 2, title: 'Temperature', channel: 'temperature', unit: '°C' }]
  writeFileSync(profile, JSON.stringify({ ...layout, values }))
  const asked = ['--instrument', 'sim-chamber', '--profile', profile, '--preview', '--data', data, '--json']
  const seen = await runCli('backfill', runId, log, ...asked)
  expect(seen.code, seen.stderr).toBe(0)
  const { backFill, kept } = jsonOf<{ backFill: { channels: { gaps: object[] }[] }; kept: boolean }>(seen)
  expect(kept).toBe(false)
  expect(backFill.channels[0]!.gaps).toHaveLength(1)

  served = await serve()
  await page.goto(`${served.address}#/runs/${runId}/recovery`)
  await page.getByRole('button', { name: 'Bring in a log' }).click()
  await page.getByLabel('log of the controller').setInputFiles(writeLog())
  await page.getByRole('table', { name: 'First lines of the log' }).waitFor()
  await page.getByRole('textbox', { name: /Column of temperature/ }).fill('2')
  await page.getByRole('textbox', { name: /Column of humidity/ }).fill('3')
  await page.getByRole('textbox', { name: /Its time zone/ }).fill('0')
  await look(page, 'backfill-1-layout')
  await page.getByRole('button', { name: 'Compare with the record' }).click()
  await page.getByRole('table', { name: 'Log and station, chamber.csv' }).waitFor()
  await look(page, 'backfill-2-compared')
  await page.getByRole('button', { name: 'Keep as evidence' }).click()
  await page.getByRole('list', { name: 'Logs that were brought in' }).waitFor()
  await page.getByText('BACK-FILLED').first().waitFor()
  await look(page, 'backfill-3-kept')

  await page.getByRole('textbox', { name: /Why/ }).fill('the chamber held it')
  await page.keyboard.press('Enter')
  await page.getByRole('list', { name: 'Steps going on now' }).waitFor()
  await page
    .getByText(/temperature, from the controller’s log/)
    .first()
    .waitFor()
  expect(await page.getByRole('img', { name: /°C over time: .*temperature, from the controller’s log/ }).count()).toBe(
    1,
  )
  expect(await page.getByTitle(/Back-filled from chamber.csv: not recorded by this station/).count()).toBe(2)
  await look(page, 'backfill-4-chart')
  await page.goto(`${served.address}#/runs/${runId}/exposure`)
  await page
    .getByText(/covered by the controller’s log, 0 s of it inside every window/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Bring in a log' }).click()
  await page.getByRole('combobox', { name: 'How it is laid out' }).selectOption('chamber')
  await look(page, 'backfill-5-ledger')
  await page.close()
  // The station was killed under the page.
  expect(browser.errors.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
})
