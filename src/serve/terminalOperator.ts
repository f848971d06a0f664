import { createInterface, type Interface } from 'node:readline'
import { messageOf } from '../contract/errors.ts'
import type { Prompt } from '../contract/run.ts'

/** The person at the terminal, who answers a run's questions there. */
export interface TerminalOperator {
  ask: (prompt: Prompt) => void
  /** Lets go of the terminal; a question that is open stays unanswered. */
  close: () => void
}

const say = (prompt: Prompt): void => {
  const how = prompt.answer === 'confirm' ? 'Press Enter when it is done. ' : 'Answer: '
  process.stderr.write(`\n${prompt.title}\n${prompt.text}\n${how}`)
}

/**
 * Asks on stderr and reads lines from stdin, which may also be piped in ahead of the questions.
 * @param deps.answer throws where the answer isn't of the kind that was asked for: it is then asked again
 * @param deps.gone a question is open, but the input has ended: nobody will ever answer
 */
export function createTerminalOperator(deps: {
  answer: (prompt: Prompt, value: string) => void
  gone: () => void
}): TerminalOperator {
  const lines: string[] = []
  let terminal: Interface | null = null
  let open: Prompt | null = null
  let hasEnded = false

  const answerNext = (): void => {
    while (open && lines.length > 0) {
      const prompt = open
      open = null
      try {
        deps.answer(prompt, lines.shift() ?? '')
      } catch (error) {
        process.stderr.write(`${messageOf(error)}\n`)
        open = prompt
        say(prompt)
      }
    }
    if (open && hasEnded) deps.gone()
  }
  const listen = (): Interface =>
    createInterface({ input: process.stdin, output: process.stderr })
      .on('line', (line) => {
        lines.push(line)
        answerNext()
      })
      .on('close', () => {
        hasEnded = true
        answerNext()
      })

  return {
    ask: (prompt) => {
      open = prompt
      say(prompt)
      terminal ??= listen()
      answerNext()
    },
    close: () => {
      open = null
      terminal?.close()
    },
  }
}
