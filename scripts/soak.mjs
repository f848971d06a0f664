// node scripts/soak.mjs [--minutes N | --hours N]: the simulated lab in real processes; JSON; fails where something grows.
import { join } from 'node:path'
import { build, root, run, setUp } from './setup.mjs'

setUp()
build()
process.exitCode = run('node', [join(root, 'bench', 'soak', 'main.ts'), ...process.argv.slice(2)]).status ?? 1
