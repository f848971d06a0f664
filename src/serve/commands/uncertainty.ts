import { basename } from 'node:path'
import { StationError } from '../../contract/errors.ts'
import { budgetFile } from '../../engine/budgetFile.ts'
import { integerOption, readArguments, textOption } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readText } from '../files.ts'
import { alignTable, exitCode } from '../output.ts'

const options = { 'monte-carlo': { type: 'string' }, seed: { type: 'string' } } as const

const shown = (value: number | null, digits = 5): string =>
  value === null ? '–' : String(Number(value.toPrecision(digits)))

type Evaluated = ReturnType<typeof budgetFile>

const summary = (found: Evaluated): string[] => {
  const { effectiveDegreesOfFreedom: dof, unit } = found
  const lines = [
    `uc = ${shown(found.combinedStandardUncertainty)} ${unit}`,
    `ν  = ${dof.value === null ? `none: ${dof.reason}` : shown(dof.value)}`,
    `U  = ${shown(found.expandedUncertainty)} ${unit} (${found.coverageText})`,
  ]
  const trial = found.monteCarlo
  if (trial === null) return lines
  const [low, high] = trial.shortestInterval
  const share = `${Number((100 * trial.level).toPrecision(6))} %`
  return [
    ...lines,
    `Monte Carlo, ${trial.trials} trials, seed ${trial.seed}: mean ${shown(trial.mean, 8)} ${unit}, ` +
      `u ${shown(trial.standardUncertainty)} ${unit}, shortest ${share} interval ${shown(low, 8)} to ${shown(high, 8)} ${unit}`,
  ]
}

export const uncertainty: Command = {
  usage: 'uncertainty BUDGET.json [--monte-carlo N [--seed S]] [--json]',
  about: 'Combined and expanded uncertainty of a GUM budget; by Monte Carlo (JCGM 101), too, where asked',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const asked = textOption(given, 'monte-carlo') !== undefined
    if (!asked && textOption(given, 'seed') !== undefined)
      throw new StationError('usage.badArgument', { detail: '--seed is for --monte-carlo N, which is missing.' })
    const trials = integerOption(given, 'monte-carlo', { least: 1000, most: 10_000_000, otherwise: 1_000_000 })
    const seed = integerOption(given, 'seed', { least: 0, most: 4294967295, otherwise: 1 })
    const file = positionals[0]!
    const found = budgetFile(await readText(file), basename(file), asked ? { trials, seed } : null)
    const rows = found.rows.map((row) => [
      row.name,
      `${shown(row.standardUncertainty)} ${row.unit}`,
      row.distribution,
      shown(row.sensitivity),
      `${shown(row.contribution)} ${found.unit}`,
      shown(row.sharePercent, 3),
      row.degreesOfFreedom === null ? '∞' : shown(row.degreesOfFreedom),
    ])
    const table = alignTable([['input', 'u', 'distribution', 'c', 'c·u', 'share (%)', 'ν'], ...rows])
    output.result(found, [found.measurand, table, ...summary(found)].join('\n'))
    return exitCode.ok
  },
}
