import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { carryOut } from './safeState.ts'

/** One question whose answer has to say that nothing is energised any more. */
export interface OffCheck {
  /** As it stands in the evidence. */
  command: string
  /** What is wrong with this answer; null where it says that all is off. */
  problemOf: (answer: string) => string | null
}

type Outcomes = Awaited<ReturnType<typeof carryOut>>

/** The proof: safe only where every question was answered, and no answer says otherwise. */
export function proveOff(outcomes: Outcomes, checks: readonly OffCheck[]): SafeStateProof {
  const problemOf = ({ command, problemOf: judge }: OffCheck): string | null => {
    // The last answer counts: it is the one after everything else.
    const answer = outcomes.findLast((each) => each.command === command)?.readBack ?? null
    return answer === null ? `${command} was not answered` : judge(answer)
  }
  const problems = checks.map(problemOf).filter((problem) => problem !== null)
  const failures = outcomes
    .map((each) => (each.problem === null ? null : `${each.command}: ${each.problem}`))
    .filter((failure) => failure !== null)
  const notes = [...problems, ...failures]
  return {
    safe: problems.length === 0,
    evidence: outcomes.map(({ command, readBack }) => ({ command, readBack })),
    detail: notes.length > 0 ? notes.join('; ') : null,
  }
}
