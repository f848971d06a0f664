// npm run check: types, lint, format, then the import table, the sizes and the unit tests.
import { giveUp, run, setUp } from './setup.mjs'

setUp()
const steps = [
  ['types', 'npm', ['run', '-s', 'types']],
  ['lint', 'npm', ['run', '-s', 'lint']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['unit tests', 'vitest', ['run', '--project', 'unit']],
]
for (const [name, command, args] of steps) {
  process.stdout.write(`— ${name}\n`)
  if (run(command, args).status !== 0) giveUp(`The check “${name}” failed: see above.`)
}
