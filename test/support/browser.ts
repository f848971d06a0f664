import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll } from 'vitest'

const executablePath = process.env['PVTP_CHROMIUM']

/** A Chromium for one test file; Debian's where PVTP_CHROMIUM names it, otherwise Playwright's own. */
export function useBrowser(): {
  open: (options: { width: number; height: number }) => Promise<Page>
  errors: string[]
} {
  let browser: Browser
  const errors: string[] = []
  beforeAll(async () => {
    browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      // The browser's own sandbox can't be had by root in a container; the pages are the station's own.
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    })
  })
  afterAll(() => browser.close())
  const open = async (viewport: { width: number; height: number }): Promise<Page> => {
    const page = await browser.newPage({ viewport, acceptDownloads: true })
    page.setDefaultTimeout(120_000)
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    return page
  }
  return { open, errors }
}

/** How far the page is wider than the screen; 0 where nothing has to be scrolled sideways. */
export const sidewaysOverflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
