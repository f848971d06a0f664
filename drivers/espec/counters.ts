import { noCounter, type StoredCounter, type StoredProgram } from './storedProgram.ts'

interface Counting extends StoredCounter {
  left: number
}

const isCounting = ({ cycles }: StoredCounter): boolean => cycles > 0

/**
 * The two counters of a program: each sends it back from its last step to its first, so many times. An inner one counts
 * anew whenever its first step is reached from outside.
 */
export function createCounters() {
  let a: Counting = { ...noCounter, left: 0 }
  let b: Counting = { ...noCounter, left: 0 }
  let steps = 0
  let first = 1
  let hasBegun = false
  let jumped: Counting | null = null

  const span = ({ start, end }: Counting): number => end - start
  return {
    reset: (program: StoredProgram, firstStep: number): void => {
      a = { ...program.a, left: program.a.cycles }
      b = { ...program.b, left: program.b.cycles }
      steps = program.steps.length
      first = firstStep
      hasBegun = false
      jumped = null
    },
    /** The step that the program began with; 0 once it is under way. */
    firstStep: (): number => (hasBegun ? 0 : first),
    enter: (step: number): void => {
      hasBegun = true
      for (const each of [a, b]) if (isCounting(each) && step === each.start && each !== jumped) each.left = each.cycles
      jumped = null
    },
    after: (step: number): number | null => {
      const inner = [a, b].filter((each) => isCounting(each) && step === each.end && each.left > 0)
      const [jump] = inner.sort((one, other) => span(one) - span(other))
      if (!jump) return step < steps ? step + 1 : null
      jump.left--
      jumped = jump
      return jump.start
    },
    left: (): readonly [a: number, b: number] => [a.left, b.left],
  }
}
