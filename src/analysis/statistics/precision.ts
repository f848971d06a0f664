import { fUpperTail } from './distributions.ts'
import { badInput, missing, quantity, requirePositive, requireSquarable } from './quantity.ts'
import type { Method, Quantity } from './quantity.ts'

/** Repeatability and reproducibility (ISO 5725-2) and gauge studies (AIAG MSA, crossed, by analysis of variance). */
export const repeatabilityMethod: Method = { id: 'iso5725-2/oneWay', version: '1.0.0' }
export const gageMethod: Method = { id: 'aiagMsa4/gageRrAnova', version: '1.0.0' }

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const squaresAbout = (values: readonly number[], center: number): number =>
  values.reduce((sum, value) => sum + (value - center) ** 2, 0)

export interface PrecisionResult {
  readonly method: Method
  readonly groups: number
  readonly count: number
  readonly mean: number
  /** s_r: pooled standard deviation within the groups. */
  readonly repeatability: number
  /** s_L: standard deviation between the groups; 0 when the groups differ less than their repeatability explains. */
  readonly betweenGroups: number
  /** s_R = √(s_r² + s_L²). */
  readonly reproducibility: number
  /** Limits for the difference of two results at 95 %, 2.8·s (ISO 5725-6, 4.1.4). */
  readonly repeatabilityLimit: number
  readonly reproducibilityLimit: number
  readonly withinDegreesOfFreedom: number
}

/**
 * One-way analysis of variance over days, operators or laboratories; the groups may differ in size.
 * @param groups at least two, each with at least one value, and at least one group with two
 * @see ISO 5725-2:2019, 7.4 (the effective group size is (N − Σn²/N)/(p − 1))
 */
export const repeatabilityAndReproducibility = (groups: readonly (readonly number[])[]): PrecisionResult => {
  if (groups.length < 2 || groups.some((group) => group.length === 0)) {
    throw badInput('groups', 'at least two are needed, and none may be empty')
  }
  groups.forEach((group, i) => requireSquarable(group, `group ${i}`))
  const count = groups.reduce((sum, group) => sum + group.length, 0)
  const withinDof = count - groups.length
  if (withinDof < 1) throw badInput('groups', 'no group has two values, so there is no repeatability')
  const center = meanOf(groups.flat())
  const within = groups.reduce((sum, group) => sum + squaresAbout(group, meanOf(group)), 0) / withinDof
  const between =
    groups.reduce((sum, group) => sum + group.length * (meanOf(group) - center) ** 2, 0) / (groups.length - 1)
  const squaredSizes = groups.reduce((sum, group) => sum + group.length ** 2, 0)
  const size = (count - squaredSizes / count) / (groups.length - 1)
  const betweenVariance = Math.max(0, (between - within) / size)
  const repeatability = Math.sqrt(within)
  const reproducibility = Math.sqrt(within + betweenVariance)
  return {
    method: repeatabilityMethod,
    groups: groups.length,
    count,
    mean: center,
    repeatability,
    betweenGroups: Math.sqrt(betweenVariance),
    reproducibility,
    repeatabilityLimit: 2.8 * repeatability,
    reproducibilityLimit: 2.8 * reproducibility,
    withinDegreesOfFreedom: withinDof,
  }
}

export interface GageStudy {
  /** Indexed [part][operator][trial]; at least 2 of each, every cell of the same number of trials. */
  readonly measurements: readonly (readonly (readonly number[])[])[]
  /** Upper less lower specification limit, above 0. */
  readonly toleranceWidth?: number
  /** The interaction is pooled with the error when its p is above this; 0.05 unless stated (AIAG). */
  readonly poolAbove?: number
}

export interface VarianceRow {
  readonly source: 'parts' | 'operators' | 'interaction' | 'repeatability'
  readonly sumOfSquares: number
  readonly degreesOfFreedom: number
  readonly meanSquare: number
}

export interface GageResult {
  readonly method: Method
  readonly table: readonly VarianceRow[]
  readonly interactionP: Quantity
  readonly interactionPooled: boolean
  /** Standard deviations: EV, AV (with the interaction when it isn't pooled), GRR, PV, TV. */
  readonly equipmentVariation: number
  readonly appraiserVariation: number
  readonly gageRr: number
  readonly partVariation: number
  readonly totalVariation: number
  /** 100·GRR/TV; null when nothing varies. */
  readonly percentOfStudy: Quantity
  /** 100·6·GRR/tolerance. */
  readonly percentOfTolerance: Quantity
  /** Number of distinct categories, ⌊1.41·PV/GRR⌋. */
  readonly distinctCategories: Quantity
}

interface Sizes {
  readonly parts: number
  readonly operators: number
  readonly trials: number
}

