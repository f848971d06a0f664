import { ScpiError, type ScpiCommand, type ScpiCommands } from './scpi.ts'

/** A setting of a simulated instrument: its value, and the command and query for it. */
export interface Setting<T> {
  value: T
  readonly command: ScpiCommand
}

export interface NumberLimits {
  min: number | (() => number)
  max: number | (() => number)
  initial: number
  /** Refuses, or carries on, what was decoded; returns what is stored. */
  accept?: (value: number) => number
  format?: (value: number) => string
}

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?$/i
const now = (bound: number | (() => number)): number => (typeof bound === 'number' ? bound : bound())

/** `#H20`, `#Q40`, `#B100000`, as masks of registers are often written (IEEE 488.2, 7.7.4). */
function nonDecimalOf(text: string): number | null {
  const [, base = '', digits = ''] = /^#([HQB])([0-9A-F]+)$/i.exec(text) ?? []
  const radix = { H: 16, Q: 8, B: 2 }[base.toUpperCase()]
  const value = radix === undefined ? NaN : parseInt(digits, radix)
  return value.toString(radix ?? 10).toUpperCase() === digits.toUpperCase().replace(/^0+(?=.)/, '') ? value : null
}

/** Decodes one number argument, MINimum, MAXimum and DEFault included. */
export function numberArgument(text: string | undefined, limits: NumberLimits): number {
  if (text === undefined || text === '') throw new ScpiError(-109, 'Missing parameter')
  const [min, max] = [now(limits.min), now(limits.max)]
  if (/^MIN(IMUM)?$/i.test(text)) return min
  if (/^MAX(IMUM)?$/i.test(text)) return max
  if (/^DEF(AULT)?$/i.test(text)) return limits.initial
  const value = nonDecimalOf(text) ?? (numberPattern.test(text) ? Number(text) : null)
  if (value === null) throw new ScpiError(-104, 'Data type error')
  if (!(value >= min && value <= max)) throw new ScpiError(-222, 'Parameter data out of range')
  return value
}

/** Decodes ON, OFF, or a number that is rounded (0 is off). */
export function booleanArgument(text: string | undefined): boolean {
  if (text === undefined || text === '') throw new ScpiError(-109, 'Missing parameter')
  if (/^ON$/i.test(text)) return true
  if (/^OFF$/i.test(text)) return false
  if (!numberPattern.test(text)) throw new ScpiError(-104, 'Data type error')
  return Math.round(Number(text)) !== 0
}

/** Decodes one of some keywords such as `FIXed`; gives its short form. */
export function keywordArgument(text: string | undefined, keywords: readonly string[]): string {
  if (text === undefined || text === '') throw new ScpiError(-109, 'Missing parameter')
  const asked = text.toUpperCase()
  const found = keywords.find((each) => asked === each.replace(/[a-z]/g, '') || asked === each.toUpperCase())
  if (found === undefined) throw new ScpiError(-224, 'Illegal parameter value')
  return found.replace(/[a-z]/g, '')
}

/** The text between quotes of either kind. */
export function quotedArgument(text: string | undefined): string {
  const [, , inner] = /^(["'])(.*)\1$/s.exec(text ?? '') ?? []
  if (inner === undefined) throw new ScpiError(-104, 'Data type error')
  return inner
}

export const atMost = (args: readonly string[], count: number): void => {
  if (args.length > count) throw new ScpiError(-108, 'Parameter not allowed')
}

/** What a kept setting takes is told by its first value: 0 and 1 are booleans, 10 a whole number, 0.0 any number, all else is text. */
function keptArgument(args: string[], initial: string, formatNumber: (value: number) => string): string {
  const [first = ''] = args
  if (first === '') throw new ScpiError(-109, 'Missing parameter')
  if (/^[01]$/.test(initial)) return booleanArgument(first) ? '1' : '0'
  if (/^[A-Z"']/i.test(first)) return args.map((each) => (/^["']/.test(each) ? each : each.toUpperCase())).join(',')
  const value = numberArgument(first, { min: -1e15, max: 1e15, initial: 0 })
  return /^\d+$/.test(initial) ? String(Math.round(value)) : formatNumber(value)
}

/** Settings of one instrument, all of which `*RST` puts back. */
export interface Settings {
  number: (limits: NumberLimits) => Setting<number>
  boolean: (initial: boolean) => Setting<boolean>
  keyword: (keywords: readonly string[], initial: string) => Setting<string>
  /** Commands whose settings change nothing on the bench, with their first values: they are taken, kept and answered. */
  kept: (initials: Readonly<Record<string, string>>) => ScpiCommands
  reset: () => void
  /** Remembers all settings as they are; the function that comes back restores them (`*SAV`, `*RCL`). */
  snapshot: () => () => void
}

export function createSettings(formatNumber: (value: number) => string): Settings {
  const resets: (() => void)[] = []
  const snapshots: (() => () => void)[] = []
  const hold = <T>(initial: T, command: (own: { value: T }) => ScpiCommand): Setting<T> => {
    const own = { value: initial }
    const put = (value: T) => () => {
      own.value = value
    }
    resets.push(put(initial))
    snapshots.push(() => put(own.value))
    return Object.assign(own, { command: command(own) })
  }
  const keep = (initial: string): ScpiCommand =>
    hold(/^[+-]?\d+(\.|E)/.test(initial) ? formatNumber(Number(initial)) : initial, (own) => ({
      set: (args) => {
        own.value = keptArgument(args, initial, formatNumber)
      },
      get: () => own.value,
    })).command
  return {
    number: (limits) =>
      hold(limits.initial, (own) => ({
        set: (args) => {
          atMost(args, 1)
          const value = numberArgument(args[0], limits)
          own.value = limits.accept ? limits.accept(value) : value
        },
        get: (args) => (limits.format ?? formatNumber)(args[0] ? numberArgument(args[0], limits) : own.value),
      })),
    boolean: (initial) =>
      hold(initial, (own) => ({
        set: (args) => {
          atMost(args, 1)
          own.value = booleanArgument(args[0])
        },
        get: () => (own.value ? '1' : '0'),
      })),
    keyword: (keywords, initial) =>
      hold(initial, (own) => ({
        set: (args) => {
          atMost(args, 1)
          own.value = keywordArgument(args[0], keywords)
        },
        get: () => own.value,
      })),
    kept: (initials) => Object.fromEntries(Object.entries(initials).map(([pattern, first]) => [pattern, keep(first)])),
    reset: () => {
      for (const reset of resets) reset()
    },
    snapshot: () => {
      const restores = snapshots.map((take) => take())
      return () => {
        for (const restore of restores) restore()
      }
    },
  }
}
