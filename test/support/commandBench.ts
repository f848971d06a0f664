import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { jsonOf, temporaryFolder } from './cli.ts'
import { errorOf, runHere } from './inProcess.ts'

/** Files to give to commands, and their answers; call it at the top of a test file. */
export function createCommandBench() {
  const folder = temporaryFolder()
  let count = 0
  return {
    /** Writes a file, an object as JSON, and gives its path. */
    put: (content: unknown, extension = 'json'): string => {
      const path = join(folder, `input-${++count}.${extension}`)
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
      return path
    },
    /** The document of a command that succeeds. */
    answer: async <T>(...args: string[]): Promise<T> => {
      const ended = await runHere(...args, '--json')
      expect(ended.code, ended.stderr).toBe(0)
      return jsonOf<T>(ended)
    },
    /** What happened, of a command that ends with this code. */
    refusal: async (code: number, ...args: string[]): Promise<string> => {
      const ended = await runHere(...args, '--json')
      expect(ended.code).toBe(code)
      return errorOf(ended).happened
    },
  }
}

export interface ModelledCurve {
  id: string
  voltageV: number[]
  currentA: number[]
  irradianceWPerM2: number
  temperatureC: number
}

/** A 60-cell module by the single-diode equation, swept past both axes; point by point in the diode voltage. */
export const moduleCurve = (id: string, irradianceWPerM2: number, temperatureC = 25): ModelledCurve => {
  const a = 60 * 1.1 * 8.617333262e-5 * (temperatureC + 273.15)
  const photocurrent = (9 * irradianceWPerM2) / 1000 + 0.004 * (temperatureC - 25)
  const saturation = 3e-10 * 2 ** ((temperatureC - 25) / 4.5)
  const voc = a * Math.log(photocurrent / saturation + 1)
  const diodeV = Array.from({ length: 201 }, (_, k) => -1 + ((1.02 * voc + 1) * k) / 200)
  const currentA = diodeV.map((v) => photocurrent - saturation * Math.expm1(v / a) - v / 400)
  return { id, voltageV: diodeV.map((v, k) => v - 0.3 * currentA[k]!), currentA, irradianceWPerM2, temperatureC }
}
