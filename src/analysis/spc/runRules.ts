import { badInput } from '../statistics/quantity.ts'

/**
 * Run rules on a control chart, in units of sigma from the centre line.
 *
 * Fixed here, because the literature leaves it open:
 * - "beyond" is strict: a point exactly on 1, 2 or 3 sigma is not beyond it;
 * - "within 1 sigma" is strict as well: |z| < 1;
 * - a point exactly on the centre line is on neither side and ends a run;
 * - "steadily" and "alternating" need strict differences: a tie ends them;
 * - a missing point (null) ends every run; no rule looks across it;
 * - k of m: the point that completes the pattern has to be beyond itself;
 * - a rule is reported at each point at which it holds.
 */
export type RuleSet = 'westernElectric' | 'nelson'

export type RuleKind =
  | { readonly kind: 'beyond'; readonly sigmas: number; readonly count: number; readonly of: number }
  | { readonly kind: 'oneSide'; readonly count: number }
  | { readonly kind: 'steady'; readonly count: number }
  | { readonly kind: 'alternating'; readonly count: number }
  | { readonly kind: 'within'; readonly count: number }
  | { readonly kind: 'outside'; readonly count: number }

export interface RunRule {
  readonly id: string
  readonly text: string
  readonly test: RuleKind
}

const beyond = (sigmas: number, count: number, of: number): RuleKind => ({ kind: 'beyond', sigmas, count, of })

/** Western Electric, Statistical Quality Control Handbook, 1956: 8 in a row on one side. */
export const westernElectricRules: readonly RunRule[] = [
  { id: 'WE1', text: '1 point beyond 3 sigma', test: beyond(3, 1, 1) },
  { id: 'WE2', text: '2 of 3 points beyond 2 sigma on the same side', test: beyond(2, 2, 3) },
  { id: 'WE3', text: '4 of 5 points beyond 1 sigma on the same side', test: beyond(1, 4, 5) },
  { id: 'WE4', text: '8 points in a row on one side', test: { kind: 'oneSide', count: 8 } },
]

/** Nelson, Journal of Quality Technology 16 (1984) 237: 9 in a row on one side. */
export const nelsonRules: readonly RunRule[] = [
  { id: 'N1', text: '1 point beyond 3 sigma', test: beyond(3, 1, 1) },
  { id: 'N2', text: '9 points in a row on one side', test: { kind: 'oneSide', count: 9 } },
  { id: 'N3', text: '6 points in a row steadily rising or falling', test: { kind: 'steady', count: 6 } },
  { id: 'N4', text: '14 points in a row alternating up and down', test: { kind: 'alternating', count: 14 } },
  { id: 'N5', text: '2 of 3 points beyond 2 sigma on the same side', test: beyond(2, 2, 3) },
  { id: 'N6', text: '4 of 5 points beyond 1 sigma on the same side', test: beyond(1, 4, 5) },
  { id: 'N7', text: '15 points in a row within 1 sigma', test: { kind: 'within', count: 15 } },
  { id: 'N8', text: '8 points in a row outside 1 sigma on either side', test: { kind: 'outside', count: 8 } },
]

export interface RuleViolation {
  readonly ruleId: string
  readonly text: string
  /** The point that completes the pattern. */
  readonly index: number
  /** The first point of the pattern. */
  readonly fromIndex: number
}

/** How many of the latest points each test needs. */
const windowOf = (test: RuleKind): number => (test.kind === 'beyond' ? test.of : test.count)

const holdsBeyond = (window: readonly number[], sigmas: number, count: number): boolean =>
  [1, -1].some((side) => {
    const beyondSigmas = (z: number): boolean => side * z > sigmas
    return beyondSigmas(window.at(-1)!) && window.filter(beyondSigmas).length >= count
  })

const allSame = (signs: readonly number[]): boolean => signs[0] !== 0 && signs.every((sign) => sign === signs[0])

const stepsOf = (window: readonly number[]): number[] => window.slice(1).map((z, i) => Math.sign(z - window[i]!))

const holds = (test: RuleKind, window: readonly number[]): boolean => {
  switch (test.kind) {
    case 'beyond':
      return holdsBeyond(window, test.sigmas, test.count)
    case 'oneSide':
      return allSame(window.map(Math.sign))
    case 'steady':
      return allSame(stepsOf(window))
    case 'alternating':
      return stepsOf(window).every((step, i, all) => step !== 0 && (i === 0 || step === -all[i - 1]!))
    case 'within':
      return window.every((z) => Math.abs(z) < 1)
    case 'outside':
      return window.every((z) => Math.abs(z) > 1)
  }
}

/** The latest `size` points that end at `index`; for "k of m" fewer do at the start or after a gap, if k are there. */
const latest = (z: readonly (number | null)[], index: number, size: number): number[] => {
  const window: number[] = []
  for (let i = index; i >= 0 && window.length < size; i--) {
    const value = z[i] ?? null
    if (value === null) break
    window.unshift(value)
  }
  return window
}

/**
 * Applies rules to standardised points.
 * @param z (value − centre)/sigma of each point in time order, null where a point is missing
 * @throws StationError analysis.badInput for a number that isn't finite
 */
export const applyRules = (z: readonly (number | null)[], rules: readonly RunRule[]): RuleViolation[] => {
  const violations: RuleViolation[] = []
  z.forEach((value, index) => {
    if (value === null) return
    if (!Number.isFinite(value)) throw badInput('control chart', `point ${index} (${value}) is not a finite number`)
    for (const { id, text, test } of rules) {
      const window = latest(z, index, windowOf(test))
      if (window.length < test.count || !holds(test, window)) continue
      violations.push({ ruleId: id, text, index, fromIndex: index - window.length + 1 })
    }
  })
  return violations
}

export const rulesOf = (set: RuleSet): readonly RunRule[] => (set === 'nelson' ? nelsonRules : westernElectricRules)

/**
 * Run rules on values with a known centre and sigma.
 * @param sigma of the plotted points, above 0
 */
export const runRules = (
  values: readonly (number | null)[],
  chart: { readonly center: number; readonly sigma: number },
  set: RuleSet,
): RuleViolation[] => {
  if (!(chart.sigma > 0)) throw badInput('sigma', `${chart.sigma} is not above 0; run rules need a spread`)
  const z = values.map((value) => (value === null ? null : (value - chart.center) / chart.sigma))
  return applyRules(z, rulesOf(set))
}
