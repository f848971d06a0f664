import { plainNumber } from '../base/plainNumber.ts'
import type { BackFillEvidence } from './backFill.ts'

/**
 * What controllers' logs say of one stretch that was not credited, in the same words on screen and on paper.
 * @param sayDuration milliseconds as they are written there
 */
export function sayEvidence(
  { coveredMs, insideMs, missing, mostDeviation }: BackFillEvidence,
  sayDuration: (ms: number) => string,
): string {
  const inside =
    insideMs === null
      ? `nothing is known of ${missing.join(', ')}`
      : `${sayDuration(insideMs)} of it inside every window`
  const edges =
    mostDeviation === null
      ? 'not compared with the station'
      : `at most ${plainNumber(mostDeviation.value).replace('-', '−')} ${mostDeviation.unit} from the station at the edges`
  return `${sayDuration(coveredMs)} covered by the controller’s log, ${inside}; ${edges}`
}
