import { expect, it } from 'vitest'
import { temperatureCycle } from './temperatureCycle.ts'

/** A cycle as drawn in IEC 61215-2, MQT 11: 25 → −40 °C, 12 min, → 85 °C, 12 min, → 25 °C, at `rateKPerH`, each 30 s. */
function cycleOf(rateKPerH = 90) {
  const corners: [minutes: number, celsius: number][] = [[0, 25]]
  const add = (minutes: number, celsius: number) => corners.push([corners.at(-1)![0] + minutes, celsius])
  const ramp = (celsius: number) => add((Math.abs(celsius - corners.at(-1)![1]) / rateKPerH) * 60, celsius)
  ramp(-40)
  add(12, -40)
  ramp(85)
  add(12, 85)
  ramp(25)
  const at = (minutes: number): number => {
    const i = Math.max(
      1,
      corners.findIndex(([end]) => end >= minutes),
    )
    const [[fromMin, fromC], [toMin, toC]] = [corners[i - 1]!, corners[i]!]
    return fromC + ((toC - fromC) * (minutes - fromMin)) / (toMin - fromMin)
  }
  const timeMs = Array.from({ length: Math.floor(corners.at(-1)![0] * 2) }, (_each, i) => i * 30_000)
  return { timeMs, temperatureC: timeMs.map((ms): number | null => at(ms / 60_000)) }
}

const limits = { lowC: -40, highC: 85, toleranceK: 2, mostRampKPerH: 100, leastDwellMin: 10, leastLowDwellMin: 10 }
const problemsOf = (trace: { timeMs: number[]; temperatureC: (number | null)[] }, more: object = {}) =>
  (temperatureCycle.run({ ...limits, mostCycleH: 6, ...trace, ...more }) as { problems: string[] }).problems

/** From the 60th minute on nothing came for so long. */
const without = (minutes: number) => {
  const { timeMs, temperatureC } = cycleOf()
  const isThere = (ms: number) => ms < 3_600_000 || ms >= 3_600_000 + minutes * 60_000
  const kept = timeMs.map((ms, i) => ({ ms, celsius: temperatureC[i]! })).filter(({ ms }) => isThere(ms))
  return { timeMs: kept.map(({ ms }) => ms), temperatureC: kept.map(({ celsius }) => celsius) }
}

it('is valid within its limits, and tells what isn’t', () => {
  expect(problemsOf(cycleOf())).toEqual([])
  expect(problemsOf(cycleOf(), { leastDwellMin: 15 })).toEqual([
    expect.stringMatching(/^the dwell at the upper end of 14\.\d min is below 15 min$/),
  ])
  expect(problemsOf(cycleOf(120))).toEqual(['rise of 120.0 K/h is above 100 K/h', 'fall of 120.0 K/h is above 100 K/h'])
})

it('knows a gap by the values that are missing, and by the time between two', () => {
  const { timeMs, temperatureC } = cycleOf()
  const two = temperatureC.map((value, i) => (i === 100 || i === 101 ? null : value))
  expect(problemsOf({ timeMs, temperatureC: two })).toEqual(['2 temperatures are missing'])
  expect(problemsOf({ timeMs, temperatureC: two }, { longestGapS: 180 })).toEqual([])
  expect(problemsOf({ timeMs, temperatureC: two }, { longestGapS: 60 })).toEqual(['no temperatures for 1.5 min'])
  const suspended = without(10)
  expect(problemsOf(suspended, { longestGapS: 180 })).toEqual(['no temperatures for 10.5 min'])
})
