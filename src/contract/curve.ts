/**
 * A measured I-V curve. Voltages and currents pair up by index, in the order in which they were measured.
 * The current is positive where the module delivers power (generator convention).
 */
export interface IvCurve {
  readonly id: string
  readonly voltageV: readonly number[]
  readonly currentA: readonly number[]
  /** In-plane effective irradiance of the whole curve; null when it wasn't measured. */
  readonly irradianceWPerM2: number | null
  /** Module (cell) temperature; null when it wasn't measured. */
  readonly temperatureC: number | null
  /** Irradiance of each point where it was recorded along the sweep. */
  readonly pointIrradianceWPerM2?: readonly number[]
  readonly direction?: SweepDirection
}

/** forward: from short circuit to open circuit; reverse: the other way. */
export type SweepDirection = 'forward' | 'reverse'

export interface CurveSet {
  readonly cellsInSeries: number | null
  readonly curves: readonly IvCurve[]
  /** What the reader had to assume or set aside, in words. */
  readonly notes: readonly string[]
}
