import { throwIfCancelled, type Cancellation } from '../../src/base/cancellation.ts'
import { createCanceller } from '../../src/base/clock.ts'
import { messageOf, StationError, type ErrorContext } from '../../src/contract/errors.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import { decodeNumber } from './client.ts'

export interface SafeStep {
  /** As it stands in the evidence. */
  command: string
  /** Sends it; resolves with the answer, null where it has none. */
  run: () => Promise<string | null>
}

interface Outcome {
  command: string
  readBack: string | null
  problem: string | null
}

/** A question of SCPI, or of TSP. */
const asks = /\?(\s|$)|^print\b/

/**
 * Carries out every step, whatever becomes of the ones before it. Never throws.
 * @param onSent called when every command is on the wire, before the first question
 */
export async function carryOut(steps: readonly SafeStep[], onSent?: () => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let told = false
  for (const { command, run } of steps) {
    if (!told && asks.test(command)) {
      told = true
      if (outcomes.every((each) => each.problem === null)) onSent?.()
    }
    try {
      outcomes.push({ command, readBack: await run(), problem: null })
    } catch (error) {
      outcomes.push({ command, readBack: null, problem: messageOf(error) })
    }
  }
  return outcomes
}

/**
 * The proof: safe only where `:OUTP?` was answered, each time with 0, and no measured current says otherwise.
 * A terminal measurement that couldn't be made is noted; it doesn't outweigh the state of the output relay.
 * @param measured command whose answer is `V,A`; null where the instrument can't measure with the output off
 */
export function judge(outcomes: readonly Outcome[], measured: string | null): SafeStateProof {
  const answers = outcomes
    .filter((each) => each.command === ':OUTP?' && each.readBack !== null)
    .map((each) => each.readBack?.trim())
  const isOff = answers.length > 0 && answers.every((each) => each === '0')
  const found = outcomes.find((each) => each.command === measured)
  const current = decodeNumber(found?.readBack?.split(',')[1] ?? '')
  const flows = current.value !== null && Math.abs(current.value) > 0.05
  const notes = [
    answers.length === 0 ? 'the state of the output was not read back' : null,
    answers.length > 0 && !isOff ? `:OUTP? answered ${answers.join(', then ')}` : null,
    flows ? `${current.value} A still flow` : null,
    measured !== null && current.value === null ? 'the terminals could not be measured with the output off' : null,
    ...outcomes.map((each) => (each.problem === null ? null : `${each.command}: ${each.problem}`)),
  ].filter((note) => note !== null)
  return {
    safe: isOff && !flows,
    evidence: outcomes.map(({ command, readBack }) => ({ command, readBack })),
    detail: notes.length > 0 ? notes.join('; ') : null,
  }
}

/**
 * Ends a sweep: whatever came of it, the output goes off and is read back. Throws what the sweep threw, or
 * device.notSafe where the output isn't known to be off.
 */
export async function finishSweep(
  sweep: Promise<void>,
  off: { name: string; switchOff: (failed: boolean) => Promise<SafeStateProof> },
): Promise<void> {
  let failure: { error: unknown } | null = null
  try {
    await sweep
  } catch (error) {
    failure = { error }
  }
  const proof = await off.switchOff(failure !== null)
  if (!proof.safe) {
    const context: ErrorContext = { instrument: off.name, detail: proof.detail }
    throw new StationError('device.notSafe', context, failure?.error)
  }
  if (failure) throw failure.error
}

/**
 * Lets a safe stop end the sweep that is under way, so that nothing the sweep still had to send, such as the trigger,
 * comes behind the stop.
 */
export function createSweepGuard() {
  const stops = new Set<() => void>()
  return {
    /** Runs `work` with a signal that is cancelled with the caller's own or by stop(). */
    run: async (signal: Cancellation, work: (own: Cancellation) => Promise<void>): Promise<void> => {
      throwIfCancelled(signal)
      const { signal: own, cancel } = createCanceller()
      const pass = (): void => cancel(signal.reason as Error)
      const stop = (): void => cancel(new StationError('run.stopped', { who: 'a safe stop' }))
      signal.addEventListener('abort', pass)
      stops.add(stop)
      try {
        await work(own)
      } finally {
        signal.removeEventListener('abort', pass)
        stops.delete(stop)
      }
    },
    stop: (): void => {
      for (const stop of stops) stop()
    },
  }
}
