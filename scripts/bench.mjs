// npm run bench -- AREA [--json]: set-up where it is missing, then the benchmark on the project's own Node.
import { join } from 'node:path'
import { root, run, setUp } from './setup.mjs'

setUp()
process.exitCode = run('node', [join(root, 'bench', 'run.ts'), ...process.argv.slice(2)]).status ?? 1
