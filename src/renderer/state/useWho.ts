import { useDraft } from './draft.ts'

/** Who acts at this window: the name remembered here, else whom the run names. */
export function useWho(fallback: string): string {
  const named = useDraft((draft) => draft.operator.trim())
  return named === '' ? fallback : named
}
