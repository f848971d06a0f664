import { cancellable, type Cancellation } from '../../base/cancellation.ts'
import { StationError } from '../../contract/errors.ts'
import { createTurns } from '../../base/turns.ts'
import type { Prompt } from '../../contract/run.ts'
import type { PromptRequest } from './stepKind.ts'

export interface Prompts {
  ask: (request: PromptRequest, signal: Cancellation) => Promise<string>
  /** @throws StationError when this prompt isn't open, or the answer isn't of its kind */
  answer: (given: { promptId: string; value: string; who: string }) => void
  readonly open: Prompt | null
}

export interface PromptDeps {
  utcMs: () => number
  newId: () => string
  changed: () => void
  answered: (prompt: Prompt, value: string, who: string) => Promise<void>
  /** Answers at once in the name of a simulated operator; null where a person is asked. */
  automatic: ((prompt: Prompt) => { value: string; who: string }) | null
}

/** One question to the operator at a time; who asks meanwhile waits for its turn. */
export function createPrompts(deps: PromptDeps): Prompts {
  let open: { prompt: Prompt; resolve: (answer: { value: string; who: string }) => void } | null = null
  const turns = createTurns()

  const askNow = async ({ dueMs, ...request }: PromptRequest, signal: Cancellation): Promise<string> => {
    const askedUtcMs = deps.utcMs()
    const dueUtcMs = dueMs === undefined ? null : askedUtcMs + dueMs
    const prompt: Prompt = { id: deps.newId(), ...request, askedUtcMs, dueUtcMs }
    const answer = deps.automatic
      ? Promise.resolve(deps.automatic(prompt))
      : new Promise<{ value: string; who: string }>((resolve) => {
          open = { prompt, resolve }
          deps.changed()
        })
    try {
      const { value, who } = await cancellable(answer, signal)
      await deps.answered(prompt, value, who)
      return value
    } finally {
      open = null
      deps.changed()
    }
  }
  const ask: Prompts['ask'] = (request, signal) => turns.take(() => askNow(request, signal), { signal })

  const answer: Prompts['answer'] = ({ promptId, value, who }) => {
    if (!open || open.prompt.id !== promptId)
      throw new StationError('usage.notFound', { what: 'Open question', id: promptId })
    if (open.prompt.answer === 'number' && !Number.isFinite(Number(value.trim() || 'none')))
      throw new StationError('usage.invalidInput', { detail: `“${value}” is not a number` })
    const fault = whyNoAnswer(open.prompt, value)
    if (fault) throw new StationError('usage.invalidInput', { detail: fault })
    open.resolve({ value: open.prompt.answer === 'confirm' ? 'confirmed' : value, who })
  }

  return {
    ask,
    answer,
    get open() {
      return open?.prompt ?? null
    },
  }
}

/** Evidence has to be there: a photo's hash, a scanned code, a finding for each item. */
function whyNoAnswer({ answer, items = [] }: Prompt, value: string): string | null {
  if ((answer === 'scan' || answer === 'photo') && value.trim() === '')
    return answer === 'scan' ? 'scan the code' : 'a photo is needed'
  if (answer !== 'checklist') return null
  try {
    const found = JSON.parse(value) as Record<string, unknown>
    const open = items.find((item) => typeof found[item.id] !== 'object' || found[item.id] === null)
    return open ? `“${open.title}” has no finding` : null
  } catch {
    return 'a finding for each item is needed'
  }
}
