import type { Prompt } from '../../contract/run.ts'
import { parseNumber } from './parameters.ts'

export type Severity = 'none' | 'minor' | 'major'

export interface Finding {
  severity: Severity | null
  note: string
}
export type Findings = Readonly<Record<string, Finding>>

export const noFinding: Finding = { severity: null, note: '' }

/** What the station gets for what was typed, scanned or chosen; null while it isn't an answer yet. */
export function answerOf(
  prompt: Pick<Prompt, 'answer' | 'items'>,
  given: { typed: string; findings: Findings },
): string | null {
  const typed = given.typed.trim()
  switch (prompt.answer) {
    case 'confirm':
      return 'confirmed'
    case 'number': {
      const value = parseNumber(typed)
      return value === null ? null : String(value)
    }
    case 'text':
    case 'scan':
    case 'photo':
      return typed === '' ? null : typed
    case 'checklist':
      return checklistAnswer(prompt.items ?? [], given.findings)
  }
}

function checklistAnswer(items: NonNullable<Prompt['items']>, findings: Findings): string | null {
  if (openItems(items, findings).length > 0) return null
  return JSON.stringify(
    Object.fromEntries(
      items.map(({ id }) => [id, { severity: findings[id]!.severity, note: findings[id]!.note.trim() }]),
    ),
  )
}

/** Items without a finding, and findings whose note is missing: what is wrong has to be said. */
export const openItems = (items: NonNullable<Prompt['items']>, findings: Findings): NonNullable<Prompt['items']> =>
  items.filter(({ id }) => {
    const { severity, note } = findings[id] ?? noFinding
    return severity === null || (severity !== 'none' && note.trim() === '')
  })

/** How an answer stands to its due time, in ms until then; null without one. */
export const dueInMs = ({ dueUtcMs }: Pick<Prompt, 'dueUtcMs'>, nowUtcMs: number): number | null =>
  dueUtcMs === null ? null : dueUtcMs - nowUtcMs
