/** Why a curve, or a number taken from it, is not to be used without a look. */
export type CurveFlagCode =
  | 'unsorted'
  | 'reversed'
  | 'duplicates'
  | 'clustered'
  | 'fewPoints'
  | 'fewPointsInKnee'
  | 'iscExtrapolated'
  | 'truncatedAtIsc'
  | 'vocExtrapolated'
  | 'truncatedAtVoc'
  | 'noPmaxBracket'
  | 'irregularAtIsc'
  | 'irregularAtVoc'
  | 'irregularKnee'
  | 'steps'
  | 'outliers'
  | 'noisy'
  | 'positiveSlopeAtIsc'
  | 'rshUndetermined'
  | 'rsUndetermined'
  | 'irradianceDrift'
  | 'notDelivering'
  | 'voltagePolarity'
  | 'noVoltageSpan'
  | 'outOfRange'

export interface CurveFlag {
  readonly code: CurveFlagCode
  /** One sentence for the operator. */
  readonly text: string
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`

/** The flags' sentences; a number is a share of Isc, Voc or Pmax as the sentence says. */
export const curveFlags = {
  unsorted: () => flag('unsorted', 'The voltages go back and forth; the points were put in order of voltage.'),
  reversed: () => flag('reversed', 'The sweep ran from open circuit to short circuit.'),
  duplicates: (count: number) =>
    flag('duplicates', `${count} points repeat another point exactly; each place counts once.`),
  clustered: (voltageV: number) =>
    flag('clustered', `Several points lie in one place near ${voltageV.toPrecision(4)} V; each place counts once.`),
  fewPoints: (count: number) => flag('fewPoints', `The curve has only ${count} distinct points.`),
  fewPointsInKnee: (count: number) =>
    flag('fewPointsInKnee', `Only ${count} points lie around the maximum power point; Pmax is uncertain.`),
  iscExtrapolated: (share: number) =>
    flag('iscExtrapolated', `The curve starts at ${percent(share)} of Voc; Isc is extrapolated from there.`),
  truncatedAtIsc: (share: number) =>
    flag('truncatedAtIsc', `The curve starts at ${percent(share)} of its end voltage, too far for an Isc.`),
  vocExtrapolated: (share: number) =>
    flag('vocExtrapolated', `The curve ends at ${percent(share)} of Isc; Voc is extrapolated from there.`),
  truncatedAtVoc: (share: number) =>
    flag('truncatedAtVoc', `The curve ends at ${percent(share)} of Isc, too far for a Voc.`),
  noPmaxBracket: () =>
    flag('noPmaxBracket', 'The power is largest at an end of the curve; the maximum power point was not passed.'),
  irregularAtIsc: () =>
    flag('irregularAtIsc', 'Near short circuit the points do not follow a line; Isc is taken from the nearest points.'),
  irregularAtVoc: () =>
    flag(
      'irregularAtVoc',
      'Near open circuit the points do not follow a smooth curve; Voc is taken from the nearest points.',
    ),
  irregularKnee: () =>
    flag(
      'irregularKnee',
      'No smooth curve fits around the maximum power point; Pmax is taken from the highest points.',
    ),
  steps: (count: number, voltageV: number) =>
    flag(
      'steps',
      `The curve has ${count === 1 ? 'a step' : `${count} steps`} (near ${voltageV.toPrecision(3)} V): shading, mismatch or a conducting bypass diode.`,
    ),
  outliers: (count: number) => flag('outliers', `${count} single points lie far off the curve.`),
  noisy: (share: number) => flag('noisy', `The points scatter by ${percent(share)} about a smooth curve.`),
  positiveSlopeAtIsc: () =>
    flag('positiveSlopeAtIsc', 'Near short circuit the current rises with the voltage; no Rsh can be given.'),
  rshUndetermined: () =>
    flag('rshUndetermined', 'Near short circuit the slope can not be told from level; no Rsh can be given.'),
  rsUndetermined: () => flag('rsUndetermined', 'Too few points near open circuit for a series-resistance slope.'),
  irradianceDrift: (share: number) =>
    flag('irradianceDrift', `The irradiance changed by ${percent(share)} during the sweep.`),
  notDelivering: () =>
    flag('notDelivering', 'The module delivers no power in this curve (dark, short, open or wrong sign).'),
  voltagePolarity: () =>
    flag('voltagePolarity', 'The voltage is negative while the current flows forward: voltage leads swapped.'),
  noVoltageSpan: () =>
    flag('noVoltageSpan', 'The voltage hardly changes while the current does: check the voltage (sense) leads.'),
  outOfRange: () => flag('outOfRange', 'The numbers of the curve are too far apart in size to be computed with.'),
} as const

function flag(code: CurveFlagCode, text: string): CurveFlag {
  return { code, text }
}
