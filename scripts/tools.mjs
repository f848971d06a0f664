// Programs that tests and benchmarks use where they are there: Debian's packages when root, once, and quietly.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What says that a package is there, and its name. */
const tools = [
  ['/usr/bin/socat', 'socat'],
  ['/usr/bin/python3', 'python3'],
  ['/usr/lib/python3/dist-packages/pymodbus', 'python3-pymodbus'],
  ['/usr/lib/python3/dist-packages/serial_asyncio', 'python3-serial-asyncio'],
  ['/usr/bin/strace', 'strace'],
  ['/usr/bin/pdftotext', 'poppler-utils'],
  ['/usr/bin/sqlite3', 'sqlite3'],
  ['/usr/bin/mbpoll', 'mbpoll'],
]

/** Never fails: what can't be had is a note, and its tests say that they are skipped. */
export function installTools() {
  const missing = tools.filter(([path]) => !existsSync(path)).map(([, name]) => name)
  if (missing.length === 0) return
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (canInstall) {
    const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    process.stderr.write(`Installing ${missing.join(', ')} from Debian’s packages (once) …\n`)
    const install = () => spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], quiet)
    if (install().status !== 0 && spawnSync('apt-get', ['update', '-qq'], quiet).status === 0) install()
  }
  const without = tools.filter(([path]) => !existsSync(path)).map(([, name]) => name)
  if (without.length > 0)
    process.stderr.write(`Note: without ${without.join(', ')} some tests are skipped; their names say which.\n`)
}
