import type { SimulatorContext } from '../../src/contract/instrument.ts'
import type { Scope } from './tspExpressions.ts'
import { fixed, numberField, objectOf, permissive, type TspField } from './tspFields.ts'
import { printing } from './tspPrinting.ts'
import { reflection } from './tspReflection.ts'
import type { SmuWorld } from './tspSweep.ts'
import { beeperPart, displayPart, triggerPart, type BusTrigger } from './tspTriggers.ts'
import {
  isObject,
  newTable,
  runtimeError,
  textOf,
  toNumber,
  typeOf,
  type TspFunction,
  type TspObject,
  type TspValue,
} from './tspValues.ts'

export interface ErrorEntry {
  code: number
  text: string
}

/** What the parts of the environment share. */
export interface EnvironmentDeps {
  context: SimulatorContext
  identity: { model: string; serial: string; revision: string }
  channels: Readonly<Record<string, { world: SmuWorld; object: TspObject }>>
  errors: ErrorEntry[]
  /** One line of the answer. */
  print: (line: string) => void
  /** Resolves when no sweep is running. */
  idle: () => Promise<void>
  bus: BusTrigger
}

/** Severity 20 is “serious”, 10 “recoverable”; node 1. */
const severity = 20

const mathFunctions: Readonly<Record<string, (args: number[]) => number>> = {
  abs: ([x = 0]) => Math.abs(x),
  ceil: ([x = 0]) => Math.ceil(x),
  floor: ([x = 0]) => Math.floor(x),
  sqrt: ([x = 0]) => Math.sqrt(x),
  exp: ([x = 0]) => Math.exp(x),
  log: ([x = 0]) => Math.log(x),
  log10: ([x = 0]) => Math.log10(x),
  pow: ([x = 0, y = 0]) => x ** y,
  sin: ([x = 0]) => Math.sin(x),
  cos: ([x = 0]) => Math.cos(x),
  max: (all) => Math.max(...all),
  min: (all) => Math.min(...all),
}

/** `%d`, `%g`, `%f`, `%e`, `%s` with a width or digits. */
function formatted([pattern = '', ...values]: TspValue[]): string {
  let at = 0
  return textOf(pattern, 6).replace(/%([-+0-9.]*)([dgfes%])/g, (_all, flags: string, kind: string) => {
    if (kind === '%') return '%'
    const value = values[at++] ?? null
    const digits = Number(/\.(\d+)/.exec(flags)?.[1] ?? 6)
    if (kind === 's') return typeof value === 'number' ? String(value) : textOf(value, 6)
    if (kind === 'd') return String(Math.trunc(toNumber(value)))
    if (kind === 'f') return toNumber(value).toFixed(digits)
    return kind === 'e' ? toNumber(value).toExponential(digits) : String(Number(toNumber(value).toPrecision(digits)))
  })
}

/** From one character to another, counted from 1, or from the end where they are negative. */
const part = (text: string, first: number, last: number): string => {
  const from = first < 0 ? Math.max(0, text.length + first) : Math.max(0, first - 1)
  return text.slice(from, last < 0 ? text.length + last + 1 : last)
}

/** Lua's own library, as far as scripts for instruments use it. */
function library(): Record<string, TspField> {
  const math = Object.entries(mathFunctions).map(([name, of]): [string, TspField] => [
    name,
    fixed((args) => [of(args.map(toNumber))]),
  ])
  return {
    math: fixed(objectOf({ ...Object.fromEntries(math), pi: fixed(Math.PI), huge: fixed(Infinity) })),
    string: fixed(
      objectOf({
        format: fixed((args) => [formatted(args)]),
        len: fixed(([text = '']) => [textOf(text, 6).length]),
        upper: fixed(([text = '']) => [textOf(text, 6).toUpperCase()]),
        lower: fixed(([text = '']) => [textOf(text, 6).toLowerCase()]),
        sub: fixed(([text = '', first = 1, last = -1]) => [part(textOf(text, 6), toNumber(first), toNumber(last))]),
      }),
    ),
    table: fixed(
      objectOf({
        getn: fixed(([table = null]) => [
          isObject(table) && 'length' in table ? (table as ReturnType<typeof newTable>).length() : 0,
        ]),
        insert: fixed(([table = null, value = null]) => {
          if (!isObject(table) || !('length' in table)) throw runtimeError('a table is expected')
          const list = table as ReturnType<typeof newTable>
          list.set(String(list.length() + 1), value)
          return []
        }),
      }),
    ),
    tostring: fixed(([value = null]) => [typeof value === 'number' ? String(value) : textOf(value, 6)]),
    tonumber: fixed(([value = null]) => [Number.isNaN(Number(value)) ? null : Number(value)]),
    type: fixed(([value = null]) => [typeOf(value)]),
    os: fixed(objectOf({ time: fixed(() => [0]), clock: fixed(() => [0]) })),
  }
}

function errorQueue({ errors }: EnvironmentDeps): TspField {
  return fixed(
    objectOf({
      count: { get: () => errors.length },
      clear: fixed(() => {
        errors.length = 0
        return []
      }),
      next: fixed(() => {
        const found = errors.shift()
        return found ? [found.code, found.text, severity, 1] : [0, 'Queue Is Empty', 0, 1]
      }),
    }),
  )
}

/** Parts of the instrument that change nothing here. */
const idleParts = ['digio', 'tsplink', 'lan', 'eventlog', 'serial', 'gpib', 'setup', 'script', 'userstring', 'fs', 'io']

const nothing = (): TspValue[] => []

/** Resets every channel. */
const resetOf =
  ({ channels }: EnvironmentDeps) =>
  (): TspValue[] => {
    for (const { object } of Object.values(channels)) void (object.get('reset') as TspFunction)([])
    return []
  }

