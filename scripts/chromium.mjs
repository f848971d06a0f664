// A Chromium for the browser tests: Debian's package when root, Playwright's own elsewhere.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { giveUp, run } from './setup.mjs'

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export const installedChromium = () => process.env.PVTP_CHROMIUM ?? known.find((path) => existsSync(path)) ?? null

function installFromDebian() {
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  process.stderr.write('Installing Chromium from Debian’s packages (once) …\n')
  const update = spawnSync('apt-get', ['update', '-qq'], quiet)
  const install =
    update.status === 0
      ? spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet)
      : update
  return install.status === 0
}

/** @returns the path of a Chromium, or null for Playwright's own */
export function findOrInstallChromium() {
  const found = installedChromium()
  if (found) return found
  const isRoot = process.getuid?.() === 0
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    if (installFromDebian() && installedChromium()) return installedChromium()
    giveUp(
      'Chromium could not be installed: see the lines above; “apt-get install chromium” by hand, then run npm test again.',
    )
  }
  process.stderr.write('Installing Playwright’s Chromium (once) …\n')
  if (run('playwright', ['install', 'chromium'], { stdio: ['ignore', 2, 2] }).status !== 0)
    giveUp(
      'Chromium could not be installed: install a Chromium or Google Chrome, name it in PVTP_CHROMIUM, then run npm test again.',
    )
  return null
}
