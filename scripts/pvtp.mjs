// npm run -s pvtp -- <command>: the command line, with the set-up done where it is missing.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, environment, root, setUp } from './setup.mjs'

setUp()
const args = process.argv.slice(2)
if (args[0] === 'serve') build()
if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { main } = await import('../src/serve/cli.ts')
  process.exitCode = await main(args)
} else {
  const self = join(root, 'scripts', 'pvtp.mjs')
  const node = join(root, 'node_modules', '.bin', 'node')
  const done = spawnSync(node, [self, ...args], { stdio: 'inherit', env: { ...environment, PVTP_SET_UP: 'done' } })
  process.exitCode = done.status ?? 1
}
