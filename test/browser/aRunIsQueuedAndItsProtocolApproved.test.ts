import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sidewaysOverflow, useBrowser } from '../support/browser.ts'
import { root, serveCli, temporaryFolder, type Served } from '../support/cli.ts'

const shots = join(root, 'test-results', 'screenshots')
const browser = useBrowser()
const data = join(temporaryFolder(), 'data')
let served: Served

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  served = await serveCli('serve', '--simulate', '--port', '0', '--data', data)
})
afterAll(() => served.end('SIGTERM'))

/** Both as it is at a desk and as it is on a phone. */
async function look(page: Page, name: string): Promise<void> {
  for (const [width, height] of [
    [390, 844],
    [1440, 900],
  ] as const) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: join(shots, `${name}-${width}.png`), fullPage: true })
    await expect
      .poll(() => sidewaysOverflow(page), { message: `${name} is wider than ${width}` })
      .toBeLessThanOrEqual(0)
  }
}

async function prepare(page: Page, moduleId: string): Promise<void> {
  await page.goto(`${served.address}#/`)
  await page.getByRole('radio', { name: /PVTP-001/ }).check()
  await page.getByRole('button', { name: 'Use the simulated module' }).click()
  await page.getByRole('textbox', { name: 'Module id' }).fill(moduleId)
  await page.getByRole('textbox', { name: 'Operator' }).fill('O. Operator')
  await page.getByRole('button', { name: 'Configure' }).click()
  await page.getByRole('button', { name: 'Check' }).click()
}

const rows = (page: Page): Promise<string[]> =>
  page.getByRole('list', { name: 'Queued runs' }).getByRole('listitem').allInnerTexts()

describe('a run whose instruments are taken', () => {
  it('is queued, moved and mended by the keyboard, waits with its reason, and is started by a person', async () => {
    const page = await browser.open({ width: 1440, height: 900 })
    await prepare(page, 'FIRST')
    await page.getByRole('button', { name: 'Start test' }).click()
    await page.getByRole('button', { name: 'Confirm' }).waitFor()
    for (const id of ['SECOND', 'THIRD']) {
      await prepare(page, id)
      await page.getByText(/problems? to settle/).waitFor()
      await page.getByText(/A person has to start it when its turn comes: .* electrical energy/).waitFor()
      if (id === 'SECOND') await look(page, 'queue-1-preflight')
      await page.getByRole('button', { name: 'Queue it' }).click()
      await page.getByRole('button', { name: `Edit ${id}` }).waitFor()
    }
    await expect
      .poll(() => rows(page))
      .toEqual([
        expect.stringMatching(/SECOND[^]*Waiting[^]*are taken by the run of PVTP-001 on FIRST/),
        expect.stringMatching(/THIRD[^]*PVTP-001 on SECOND is before it/),
      ])
    expect(await page.getByRole('button', { name: /^Start / }).count()).toBe(0)

    await page.getByRole('button', { name: 'Move THIRD earlier' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('PVTP-001 on THIRD is before it').waitFor()
    await look(page, 'queue-2-waiting')

    await page.getByRole('button', { name: 'Remove THIRD …' }).press('Enter')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Remove THIRD …' }).press('Enter')
    await page.keyboard.type('its label is wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Edit THIRD' }).waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Edit SECOND' }).press('Enter')
    await page
      .getByRole('textbox', { name: /Points/ })
      .first()
      .fill('150')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('This is a queued run that is asked for otherwise').waitFor()
    expect(await page.getByRole('button', { name: 'Start test' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Save in the queue' }).click()
    await page.getByRole('button', { name: 'Edit SECOND' }).waitFor()

    await page.getByRole('button', { name: /^Stop/ }).first().click()
    await page.getByRole('button', { name: 'Start SECOND …' }).waitFor()
    await expect.poll(async () => (await rows(page))[0]).toMatch(/Ready[^]*a person has to start it/i)
    await page.getByRole('button', { name: 'Start SECOND …' }).press('Enter')
    await look(page, 'queue-3-start')
    expect(await page.getByRole('button', { name: 'Start test' }).isDisabled()).toBe(true)
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Confirm' }).waitFor()
    expect(page.url()).toContain('#/runs/')
    await page.goto(`${served.address}#/queue`)
    await page.getByText('No run waits').waitFor()
    await page.getByRole('button', { name: /Left the queue/ }).click()
    await page.getByText('removed by O. Operator: its label is wrong').waitFor()
    await look(page, 'queue-4-empty')
    await page.close()
  })
})

describe('a protocol', () => {
  it('is submitted by one person and approved by another, and says so where it is chosen', async () => {
    const page = await browser.open({ width: 1440, height: 900 })
    await page.goto(`${served.address}#/protocols`)
    await page.getByRole('button', { name: 'Submit for approval PVTP-017 …' }).press('Enter')
    const sign = async (name: string, role: string): Promise<void> => {
      await page.getByRole('textbox', { name: 'Name' }).fill(name)
      await page.getByRole('textbox', { name: 'Role' }).fill(role)
    }
    await sign('A. Author', 'test engineer')
    await page.keyboard.press('Enter')
    await page.getByText('A. Author (test engineer, name as typed) submitted it').waitFor()
    await page.getByRole('button', { name: 'Approve PVTP-017 …' }).press('Enter')
    await sign('a author', 'test engineer')
    await page.getByText('A. Author wrote or submitted it: a second person approves.').waitFor()
    expect(await page.getByRole('button', { name: 'Approve this content' }).isDisabled()).toBe(true)
    await look(page, 'protocols-1-approve')
    await sign('B. Boss', 'head of laboratory')
    await page.getByRole('button', { name: 'Approve this content' }).click()
    await page.getByText(/It is approved by B\. Boss \(head of laboratory, name as typed\)/).waitFor()
    await page.getByRole('region', { name: 'PVTP-017 Damp heat' }).getByRole('button', { name: 'History' }).click()
    await page
      .getByRole('list', { name: 'History of PVTP-017' })
      .getByText(/approved it, version \d+\.\d+\.\d+/)
      .waitFor()
    await look(page, 'protocols-2-approved')

    await page.getByRole('button', { name: 'Retire PVTP-016 …' }).press('Enter')
    await sign('B. Boss', 'head of laboratory')
    await page.getByRole('textbox', { name: 'Why' }).fill('the laboratory has no such chamber')
    await page.keyboard.press('Enter')
    await page.getByText(/It is retired by B\. Boss/).waitFor()
    await page.goto(`${served.address}#/`)
    await page.getByText('Retired').waitFor()
    await page.close()
    expect(browser.errors).toEqual([])
  })
})
