/**
 * Where a step stands in a run: the ids of the steps around it, with the number of a repetition and the lane of a module,
 * such as `stress/cycles[12]/hot` or `initial@B/curves/repeat[2]/forward`. Unique in a run, and the same after a restart.
 */
export const childPath = (parent: string, id: string): string => (parent === '' ? id : `${parent}/${id}`)

/** The n-th time, from 1, of what is repeated. */
export const iterationPath = (path: string, n: number): string => `${path}[${n}]`

export const lanePath = (path: string, lane: string): string => `${path}@${lane}`

/** The lane that a step belongs to; null where it belongs to the whole run. */
export const laneOf = (path: string): string | null => /@([A-Za-z0-9]+)/.exec(path)?.[1] ?? null

const idOf = (segment: string): string => segment.replace(/[@[].*$/, '')

/** The step's own id. */
export const stepIdOf = (path: string): string => idOf(path.split('/').at(-1) ?? '')

/** Whether a path is that of the step with this id, or of one inside it. */
export const isWithin = (path: string, stepId: string): boolean =>
  path.split('/').some((segment) => idOf(segment) === stepId)
