/** What a simulated unit can do: supplies, bidirectional supplies and loads. */
export interface EaRating {
  model: string
  kind: 'supply' | 'bidirectional' | 'load'
  voltageV: number
  currentA: number
  powerW: number
}

const ratings: readonly EaRating[] = [
  { model: 'PSB 9200-140', kind: 'bidirectional', voltageV: 200, currentA: 140, powerW: 10_000 },
  { model: 'PSB 10200-420', kind: 'bidirectional', voltageV: 200, currentA: 420, powerW: 30_000 },
  { model: 'PSI 9200-70', kind: 'supply', voltageV: 200, currentA: 70, powerW: 5000 },
  { model: 'PSI 9080-60 T', kind: 'supply', voltageV: 80, currentA: 60, powerW: 1500 },
  { model: 'ELR 9200-70', kind: 'load', voltageV: 200, currentA: 70, powerW: 3500 },
]

export const ratingOf = (model: string): EaRating | null => ratings.find((each) => each.model === model) ?? null

/** By the name: `ELR …` and `EL …` are loads, `PSB …` sinks too. */
export function kindOf(model: string): EaRating['kind'] {
  const [, family = ''] = /^(?:EA-)?([A-Z]+)/.exec(model) ?? []
  if (family.startsWith('EL')) return 'load'
  return family.startsWith('PSB') ? 'bidirectional' : 'supply'
}
