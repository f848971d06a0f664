import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
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

async function look(page: Page, name: string): Promise<void> {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: join(shots, `hand-${name}-${width}.png`) })
    await expect
      .poll(() => sidewaysOverflow(page), { message: `${name} is wider than ${width} pixels` })
      .toBeLessThanOrEqual(0)
  }
}

const cardOf = (page: Page) => page.getByRole('article', { name: 'High-voltage supply' })

/** A window of its own, with somebody at it. */
async function sitDown(who: string): Promise<Page> {
  const page = await browser.open({ width: 1440, height: 900 })
  await page.goto(`${served.address}#/instruments`)
  await cardOf(page)
    .getByRole('button', { name: /Control by hand/ })
    .click()
  await cardOf(page).getByLabel('Your name').fill(who)
  return page
}

it('what somebody switched on and went away from is shown to all, stays on, and is taken over', async () => {
  const ann = await sitDown('Ann')
  const card = cardOf(ann)
  await card.getByRole('button', { name: 'Take it in hand' }).press('Enter')
  await card.getByLabel(/^Voltage/).fill('100')
  await card.getByLabel(/^Voltage/).press('Enter')
  await card.getByText('it says 100 V').waitFor()
  await card.getByLabel('High voltage of all lanes', { exact: true }).selectOption('On')
  await card.getByRole('button', { name: 'Set High voltage of all lanes' }).press('Enter')
  await card.getByText('it says on').waitFor()
  const bob = await sitDown('Bob')
  const banner = bob.getByRole('alert').filter({ hasText: 'High-voltage supply may still be on' })
  // Loaded again it is the same window.
  await ann.reload()
  await ann.getByText('Ann, by hand').waitFor()
  await bob.waitForTimeout(12_000)
  expect(await banner.count()).toBe(0)
  await ann.close()
  await banner.getByText('Ann set it by hand, and that window is gone').waitFor()
  await look(bob, 'left')
  await bob.getByRole('button', { name: 'Take over: High-voltage supply' }).press('Enter')
  await cardOf(bob).getByText('Bob, by hand').waitFor()
  await banner.waitFor({ state: 'detached' })
  await cardOf(bob).getByLabel('leave it on').check()
  await cardOf(bob).getByRole('button', { name: 'Give it back, left on' }).press('Enter')
  await banner.getByText('Bob left it on').waitFor()
  await look(bob, 'left-on')
  await bob.getByRole('button', { name: 'Safe stop: High-voltage supply' }).press('Enter')
  await banner.waitFor({ state: 'detached' })
  await bob.getByRole('link', { name: 'Station' }).click()
  await bob.getByRole('list', { name: 'Log of the station, newest first' }).getByText('window is gone').waitFor()
  await bob.close()
})

it('showed no error in the browser’s console', () => {
  expect(browser.errors).toEqual([])
})
