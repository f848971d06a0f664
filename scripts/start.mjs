// npm start: the station with the simulated lab, in Electron where it can run, else in the browser.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { becomeChild, build, root, setUp } from './setup.mjs'

setUp()
build()

/** The desktop shell's own binary, and a display to show it on; otherwise the reason why not. */
function whyNoWindow() {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  if (process.env.PVTP_HEADLESS) return 'PVTP_HEADLESS is set'
  if (!existsSync(pathFile) || !existsSync(join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())))
    return 'Electron’s binary is not on this machine'
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
  return hasDisplay ? null : 'there is no display'
}

const reason = whyNoWindow()
const given = process.argv.slice(2)
const node = join(root, 'node_modules', '.bin', 'node')
if (reason) process.stderr.write(`The station opens in the browser: ${reason}.\n`)
const [command, args] = reason
  ? [node, [join(root, 'scripts', 'pvtp.mjs'), 'serve', '--simulate', ...given]]
  : [join(root, 'node_modules', '.bin', 'electron'), ['.', '--simulate', ...given]]
becomeChild(command, args)
