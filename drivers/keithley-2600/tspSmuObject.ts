import { createReadingBuffer, type ReadingBuffer } from './tspBuffers.ts'
import { choiceField, constants, fixed, numberField, objectOf, permissive, type TspField } from './tspFields.ts'
import { bufferOf, quantityOf, triggerFields, type SmuWorld } from './tspSweep.ts'
import { toNumber, type TspObject, type TspValue } from './tspValues.ts'

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

/** Kept: what is shown here is never relative to something. */
const relativeOf = (name: string): [string, TspField][] => [
  [`enable${name}`, choiceField(0, [0, 1])],
  [`level${name}`, numberField(0, { min: -1e12, max: 1e12 })],
]

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
    filter: fixed(
      objectOf({
        count: numberField(1, { min: 1, max: 100 }),
        enable: choiceField(0, [0, 1]),
        type: choiceField(1, [0, 1, 2]),
      }),
    ),
    rel: fixed(objectOf(Object.fromEntries(['v', 'i', 'r', 'p'].flatMap(relativeOf)))),
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
