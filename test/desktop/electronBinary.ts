import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/cli.ts'

const folder = join(root, 'node_modules', 'electron')
const pathFile = join(folder, 'path.txt')

/** Electron's own binary; null where it was not downloaded. */
function findBinary(): string | null {
  if (!existsSync(pathFile)) return null
  const path = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(path) ? path : null
}

/** Why Electron can't run here; null where it can. */
function whyNot(): string | null {
  if (!findBinary()) return 'Electron’s binary is not on this machine'
  if (!existsSync(join(root, 'out', 'main', 'index.js'))) return 'out/ is not built'
  if (process.platform !== 'linux') return null
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display'
  return process.getuid?.() === 0 ? 'Chromium’s sandbox does not run as root' : null
}

export const noElectron = whyNot()
