import { createCanceller } from '../../src/base/clock.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { createReadingBuffer, type ReadingBuffer } from './tspBuffers.ts'
import { choiceField, constants, fixed, numberField, objectOf, permissive, type TspField } from './tspFields.ts'
import { TspError } from './tspLexer.ts'
import { overflow, type Smu, type Taken } from './tspSmu.ts'
import { isObject, runtimeError, toNumber, type TspObject, type TspValue } from './tspValues.ts'

const smuConstants = constants({
  OUTPUT_DCAMPS: 0,
  OUTPUT_DCVOLTS: 1,
  OUTPUT_OFF: 0,
  OUTPUT_ON: 1,
  OUTPUT_NORMAL: 0,
  OUTPUT_ZERO: 1,
  OUTPUT_HIGH_Z: 2,
  SENSE_LOCAL: 0,
  SENSE_REMOTE: 1,
  SENSE_CALA: 3,
  AUTORANGE_OFF: 0,
  AUTORANGE_ON: 1,
  AUTOZERO_OFF: 0,
  AUTOZERO_ONCE: 1,
  AUTOZERO_AUTO: 2,
  DISABLE: 0,
  ENABLE: 1,
  ASYNC: 2,
  SOURCE_IDLE: 0,
  SOURCE_HOLD: 1,
  FILTER_OFF: 0,
  FILTER_ON: 1,
  FILTER_MOVING_AVG: 0,
  FILTER_REPEAT_AVG: 1,
  FILTER_MEDIAN: 2,
  DELAY_OFF: 0,
  DELAY_AUTO: -1,
  SETTLE_SMOOTH: 0,
  SETTLE_FAST_RANGE: 1,
})

/** The buffer behind an argument; null where there is none. */
function bufferOf(known: ReadonlyMap<TspObject, ReadingBuffer>, value: TspValue | undefined): ReadingBuffer | null {
  if (value === undefined || value === null) return null
  const found = isObject(value) ? known.get(value) : undefined
  if (!found) throw runtimeError('a reading buffer is expected')
  return found
}

/** What the calls of one channel share. */
export interface SmuWorld {
  context: SimulatorContext
  smu: Smu
  /** Buffers of every channel, by the object that TSP has of them. */
  buffers: Map<TspObject, ReadingBuffer>
  /** Overlapped work: sweeps. */
  overlap: (work: Promise<void>) => void
}

const quantityOf: Readonly<Record<string, (taken: Taken) => number>> = {
  v: (taken) => taken.voltageV,
  i: (taken) => taken.currentA,
  r: (taken) => (taken.currentA === 0 || taken.currentA === overflow ? overflow : taken.voltageV / taken.currentA),
  p: (taken) => taken.voltageV * taken.currentA,
}

/** `smua.measure.v([buffer])`: the last reading of `count`. */
function measureFields({ smu, buffers }: SmuWorld): Record<string, TspField> {
  const { set } = smu
  const fill = async (targets: readonly (ReadingBuffer | null)[], names: readonly string[]): Promise<TspValue[]> => {
    for (const target of targets) if (target && !target.isAppending()) target.clear()
    let last: number[] = []
    for (let i = 0; i < set.count.value; i++) {
      const taken = await smu.measure(names.length)
      last = names.map((name) => quantityOf[name]?.(taken) ?? 0)
      for (const [k, target] of targets.entries()) target?.store(smu.entry(last[k] ?? 0, taken))
    }
    return last
  }
  const single = (name: string): TspField => fixed((args) => fill([bufferOf(buffers, args[0])], [name]))
  const pair: TspField = fixed((args) => fill([bufferOf(buffers, args[0]), bufferOf(buffers, args[1])], ['i', 'v']))
  return {
    v: single('v'),
    i: single('i'),
    r: single('r'),
    p: single('p'),
    iv: pair,
    overlappedv: single('v'),
    overlappedi: single('i'),
    overlappediv: pair,
    nplc: set.nplc,
    autozero: set.autoZero,
    count: set.count,
    delay: set.measureDelayS,
    delayfactor: numberField(1, { min: 0, max: 1e6 }),
    interval: numberField(0, { min: 0, max: 1e6 }),
    rangev: set.measureV.range,
    rangei: set.measureI.range,
    autorangev: set.measureV.auto,
    autorangei: set.measureI.auto,
    lowrangev: numberField(0.1, { min: 0, max: 1e3 }),
    lowrangei: numberField(1e-7, { min: 0, max: 1e3 }),
    filter: fixed(permissive()),
    rel: fixed(permissive()),
    highcrangedelayfactor: numberField(10, { min: 1, max: 99 }),
  }
}

