import type { InstrumentState } from '../../contract/api.ts'
import type { RoleNeed } from '../../contract/template.ts'

export type RoleChoice = Readonly<Record<string, readonly string[]>>

export const instrumentsFor = (need: RoleNeed, instruments: readonly InstrumentState[]): InstrumentState[] =>
  instruments.filter((instrument) => instrument.roles.includes(need.role))

/** Lost ones last; otherwise as listed: whether one was already asked is no reason to prefer it. */
const healthRank = { connected: 0, unknown: 0, stale: 0, lost: 1 } as const

/** As many fitting instruments as the protocol recommends, the lost ones last. */
export function suggestRoles(needs: readonly RoleNeed[], instruments: readonly InstrumentState[]): RoleChoice {
  const choice: Record<string, string[]> = {}
  for (const need of needs) {
    const fitting = instrumentsFor(need, instruments).sort((a, b) => healthRank[a.health] - healthRank[b.health])
    const wanted = Math.min(need.maximum, Math.max(need.minimum, need.recommended ?? need.minimum))
    choice[need.name] = fitting.slice(0, wanted).map((instrument) => instrument.config.id)
  }
  return choice
}

/** What is wrong with the instruments chosen for a role; null when it is fine. */
export function roleProblem(need: RoleNeed, chosen: readonly string[]): string | null {
  if (chosen.length < need.minimum) {
    return need.minimum === 1 ? 'Choose an instrument.' : `Choose at least ${need.minimum} instruments.`
  }
  if (chosen.length > need.maximum) {
    return need.maximum === 1 ? 'Choose only one instrument.' : `Choose at most ${need.maximum} instruments.`
  }
  return null
}

/** The choice of the operator without instruments that have since been removed. */
export function keepExisting(choice: RoleChoice, instruments: readonly InstrumentState[]): RoleChoice {
  const known = new Set(instruments.map((instrument) => instrument.config.id))
  return Object.fromEntries(Object.entries(choice).map(([role, ids]) => [role, ids.filter((id) => known.has(id))]))
}
