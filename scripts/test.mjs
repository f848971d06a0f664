// npm test: all set-up, then types, lint, format, and every test. The last line counts them.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findOrInstallChromium } from './chromium.mjs'
import { build, environment, root, run, setUp } from './setup.mjs'
import { installTools } from './tools.mjs'

setUp()
installTools()
build()
const chromium = findOrInstallChromium()
if (chromium) environment.PVTP_CHROMIUM = chromium

const count = { passed: 0, failed: 0, skipped: 0 }
const failures = []

function check(name, command, args) {
  process.stdout.write(`— ${name}\n`)
  const ok = run(command, args).status === 0
  count[ok ? 'passed' : 'failed']++
  if (!ok) failures.push(name)
}

check('types', 'npm', ['run', '-s', 'types'])
check('lint', 'npm', ['run', '-s', 'lint'])
check('format', 'prettier', ['--check', '--log-level', 'warn', '.'])

const report = join(root, 'test-results', 'vitest.json')
mkdirSync(join(root, 'test-results'), { recursive: true })
rmSync(report, { force: true })
const tests = run('vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
])

if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8'))
  count.passed += result.numPassedTests
  count.failed += result.numFailedTests
  count.skipped += result.numPendingTests + result.numTodoTests
  const skipped = result.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => test.status === 'skipped' || test.status === 'pending'),
  )
  if (skipped.length > 0) process.stdout.write(`Skipped:\n${skipped.map((test) => `  ${test.fullName}`).join('\n')}\n`)
  // A file that doesn't even load has no test that could fail.
  const broken = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  count.failed += broken.length
} else {
  count.failed++
  failures.push('the test runner made no report')
}
if (tests.status !== 0 && count.failed === 0) {
  count.failed++
  failures.push('the test runner ended with an error outside of a test')
}
if (failures.length > 0) process.stdout.write(`Failed: ${failures.join(', ')}\n`)
process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
process.exitCode = count.failed > 0 ? 1 : 0
