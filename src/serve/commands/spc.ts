import { basename } from 'node:path'
import { StationError } from '../../contract/errors.ts'
import { chartFile, chartKinds, type ChartDocument } from '../../engine/chartFile.ts'
import { readArguments, textOption, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readText } from '../files.ts'
import { joinNegativeNumbers, numberOption } from '../numberOption.ts'
import { exitCode } from '../output.ts'

const options = {
  chart: { type: 'string' },
  usl: { type: 'string' },
  lsl: { type: 'string' },
  target: { type: 'string' },
  sigma: { type: 'string' },
} as const

const shown = (value: number): string => String(Number(value.toPrecision(6)))

const chartOf = (given: Options) => {
  const named = textOption(given, 'chart')
  const chart = chartKinds.find((each) => each === named)
  if (named !== undefined && chart === undefined)
    throw new StationError('usage.badArgument', {
      detail: `--chart ${named}: one of ${chartKinds.join(', ')} is needed.`,
    })
  return chart ?? null
}

const findings = ({ violations, signals, points }: ChartDocument): string[] => {
  const broken = violations.map(
    (each) => `point ${each.index + 1}: ${each.ruleId} (${each.set}), ${each.text}, from point ${each.fromIndex + 1}`,
  )
  const signalled = (signals ?? []).map((signal) => `point ${signal.index + 1}: beyond the limit`)
  const all = [...broken, ...signalled]
  return all.length > 0 ? all : [`None of the ${points.length} points breaks a rule.`]
}

const indices = ({ capability }: ChartDocument): string[] => {
  if (capability === null) return []
  const names = {
    cp: 'Cp',
    cpk: 'Cpk',
    cpm: 'Cpm',
    pp: 'Pp',
    ppk: 'Ppk',
    cpkLowerBound95: 'Cpk, lower 95 % bound',
  } as const
  return Object.entries(names).map(([key, name]) => {
    const of = capability[key as keyof typeof names]
    return `${name}: ${of.value === null ? `– (${of.reason})` : shown(of.value)}`
  })
}

export const spc: Command = {
  usage: `spc FILE [--chart ${chartKinds.join('|')}] [--usl N] [--lsl N] [--target N] [--sigma N] [--json]`,
  about:
    'Control chart of values or subgroups: limits, Western Electric and Nelson rules; Cp, Cpk, Pp, Ppk with a specification limit',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(joinNegativeNumbers(args), { options, positionals: [1, 1] })
    const file = positionals[0]!
    const request = {
      chart: chartOf(given),
      lowerSpecification: numberOption(given, 'lsl') ?? null,
      upperSpecification: numberOption(given, 'usl') ?? null,
      target: numberOption(given, 'target') ?? null,
      sigma: numberOption(given, 'sigma', 0) ?? null,
    }
    const found = chartFile(await readText(file), basename(file), request)
    const unit = found.unit === null ? '' : ` ${found.unit}`
    const lines = [
      `${found.chart} of ${found.count} values`,
      `centre ${shown(found.center)}${unit}, limits ${shown(found.lowerLimit)} to ${shown(found.upperLimit)}${unit}, sigma ${shown(found.sigma)}${unit}`,
      ...findings(found),
      ...indices(found),
      ...found.notes,
    ]
    output.result(found, lines.join('\n'))
    return exitCode.ok
  },
}
