import type { Clock } from '../../src/base/clock.ts'
import { messageOf, StationError } from '../../src/contract/errors.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'

/** A command, or a question, as it stands in the evidence. */
export interface StopStep {
  command: string
  /** Sends it; resolves with the answer, null where it has none. */
  run: () => Promise<string | null>
}

export interface StopCheck {
  evidence: SafeStateProof['evidence']
  /** Why it isn't off; null where every read-back says that it is. */
  problem: string | null
}

/** How a chamber is brought to idle: no heating, no cooling, no program. */
export interface StopPlan {
  /** Everything that takes energy away; each is sent whatever becomes of those before. */
  commands: readonly StopStep[]
  /** Asks whether it is off, and measures again. May throw. */
  check: () => Promise<StopCheck>
  /** How long the chamber may take to say that it is off. */
  confirmMs: number
}

/** A command that was lost is sent once more. */
const rounds = 2
const askAgainMs = 500

interface Progress {
  evidence: SafeStateProof['evidence']
  problem: string | null
  notes: string[]
}

const wasSent = (error: unknown): boolean =>
  error instanceof StationError && !['device.closed', 'device.linkFailed', 'device.interrupted'].includes(error.code)

/** @returns whether every command is known to have gone out */
async function sendAll(commands: readonly StopStep[], progress: Progress): Promise<boolean> {
  let isSent = true
  for (const { command, run } of commands) {
    try {
      progress.evidence.push({ command, readBack: await run() })
    } catch (error) {
      isSent &&= wasSent(error)
      progress.evidence.push({ command, readBack: null })
      progress.notes.push(`${command}: ${messageOf(error)}`)
    }
  }
  return isSent
}

/** Asks until it is off, or until it takes too long. An answer that makes no sense isn't asked for again in this round. */
async function confirmOff(plan: StopPlan, clock: Clock, progress: Progress): Promise<void> {
  const untilMs = clock.monotonicMs() + plan.confirmMs
  for (;;) {
    let found: StopCheck
    try {
      found = await plan.check()
    } catch (error) {
      progress.problem = messageOf(error)
      return
    }
    progress.problem = found.problem
    if (found.problem === null || clock.monotonicMs() >= untilMs) {
      progress.evidence.push(...found.evidence)
      return
    }
    await clock.sleep(askAgainMs)
  }
}

/**
 * Brings it to idle and proves it. Never throws: what went wrong is in the proof.
 * @param onSent called when all the commands are on the wire, before the read-back
 */
export async function stopSafely(plan: StopPlan, clock: Clock, onSent?: () => void): Promise<SafeStateProof> {
  const progress: Progress = { evidence: [], problem: 'nothing was read back', notes: [] }
  for (let round = 0; round < rounds && progress.problem !== null; round++) {
    const isSent = await sendAll(plan.commands, progress)
    if (round === 0 && isSent) onSent?.()
    await confirmOff(plan, clock, progress)
  }
  const { evidence, problem, notes } = progress
  const all = problem === null ? notes : [problem, ...notes]
  return { safe: problem === null, evidence, detail: all.length > 0 ? [...new Set(all)].join('; ') : null }
}
