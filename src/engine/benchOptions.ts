import { StationError } from '../contract/errors.ts'
import type { BenchOptions } from '../../drivers/bench/bench.ts'
import { fortyFiveWattModule, fourHundredWattModule, type ModuleSpec } from '../../drivers/bench/modules.ts'

const modules: Readonly<Record<string, ModuleSpec>> = { '45w': fortyFiveWattModule, '400w': fourHundredWattModule }

const bad = (detail: string): StationError => new StationError('usage.badArgument', { detail })

function numberIn(name: string, text: string, range: readonly [least: number, most: number]): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= range[0] && value <= range[1]))
    throw bad(`--bench ${name}=${text}: a number from ${range[0]} to ${range[1]} is needed.`)
  return value
}

const readers: Readonly<Record<string, (text: string) => Partial<BenchOptions>>> = {
  module: (text) => {
    const module = modules[text.toLowerCase()]
    if (!module) throw bad(`--bench module=${text}: one of ${Object.keys(modules).join(', ')} is needed.`)
    return { module }
  },
  lamp: (text) => ({ lampWPerM2: numberIn('lamp', text, [0, 1500]) }),
  temperature: (text) => ({ startTemperatureC: numberIn('temperature', text, [-40, 100]) }),
  ageing: (text) => ({ ageing: numberIn('ageing', text, [0, 100]) }),
}

/** The bench as it is described by words: `module` (45w, 400w), `lamp` (W/m²), `temperature` (°C), `ageing` (1 is sound). */
export function benchOptions(words: Readonly<Record<string, string>>): Partial<BenchOptions> {
  const parts = Object.entries(words).map(([name, text]) => {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (!read) throw bad(`--bench ${name}: there are ${Object.keys(readers).join(', ')}.`)
    return read(text)
  })
  return Object.assign({}, ...parts) as Partial<BenchOptions>
}
