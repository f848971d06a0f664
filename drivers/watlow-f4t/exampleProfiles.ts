import { floatToWords } from '../../src/base/words.ts'
import { fromCelsius } from '../watlow/temperature.ts'
import type { Fitting } from './simulatedChamber.ts'
import type { StoredProfiles } from './storedProfiles.ts'
import { code, stepRegister } from './registers.ts'

interface ExampleStep {
  type: number
  targetC?: number
  targetPercent?: number
  minutes?: number
  /** Guaranteed soak of the temperature. */
  guaranteed?: boolean
  jump?: readonly [step: number, count: number]
}

const ramp = (targetC: number, minutes: number, targetPercent = 50): ExampleStep => ({
  type: code.rampTime,
  targetC,
  targetPercent,
  minutes,
})
const soak = (minutes: number): ExampleStep => ({ type: code.soak, minutes, guaranteed: true })
const end: ExampleStep = { type: code.end }

/** Thermal cycling and humidity freeze, as a module laboratory would have them. */
const examples: readonly (readonly [name: string, steps: readonly ExampleStep[]])[] = [
  [
    'TC-200',
    [ramp(85, 60), soak(15), ramp(-40, 125), soak(15), ramp(25, 65), { type: code.jump, jump: [1, 199] }, end],
  ],
  [
    'HF-10',
    [
      ramp(85, 60, 85),
      soak(1200),
      ramp(25, 60),
      ramp(-40, 60),
      soak(30),
      ramp(25, 60),
      { type: code.jump, jump: [1, 9] },
      end,
    ],
  ],
]

function wordsOf(step: ExampleStep, fitting: Fitting): ReadonlyMap<number, number> {
  const { type, targetC = 0, targetPercent = 0, minutes = 0, guaranteed = false, jump = [0, 0] } = step
  const [low = 0, high = 0] = floatToWords(fromCelsius(targetC, fitting.isFahrenheit ? 'F' : 'C'), 'lowFirst')
  const [lowPercent = 0, highPercent = 0] = floatToWords(targetPercent, 'lowFirst')
  return new Map([
    [stepRegister.type, type],
    [stepRegister.hours, Math.floor(minutes / 60)],
    [stepRegister.minutes, minutes % 60],
    [stepRegister.jumpStep, jump[0]],
    [stepRegister.jumpCount, jump[1]],
    [stepRegister.targets, low],
    [stepRegister.targets + 1, high],
    [stepRegister.targets + 2, lowPercent],
    [stepRegister.targets + 3, highPercent],
    [stepRegister.guaranteedSoak, guaranteed ? code.on : code.off],
    [stepRegister.endModes, code.off],
  ])
}

export function storeExamples(profiles: StoredProfiles, fitting: Fitting): void {
  examples.forEach(([name, steps], i) => {
    const profile = profiles.add(i + 1, name)
    steps.forEach((step, number) => {
      const words = profile.steps[number]
      if (words) for (const [at, value] of wordsOf(step, fitting)) words[at] = value
    })
  })
}
