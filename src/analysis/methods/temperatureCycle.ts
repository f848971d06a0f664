import { z } from 'zod'
import type { AnalysisMethod } from '../../contract/method.ts'
import { steepestRamps, temperatureCycles, type TemperatureSample } from '../stress/temperatureCycles.ts'
import { readInputs } from './inputs.ts'

const inputs = z.object({
  timeMs: z.array(z.number()),
  temperatureC: z.array(z.number().nullable()),
  lowC: z.number(),
  highC: z.number(),
  toleranceK: z.number(),
  /** null: no limit. */
  mostRampKPerH: z.number().nullable(),
  /** Below 0 °C, where it differs (MQT 12). */
  mostRampBelow0KPerH: z.number().nullable().default(null),
  leastDwellMin: z.number(),
  leastLowDwellMin: z.number(),
  mostCycleH: z.number().nullable(),
  /** null: no value may be missing. */
  longestGapS: z.number().positive().nullable().default(null),
})
type Inputs = z.infer<typeof inputs>

const msPerMin = 60_000

function longestDwellMin(at: 'low' | 'high', found: ReturnType<typeof temperatureCycles>): number {
  return found.dwells.reduce(
    (most, dwell) => (dwell.at === at ? Math.max(most, (dwell.toMs - dwell.fromMs) / msPerMin) : most),
    0,
  )
}

function rampProblems(samples: readonly TemperatureSample[], limit: number | null, where: string): string[] {
  if (limit === null) return []
  const { steepestRiseKPerH, steepestFallKPerH } = steepestRamps(samples)
  return [['rise', steepestRiseKPerH.value] as const, ['fall', steepestFallKPerH.value] as const].flatMap(
    ([name, value]) =>
      value !== null && value !== undefined && value > limit
        ? [`${name}${where} of ${value.toFixed(1)} K/h is above ${limit} K/h`]
        : [],
  )
}

/** Parts of the trace on one side of 0 °C, each a trace of its own. */
function partsBy(
  samples: readonly TemperatureSample[],
  belongs: (sample: TemperatureSample) => boolean,
): TemperatureSample[][] {
  const parts: TemperatureSample[][] = []
  let open: TemperatureSample[] | null = null
  for (const sample of samples) {
    if (!belongs(sample)) open = null
    else if (open) open.push(sample)
    else parts.push((open = [sample]))
  }
  return parts
}

function allRampProblems(samples: readonly TemperatureSample[], given: Inputs): string[] {
  if (given.mostRampBelow0KPerH === null) return rampProblems(samples, given.mostRampKPerH, '')
  const above = partsBy(samples, ({ temperatureC }) => temperatureC >= 0)
  const below = partsBy(samples, ({ temperatureC }) => temperatureC < 0)
  return [
    ...above.flatMap((part) => rampProblems(part, given.mostRampKPerH, ' above 0 °C')),
    ...below.flatMap((part) => rampProblems(part, given.mostRampBelow0KPerH, ' below 0 °C')),
  ]
}

/** Time in which the temperature isn’t known: a value that is missing, or a sensor, or a PC, that was away. */
function gapProblems(samples: readonly TemperatureSample[], given: Inputs): string[] {
  const missing = given.timeMs.length - samples.length
  if (given.longestGapS === null) return missing > 0 ? [`${missing} temperatures are missing`] : []
  const known = [given.timeMs[0]!, ...samples.map(({ timeMs }) => timeMs), given.timeMs.at(-1)!]
  const longestMs = Math.max(...known.map((timeMs, i) => timeMs - (known[i - 1] ?? timeMs)))
  return longestMs > given.longestGapS * 1000 ? [`no temperatures for ${(longestMs / msPerMin).toFixed(1)} min`] : []
}

/**
 * Judges one temperature cycle of one module by what its sensor saw (MQT 11, MQT 12 of IEC 61215-2): the dwell at each
 * end, the steepest ramp by a regression over five minutes, and its length. Times in ms, temperatures in °C; a missing
 * value, or a gap longer than \`longestGapS\`, leaves the cycle without proof, so it isn't valid.
 * @throws StationError analysis.badInput for columns of unequal length or times that don't rise
 */
export const temperatureCycle: AnalysisMethod = {
  id: 'stress.cycle',
  version: '1.1.0',
  run: (inputsGiven) => {
    const given = readInputs('stress.cycle', inputs, inputsGiven)
    const samples = given.timeMs.flatMap((timeMs, i): TemperatureSample[] => {
      const temperatureC = given.temperatureC[i] ?? null
      return temperatureC === null ? [] : [{ timeMs, temperatureC }]
    })
    if (samples.length < 3)
      return { problems: ['there are too few temperatures to judge by'], lowDwellMin: 0, highDwellMin: 0, hours: 0 }
    const found = temperatureCycles(samples, { lowC: given.lowC, highC: given.highC, toleranceK: given.toleranceK })
    const lowDwellMin = longestDwellMin('low', found)
    const highDwellMin = longestDwellMin('high', found)
    const hours = (samples.at(-1)!.timeMs - samples[0]!.timeMs) / 3_600_000
    const short = (name: string, minutes: number, least: number): string[] =>
      minutes < least ? [`the dwell at the ${name} end of ${minutes.toFixed(1)} min is below ${least} min`] : []
    const problems = [
      ...gapProblems(samples, given),
      ...short('lower', lowDwellMin, given.leastLowDwellMin),
      ...short('upper', highDwellMin, given.leastDwellMin),
      ...allRampProblems(samples, given),
      ...(given.mostCycleH !== null && hours > given.mostCycleH
        ? [`${hours.toFixed(2)} h is longer than ${given.mostCycleH} h`]
        : []),
    ]
    return { problems, lowDwellMin, highDwellMin, hours }
  },
}
