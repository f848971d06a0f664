import { assert } from '../../src/base/assert.ts'
import type { LoadLimits } from '../scpi/loadDialect.ts'

/** 63206A-1200-240: 6 kW, 1200 V, 240 A. 63640-80-80: 400 W, 80 V, 80 A. */
export function limitsOf(model: string): LoadLimits {
  const [, series, size, voltage, current] = /^63(2|6)(\d\d)0?A?-(\d+)-(\d+)$/.exec(model) ?? []
  assert(series !== undefined, `the name of the model ${model} says what it can`)
  return {
    maxVoltageV: Number(voltage),
    maxCurrentA: Number(current),
    maxPowerW: series === '2' ? Number(size) * 1000 : Number(size) * 10,
    leastVoltageV: 0,
  }
}
