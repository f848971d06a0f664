import type { StepLine } from './steps.ts'

export interface PathPart {
  id: string
  /** The n-th time of what is repeated, from 1. */
  iteration: number | null
}

/** `initial@B/curves/repeat[2]/forward` in its parts. */
export const readPath = (path: string): PathPart[] =>
  path.split('/').map((segment) => {
    const iteration = /\[(\d+)\]/.exec(segment)?.[1]
    return { id: segment.replace(/[@[].*$/, ''), iteration: iteration === undefined ? null : Number(iteration) }
  })

/** Ids of the steps that a path goes through, the outermost first. */
export const idsOfPath = (path: string): string[] => readPath(path).map(({ id }) => id)

/** Where a step stands, in the words of the protocol: what is around it, with the number of a repetition. */
export function placeOf(path: string, lines: readonly StepLine[]): string {
  const titles = new Map(lines.map((line) => [line.id, line.title]))
  return readPath(path)
    .slice(0, -1)
    .map(({ id, iteration }) => `${titles.get(id) ?? id}${iteration === null ? '' : ` ${iteration}`}`)
    .join(' › ')
}
