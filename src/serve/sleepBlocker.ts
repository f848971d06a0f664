import { spawn, type ChildProcess } from 'node:child_process'
import type { SleepBlocker } from '../engine/awake.ts'

/** A program that keeps the PC awake as long as the one it starts goes on. */
interface Inhibitor {
  name: string
  command: readonly [program: string, ...args: string[]]
}

const why = ['--who=PVTP Station', '--why=a test is going on']
const inhibitors: Readonly<Partial<Record<NodeJS.Platform, Inhibitor>>> = {
  linux: { name: 'systemd-inhibit', command: ['systemd-inhibit', '--what=sleep:idle', '--mode=block', ...why] },
  darwin: { name: 'caffeinate', command: ['caffeinate', '-ims'] },
}

const checkMs = 5000

/** Starts it around `inner`; resolves when both have ended, rejects where it can't inhibit. */
function tryOut({ name, command: [program, ...args] }: Inhibitor): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, 'true'], { stdio: ['ignore', 'ignore', 'pipe'], timeout: checkMs })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.once('error', (error) => reject(new Error(`${name} can’t be started (${error.message})`)))
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${name} failed: ${said.trim() || `it ended with ${code}`}`)),
    )
  })
}

/**
 * Keeps a PC without the desktop app awake. The program it holds reads what never comes: when this process ends, however
 * it does, its input closes, and the PC may sleep again.
 */
export function createSleepBlocker(inhibitor = inhibitors[process.platform] ?? null): SleepBlocker {
  let held: ChildProcess | null = null
  return {
    check: async () => {
      if (!inhibitor) throw new Error(`there is no means for it on ${process.platform} without the desktop app`)
      await tryOut(inhibitor)
      return inhibitor.name
    },
    hold: () => {
      if (!inhibitor || held) return
      const [program, ...args] = inhibitor.command
      held = spawn(program, [...args, 'cat'], { stdio: ['pipe', 'ignore', 'ignore'] })
      // That it can't be started was said before the run.
      held.once('error', () => undefined)
      // Its pipe may close before it has read: that is how it is told to end.
      held.stdin?.once('error', () => undefined)
    },
    release: () => {
      held?.stdin?.end()
      held = null
    },
  }
}
