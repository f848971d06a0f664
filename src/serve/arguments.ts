import { parseArgs } from 'node:util'
import { messageOf, StationError } from '../contract/errors.ts'
import type { Scalar } from '../contract/template.ts'

export type Options = Readonly<Record<string, string | boolean | string[] | undefined>>

export interface Arguments {
  positionals: string[]
  options: Options
}

type OptionSpec = Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>

const common: OptionSpec = { json: { type: 'boolean' }, data: { type: 'string' }, help: { type: 'boolean' } }

const bad = (detail: string, cause?: unknown) => new StationError('usage.badArgument', { detail }, cause)

/** @throws StationError usage.badArgument for an unknown option or too many or few arguments */
export function readArguments(
  args: readonly string[],
  spec: { options: OptionSpec; positionals: [least: number, most: number] },
): Arguments {
  const [least, most] = spec.positionals
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...common, ...spec.options },
      allowPositionals: true,
    })
    if (values['help'] !== true && (positionals.length < least || positionals.length > most))
      throw bad(
        `${positionals.length} arguments were given; ${least === most ? least : `${least} to ${most}`} expected.`,
      )
    return { positionals, options: values as Options }
  } catch (error) {
    if (error instanceof StationError) throw error
    throw bad(messageOf(error), error)
  }
}

export function textOption(options: Options, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

export function neededOption(options: Options, name: string): string {
  const value = textOption(options, name)
  if (value === undefined || value === '') throw bad(`--${name} is needed.`)
  return value
}

/** @throws StationError usage.badArgument unless it is a whole number in the range */
export function integerOption(
  options: Options,
  name: string,
  range: { least: number; most: number; otherwise: number },
): number {
  const text = textOption(options, name)
  if (text === undefined) return range.otherwise
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || value < range.least || value > range.most)
    throw bad(`--${name} ${text}: a whole number from ${range.least} to ${range.most} is needed.`)
  return value
}

/** `name=value` pairs; the values keep their type: number, true, false, or text. */
export function readParameters(options: Options): Record<string, Scalar> {
  const given = (options['param'] as string[] | undefined) ?? []
  return Object.fromEntries(
    given.map((pair): [string, Scalar] => {
      const at = pair.indexOf('=')
      if (at < 1) throw bad(`--param ${pair}: name=value is needed.`)
      return [pair.slice(0, at), scalarOf(pair.slice(at + 1))]
    }),
  )
}

function scalarOf(text: string): Scalar {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : text
}
