import { constants, fixed, numberField, objectOf, type TspField } from './tspFields.ts'
import { newTable, type TspObject, type TspValue } from './tspValues.ts'

/** The trigger of the remote line: `*trg` sets free what waits for it. */
export interface BusTrigger {
  eventId: number
  fire: () => void
  /** Resolves at the next `*trg`. */
  next: () => Promise<void>
}

export function createBusTrigger(): BusTrigger {
  let waiting: (() => void)[] = []
  return {
    eventId: 40,
    fire: () => {
      const free = waiting.splice(0)
      for (const each of free) each()
    },
    next: () => new Promise((resolve) => void (waiting = [...waiting, resolve])),
  }
}

const nothing = (): TspValue[] => []
const event = (): TspField => numberField(0, { min: 0, max: 1e9 })

const many = (count: number, make: (index: number) => TspObject): TspField =>
  fixed(newTable(Array.from({ length: count }, (_each, i): [string, TspObject] => [String(i + 1), make(i + 1)])))

/** `stimulus[1]` to `stimulus[4]` of a blender. */
const stimuli = (): TspField => fixed(objectOf({ 1: event(), 2: event(), 3: event(), 4: event() }))

const blender = (index: number): TspObject => {
  let isAny = false
  return objectOf({
    orenable: { get: () => isAny, set: (value) => void (isAny = value === true || value === 1) },
    stimulus: stimuli(),
    overrun: { get: () => false },
    EVENT_ID: fixed(50 + index),
    clear: fixed(nothing),
    wait: fixed(() => [false]),
  })
}

const timer = (index: number): TspObject =>
  objectOf({
    count: numberField(1, { min: 0, max: 1e6 }),
    delay: numberField(1e-5, { min: 5e-7, max: 1e5 }),
    passthrough: numberField(0, { min: 0, max: 1 }),
    stimulus: event(),
    overrun: { get: () => false },
    EVENT_ID: fixed(60 + index),
    clear: fixed(nothing),
    wait: fixed(() => [false]),
  })

/**
 * `trigger`: the bus trigger, blenders and timers. Blenders and timers are kept without effect: a sweep steps by itself once it
 * is armed, as the usual wiring of its own events through a blender has it.
 */
export function triggerPart(bus: BusTrigger): TspObject {
  return objectOf({
    EVENT_ID: fixed(bus.eventId),
    blender: many(6, blender),
    timer: many(8, timer),
    clear: fixed(nothing),
    wait: fixed(() => [false]),
  })
}

const displayFunctions = constants({
  MEASURE_DCAMPS: 0,
  MEASURE_DCVOLTS: 1,
  MEASURE_OHMS: 2,
  MEASURE_WATTS: 3,
  DIGITS_4_5: 4,
  DIGITS_5_5: 5,
  DIGITS_6_5: 6,
  SMUA: 0,
  SMUB: 1,
  SMUA_SMUB: 2,
  USER: 3,
})

const shown = (): TspField =>
  fixed(
    objectOf({
      digits: numberField(5, { min: 4, max: 6 }),
      measure: fixed(objectOf({ func: numberField(1, { min: 0, max: 3 }) })),
      limit: fixed(objectOf({ func: numberField(0, { min: 0, max: 3 }) })),
    }),
  )

/** `display`: kept, and shown nowhere. */
export function displayPart(): TspObject {
  const calls = ['clear', 'settext', 'setcursor', 'sendkey', 'trigger', 'waitkey', 'prompt', 'inputvalue', 'menu']
  return objectOf({
    ...displayFunctions,
    ...Object.fromEntries(calls.map((name) => [name, fixed(nothing)])),
    gettext: fixed(() => ['']),
    screen: numberField(0, { min: 0, max: 3 }),
    smua: shown(),
    smub: shown(),
  })
}

export const beeperPart = (): TspObject =>
  objectOf({ enable: numberField(1, { min: 0, max: 1 }), beep: fixed(nothing) })
