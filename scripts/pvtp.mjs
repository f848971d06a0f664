// npm run -s pvtp -- <command>: the command line, with the set-up done where it is missing.
// By its default export: Node 20, which only starts the project's own Node below, has no such name to import.
import nodeModule from 'node:module'
import { join } from 'node:path'
import { becomeChild, build, root, setUp } from './setup.mjs'

setUp()
const args = process.argv.slice(2)
// npm runs scripts in the project's folder; paths on the command line are meant from where it was typed.
if (process.env.npm_lifecycle_event === 'pvtp' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)
if (args[0] === 'serve') build()
if (Number(process.versions.node.split('.')[0]) >= 24) {
  // Compiled code is kept beside the packages: a second start needn't strip and compile three hundred files again.
  nodeModule.enableCompileCache(join(root, 'node_modules', '.cache', 'pvtp', 'compiled'))
  const { main } = await import('../src/serve/cli.ts')
  process.exitCode = await main(args)
} else {
  becomeChild(join(root, 'node_modules', '.bin', 'node'), [join(root, 'scripts', 'pvtp.mjs'), ...args])
}