function sourceFields({ smu }: SmuWorld): Record<string, TspField> {
  const { set, state } = smu
  return {
    func: set.func,
    levelv: set.levelV,
    leveli: set.levelI,
    limitv: set.limitV,
    limiti: set.limitI,
    rangev: set.sourceV.range,
    rangei: set.sourceI.range,
    autorangev: set.sourceV.auto,
    autorangei: set.sourceI.auto,
    lowrangev: numberField(0.1, { min: 0, max: 1e3 }),
    lowrangei: numberField(1e-7, { min: 0, max: 1e3 }),
    output: {
      get: () => (state.output ? 1 : 0),
      set: (value) => smu.switchOutput(toNumber(value) !== 0),
    },
    compliance: { get: () => smu.isLimiting() },
    offmode: set.offMode,
    offfunc: choiceField(1, [0, 1]),
    offlimiti: numberField(1e-3, { min: 0, max: 1 }),
    offlimitv: numberField(40, { min: 0, max: 1e3 }),
    delay: set.sourceDelayS,
    settling: choiceField(0, [0, 1, 2, 3, 4, 128]),
    highc: choiceField(0, [0, 1]),
    sink: choiceField(0, [0, 1]),
    outputenableaction: choiceField(0, [0, 1]),
  }
}

/** What the trigger model is told to do. */
interface TriggerPlan {
  levels: number[]
  targets: (ReadingBuffer | null)[]
  names: string[]
}

/** `smua.trigger.source`: the levels. */
function triggerSource(smu: Smu, plan: TriggerPlan, limitI: TspField): TspObject {
  const linear = (most: number): TspField =>
    fixed((args) => {
      const [first = 0, last = 0, points = 2] = args.map(toNumber)
      if (Math.max(Math.abs(first), Math.abs(last)) > most * 1.01) throw new TspError(1102, 'Parameter too big')
      const step = (last - first) / Math.max(1, points - 1)
      plan.levels = Array.from({ length: points }, (_each, i) => first + step * i)
      return []
    })
  const list: TspField = fixed(([table = null]) => {
    if (!isObject(table)) throw runtimeError('a table is expected')
    plan.levels = []
    for (let i = 1; table.get(String(i)) !== null; i++) plan.levels.push(toNumber(table.get(String(i))))
    return []
  })
  return objectOf({
    linearv: linear(smu.limits.maxVoltageV),
    lineari: linear(smu.limits.maxCurrentA),
    listv: list,
    listi: list,
    action: choiceField(0, [0, 1]),
    limiti: limitI,
    limitv: numberField(0, { min: 0, max: 1e3 }),
    stimulus: stimulus(),
  })
}

const stimulus = (): TspField => numberField(0, { min: 0, max: 1e9 })
const eventIds = constants({
  SWEEPING_EVENT_ID: 1,
  SWEEP_COMPLETE_EVENT_ID: 2,
  SOURCE_COMPLETE_EVENT_ID: 3,
  MEASURE_COMPLETE_EVENT_ID: 4,
  PULSE_COMPLETE_EVENT_ID: 5,
  IDLE_EVENT_ID: 6,
})