const sizesOf = ({ measurements }: GageStudy): Sizes => {
  const parts = measurements.length
  const operators = measurements[0]?.length ?? 0
  const trials = measurements[0]?.[0]?.length ?? 0
  if (parts < 2 || operators < 2 || trials < 2) {
    throw badInput('gauge study', 'at least two parts, two operators and two trials are needed')
  }
  for (const part of measurements) {
    if (part.length !== operators || part.some((cell) => cell.length !== trials)) {
      throw badInput('gauge study', 'every operator has to measure every part the same number of times')
    }
    part.forEach((cell) => requireSquarable(cell, 'measurements'))
  }
  return { parts, operators, trials }
}

const varianceTable = (measurements: GageStudy['measurements'], { parts, operators, trials }: Sizes): VarianceRow[] => {
  const center = meanOf(measurements.flat(2))
  const partMeans = measurements.map((part) => meanOf(part.flat()))
  const operatorMeans = Array.from({ length: operators }, (_, j) => meanOf(measurements.flatMap((part) => part[j]!)))
  const within = measurements.flat().reduce((sum, cell) => sum + squaresAbout(cell, meanOf(cell)), 0)
  let interaction = 0
  measurements.forEach((part, i) =>
    part.forEach((cell, j) => {
      interaction += trials * (meanOf(cell) - partMeans[i]! - operatorMeans[j]! + center) ** 2
    }),
  )
  const row = (source: VarianceRow['source'], sumOfSquares: number, degreesOfFreedom: number): VarianceRow => ({
    source,
    sumOfSquares,
    degreesOfFreedom,
    meanSquare: sumOfSquares / degreesOfFreedom,
  })
  return [
    row('parts', operators * trials * squaresAbout(partMeans, center), parts - 1),
    row('operators', parts * trials * squaresAbout(operatorMeans, center), operators - 1),
    row('interaction', interaction, (parts - 1) * (operators - 1)),
    row('repeatability', within, parts * operators * (trials - 1)),
  ]
}

const componentsOf = (table: readonly VarianceRow[], sizes: Sizes, pooled: boolean) => {
  const [part, operator, interaction, repeat] = table as [VarianceRow, VarianceRow, VarianceRow, VarianceRow]
  const error = pooled
    ? (interaction.sumOfSquares + repeat.sumOfSquares) / (interaction.degreesOfFreedom + repeat.degreesOfFreedom)
    : repeat.meanSquare
  const against = pooled ? error : interaction.meanSquare
  return {
    error,
    operators: Math.max(0, (operator.meanSquare - against) / (sizes.parts * sizes.trials)),
    interaction: pooled ? 0 : Math.max(0, (interaction.meanSquare - repeat.meanSquare) / sizes.trials),
    parts: Math.max(0, (part.meanSquare - against) / (sizes.operators * sizes.trials)),
  }
}

/**
 * Gauge repeatability and reproducibility of a crossed study.
 * @throws StationError analysis.badInput for an unbalanced or too small study, or numbers that aren't finite
 * @see AIAG Measurement Systems Analysis, 4th edition, chapter III-B, ANOVA method
 */
export const gageRr = (study: GageStudy): GageResult => {
  const sizes = sizesOf(study)
  const table = varianceTable(study.measurements, sizes)
  const [, , interaction, repeat] = table
  const p: Quantity =
    repeat!.meanSquare > 0
      ? {
          value: fUpperTail(
            interaction!.meanSquare / repeat!.meanSquare,
            interaction!.degreesOfFreedom,
            repeat!.degreesOfFreedom,
          ),
        }
      : missing('the trials do not differ at all')
  const interactionPooled = p.value !== null && p.value > (study.poolAbove ?? 0.05)
  const parts = componentsOf(table, sizes, interactionPooled)
  const equipmentVariation = Math.sqrt(parts.error)
  const appraiserVariation = Math.sqrt(parts.operators + parts.interaction)
  const gage = Math.sqrt(parts.error + parts.operators + parts.interaction)
  const partVariation = Math.sqrt(parts.parts)
  const total = Math.hypot(gage, partVariation)
  const width = study.toleranceWidth
  return {
    method: gageMethod,
    table,
    interactionP: p,
    interactionPooled,
    equipmentVariation,
    appraiserVariation,
    gageRr: gage,
    partVariation,
    totalVariation: total,
    percentOfStudy: quantity((100 * gage) / total, 'nothing varies in this study'),
    percentOfTolerance:
      width === undefined
        ? missing('no tolerance is given')
        : quantity((600 * gage) / requirePositive(width, 'tolerance width'), 'beyond the range of a double'),
    distinctCategories: quantity(Math.floor((1.41 * partVariation) / gage), 'the gauge shows no variation'),
  }
}
