// node scripts/kill.mjs [POINTS]: kills a whole run at so many of its writes and flushes (150), each in a station of its own.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './setup.mjs'

const points = process.argv[2] ?? '150'
const args = ['run', '--project', 'integration', join('test', 'run', 'aRunKilledAnywhereGoesOn.test.ts')]
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PVTP_KILL_POINTS: points },
})
process.exitCode = status ?? 1