/** `smua.trigger`: a sweep by the trigger model, which runs while other lines are carried out. */
function triggerFields({ smu, buffers, overlap, context }: SmuWorld): Record<string, TspField> {
  const plan: TriggerPlan = { levels: [], targets: [], names: [] }
  const count = numberField(1, { min: 0, max: 1e6, accept: Math.round })
  const limitI = numberField(0, { min: 0, max: smu.limits.maxCurrentA * 1.01 })
  const endSweep = choiceField(0, [0, 1])
  const keep = (names: string[]): TspField =>
    fixed((args) => {
      Object.assign(plan, { names, targets: names.map((_name, i) => bufferOf(buffers, args[i])) })
      return []
    })
  const initiate: TspField = fixed(() => {
    if (smu.state.sweeping) throw new TspError(-213, 'Init ignored')
    overlap(runSweep(context, smu, { ...plan, count: count.value, limitA: limitI.value }))
    return []
  })
  const measure = objectOf({
    action: choiceField(0, [0, 1, 2]),
    stimulus: stimulus(),
    v: keep(['v']),
    i: keep(['i']),
    iv: keep(['i', 'v']),
  })
  return {
    ...eventIds,
    count,
    initiate,
    source: fixed(triggerSource(smu, plan, limitI)),
    measure: fixed(measure),
    arm: fixed(objectOf({ count: numberField(1, { min: 0, max: 1e6 }), stimulus: stimulus() })),
    endpulse: fixed(objectOf({ action: choiceField(0, [0, 1, 2]), stimulus: stimulus() })),
    endsweep: fixed(objectOf({ action: endSweep })),
    autoclear: choiceField(0, [0, 1]),
  }
}

interface SweepRun {
  levels: readonly number[]
  targets: readonly (ReadingBuffer | null)[]
  names: readonly string[]
  count: number
  limitA: number
}

/** Steps through the levels; an abort ends it where it is. */
async function runSweep(context: SimulatorContext, smu: Smu, run: SweepRun): Promise<void> {
  const { set, state } = smu
  const { clock } = context
  state.canceller = createCanceller()
  state.sweeping = true
  const restore = set.limitI.value
  if (run.limitA > 0) set.limitI.value = run.limitA
  for (const target of run.targets) if (target && !target.isAppending()) target.clear()
  const pointMs = Math.max(0, set.sourceDelayS.value) * 1000 + smu.measureMs(run.names.length)
  let dueMs = clock.monotonicMs()
  for (let i = 0; i < run.count; i++) {
    const level = run.levels[i % Math.max(1, run.levels.length)] ?? smu.level()
    const before = i === 0 ? level : (run.levels[(i - 1) % run.levels.length] ?? level)
    dueMs += pointMs
    await clock.sleep(dueMs - clock.monotonicMs(), state.canceller.signal).catch(() => undefined)
    if (state.canceller.signal.aborted) break
    const taken = smu.measureNow(level, ((level - before) * 1000) / pointMs)
    for (const [k, name] of run.names.entries())
      run.targets[k]?.store({ ...smu.entry(quantityOf[name]?.(taken) ?? 0, taken), source: level })
  }
  set.limitI.value = restore
  state.sweeping = false
}

/** The channel as TSP sees it: `smua`. */
export function createSmuObject(world: SmuWorld): TspObject {
  const { smu, buffers } = world
  const { set, state } = smu
  for (const buffer of smu.buffers) buffers.set(buffer.object, buffer)
  const [first, second] = smu.buffers
  const abort = (): TspValue[] => {
    state.canceller.cancel(new Error('aborted'))
    return []
  }
  const reset = (): TspValue[] => {
    abort()
    smu.switchOutput(false)
    set.reset()
    return []
  }
  return objectOf({
    ...smuConstants,
    source: fixed(objectOf(sourceFields(world))),
    measure: fixed(objectOf(measureFields(world))),
    trigger: fixed(objectOf(triggerFields(world))),
    sense: set.sense,
    nvbuffer1: fixed(first?.object ?? null),
    nvbuffer2: fixed(second?.object ?? null),
    reset: fixed(reset),
    abort: fixed(abort),
    contact: fixed(permissive()),
    makebuffer: fixed((args) => {
      const made = createReadingBuffer(toNumber(args[0] ?? 100))
      buffers.set(made.object, made)
      return [made.object]
    }),
  })
}
