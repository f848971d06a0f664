import { createCanceller } from '../../src/base/clock.ts'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import type { ReadingBuffer } from './tspBuffers.ts'
import { choiceField, constants, fixed, numberField, objectOf, type NumberField, type TspField } from './tspFields.ts'
import { TspError } from './tspLexer.ts'
import { overflow, type Smu, type Taken } from './tspSmu.ts'
import type { BusTrigger } from './tspTriggers.ts'
import { isObject, runtimeError, toNumber, type TspObject, type TspValue } from './tspValues.ts'

/** The buffer behind an argument; null where there is none. */
export function bufferOf(
  known: ReadonlyMap<TspObject, ReadingBuffer>,
  value: TspValue | undefined,
): ReadingBuffer | null {
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
  bus: BusTrigger
}

export const quantityOf: Readonly<Record<string, (taken: Taken) => number>> = {
  v: (taken) => taken.voltageV,
  i: (taken) => taken.currentA,
  r: (taken) => (taken.currentA === 0 || taken.currentA === overflow ? overflow : taken.voltageV / taken.currentA),
  p: (taken) => taken.voltageV * taken.currentA,
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

const stimulus = (): NumberField => numberField(0, { min: 0, max: 1e9 })
const eventIds = constants({
  SWEEPING_EVENT_ID: 1,
  SWEEP_COMPLETE_EVENT_ID: 2,
  SOURCE_COMPLETE_EVENT_ID: 3,
  MEASURE_COMPLETE_EVENT_ID: 4,
  PULSE_COMPLETE_EVENT_ID: 5,
  IDLE_EVENT_ID: 6,
  ARMED_EVENT_ID: 7,
})

/** `smua.trigger`: a sweep by the trigger model, which runs while other lines are carried out. */
export function triggerFields({ smu, buffers, overlap, context, bus }: SmuWorld): Record<string, TspField> {
  const plan: TriggerPlan = { levels: [], targets: [], names: [] }
  const count = numberField(1, { min: 0, max: 1e6, accept: Math.round })
  const limitI = numberField(0, { min: 0, max: smu.limits.maxCurrentA * 1.01 })
  const endSweep = choiceField(0, [0, 1])
  const keep = (names: string[]): TspField =>
    fixed((args) => {
      Object.assign(plan, { names, targets: names.map((_name, i) => bufferOf(buffers, args[i])) })
      return []
    })
  const armStimulus = stimulus()
  const waiting = { forBus: false }
  /** A sweep whose arming waits for the bus begins with `*trg`; an abort ends the wait. */
  const start = async (): Promise<void> => {
    smu.state.canceller = createCanceller()
    const { signal } = smu.state.canceller
    if (armStimulus.value === bus.eventId) {
      waiting.forBus = true
      await Promise.race([
        bus.next(),
        new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      ])
      waiting.forBus = false
    }
    if (!signal.aborted) await runSweep(context, smu, { ...plan, count: count.value, limitA: limitI.value })
  }
  const initiate: TspField = fixed(() => {
    if (smu.state.sweeping || waiting.forBus) throw new TspError(-213, 'Init ignored')
    overlap(start())
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
    arm: fixed(objectOf({ count: numberField(1, { min: 0, max: 1e6 }), stimulus: armStimulus })),
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