function localNode(deps: EnvironmentDeps): TspObject {
  const { identity } = deps
  return objectOf({
    prompts: numberField(0, { min: 0, max: 1 }),
    prompts4882: numberField(1, { min: 0, max: 1 }),
    showerrors: numberField(0, { min: 0, max: 1 }),
    linefreq: numberField(50, { min: 50, max: 60 }),
    autolinefreq: { get: () => true, set: () => undefined },
    model: fixed(identity.model),
    serialno: fixed(identity.serial),
    revision: fixed(identity.revision),
    description: fixed(`Keithley ${identity.model}`),
    reset: fixed(resetOf(deps)),
  })
}

/** A status register in which nothing ever happens here. */
function register(): TspField {
  const mask = (): TspField => numberField(0, { min: 0, max: 65_535 })
  return fixed(
    objectOf({ condition: { get: () => 0 }, event: { get: () => 0 }, enable: mask(), ntr: mask(), ptr: mask() }),
  )
}

function statusParts({ channels }: EnvironmentDeps): TspObject {
  // Bit 1 is channel A, bit 2 channel B.
  const isSweeping = (): number =>
    Object.values(channels).reduce((bits, { world }, i) => bits + (world.smu.state.sweeping ? 2 << i : 0), 0)
  const sweeping = objectOf({ condition: { get: isSweeping }, event: { get: isSweeping } })
  return objectOf({
    operation: fixed(objectOf({ sweeping: fixed(sweeping), condition: { get: isSweeping } })),
    measurement: register(),
    questionable: register(),
    standard: register(),
    reset: fixed(nothing),
    condition: { get: () => 0 },
    request_enable: numberField(0, { min: 0, max: 255 }),
  })
}

/** Waiting, and the time that has passed. */
function timing({ context, idle }: EnvironmentDeps): Record<string, TspField> {
  const { clock } = context
  const started = { atMs: clock.monotonicMs() }
  const reset = (): TspValue[] => {
    started.atMs = clock.monotonicMs()
    return []
  }
  return {
    waitcomplete: fixed(async () => {
      await idle()
      return []
    }),
    delay: fixed(async ([time = 0]) => {
      await clock.sleep(toNumber(time) * 1000)
      return []
    }),
    timer: fixed(
      objectOf({
        reset: fixed(reset),
        measure: fixed(objectOf({ t: fixed(() => [(clock.monotonicMs() - started.atMs) / 1000]) })),
      }),
    ),
  }
}

/** The instrument itself. */
function system(deps: EnvironmentDeps): Record<string, TspField> {
  const node = localNode(deps)
  const channels = Object.entries(deps.channels).map(([name, { object }]): [string, TspField] => [name, fixed(object)])
  const idle = idleParts.map((name): [string, TspField] => [name, fixed(permissive())])
  return {
    ...Object.fromEntries([...channels, ...idle]),
    ...timing(deps),
    localnode: fixed(node),
    node: fixed(newTable([['1', node]])),
    reset: fixed(resetOf(deps)),
    errorqueue: errorQueue(deps),
    display: fixed(displayPart()),
    beeper: fixed(beeperPart()),
    trigger: fixed(triggerPart(deps.bus)),
    status: fixed(statusParts(deps)),
    gettimezone: fixed(() => ['0']),
    collectgarbage: fixed(nothing),
    opc: fixed(nothing),
  }
}

/** Global names: the instrument, its library, and what scripts add. */
export function createEnvironment(deps: EnvironmentDeps): Scope {
  const own = new Map<string, TspValue>()
  const lookUp = (name: string): TspValue => {
    if (own.has(name)) return own.get(name) ?? null
    return Object.hasOwn(builtIn, name) ? (builtIn[name]?.get() ?? null) : null
  }
  const assign = (name: string, value: TspValue): void => void own.set(name, value)
  const names = (): string[] =>
    [...new Set([...Object.keys(builtIn), ...own.keys()])].filter((name) => lookUp(name) !== null)
  const builtIn: Record<string, TspField> = {
    ...library(),
    ...printing(deps.print),
    ...system(deps),
    ...reflection({ lookUp, assign }, names),
  }
  return { lookUp, assign, declare: assign }
}

/** Scripts that come with the instrument; they fill nvbuffer1 (reference manual, factory scripts). */
export const factoryScripts = `
function SweepVLinMeasureI(smu, startv, stopv, stime, points)
  smu.nvbuffer1.clear() smu.nvbuffer1.appendmode = 1 smu.nvbuffer1.collectsourcevalues = 1
  smu.source.func = smu.OUTPUT_DCVOLTS smu.source.levelv = startv smu.source.output = smu.OUTPUT_ON
  for i = 1, points do
    smu.source.levelv = startv + (stopv - startv) * (i - 1) / math.max(1, points - 1)
    delay(stime)
    smu.measure.i(smu.nvbuffer1)
  end
  smu.source.output = smu.OUTPUT_OFF smu.source.levelv = 0
end
function SweepILinMeasureV(smu, starti, stopi, stime, points)
  smu.nvbuffer1.clear() smu.nvbuffer1.appendmode = 1 smu.nvbuffer1.collectsourcevalues = 1
  smu.source.func = smu.OUTPUT_DCAMPS smu.source.leveli = starti smu.source.output = smu.OUTPUT_ON
  for i = 1, points do
    smu.source.leveli = starti + (stopi - starti) * (i - 1) / math.max(1, points - 1)
    delay(stime)
    smu.measure.v(smu.nvbuffer1)
  end
  smu.source.output = smu.OUTPUT_OFF smu.source.leveli = 0
end
`
