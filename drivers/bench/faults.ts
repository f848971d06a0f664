import type { Clock } from '../../src/base/clock.ts'
import type { FaultBoard, SimulatorContext, SimulatorFault } from '../../src/contract/instrument.ts'

/**
 * Faults are switched on by the option `fault`: `name[:key=value,…]`, several with `;`. Keys: `at=10` the tenth answer,
 * `at=10s` ten seconds after the start, `every=5` each fifth answer, `every=30s` each thirty seconds, `for=3` or `for=2s` how
 * long, `on=TEXT` only on requests with this text (also by the option `faultOn`), `delay=2500` milliseconds where one is
 * delayed. Without `at` and `every` it is there all the time. The options are read each time, so a test can switch them.
 */
interface FaultSpec {
  name: string
  keys: Readonly<Record<string, string>>
}

type Span = { unit: 'answers' | 'ms'; amount: number }

const readSpan = (text: string | undefined): Span | null => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|min|h)?$/.exec(text ?? '') ?? []
  if (amount === undefined) return null
  const factor = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }[unit ?? '']
  return factor === undefined
    ? { unit: 'answers', amount: Number(amount) }
    : { unit: 'ms', amount: Number(amount) * factor }
}

const faultKeys = ['at', 'every', 'for', 'on', 'delay']

/** @throws Error that says what is wrong with the text, in the user's words */
export function parseFaults(text: string): FaultSpec[] {
  return text
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [name = '', ...rest] = each.split(':')
      const pairs = rest.join(':').split(',')
      const keys = Object.fromEntries(
        pairs
          .filter((pair) => pair !== '')
          .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      )
      for (const key of Object.keys(keys)) {
        if (!faultKeys.includes(key)) throw new Error(`“${each}”: “${key}” is none of ${faultKeys.join(', ')}`)
        if (key !== 'on' && readSpan(keys[key]) === null)
          throw new Error(`“${each}”: ${key} needs a number, of answers or with a unit (ms, s, min, h)`)
      }
      return { name, keys }
    })
}

/** @throws Error for a name that this simulator doesn't have */
export function checkFaults(text: string, faults: readonly SimulatorFault[]): void {
  const known = [...wireFaults, ...connectionFaults, ...faults].map((each) => each.name)
  for (const { name } of parseFaults(text))
    if (!known.includes(name)) throw new Error(`there is no fault “${name}”; there are: ${known.join(', ')}`)
}

const defaultSpellMs = 1000

/** Whether the moment `now` lies in one of the fault's spells. `index` counts answers from 1. */
function isSpell(keys: FaultSpec['keys'], now: { index: number; ms: number }): boolean {
  const at = readSpan(keys['at'])
  const every = readSpan(keys['every'])
  const span = readSpan(keys['for'])
  if (at) {
    const since = at.unit === 'ms' ? now.ms - at.amount : now.index - at.amount
    if (since < 0) return false
    if (span) return since < span.amount
    return at.unit === 'ms' || since < 1
  }
  if (every?.unit === 'ms') {
    const lasts = span?.unit === 'ms' ? span.amount : defaultSpellMs
    return now.ms >= every.amount && now.ms % every.amount < lasts
  }
  if (every) return now.index % every.amount < (span?.amount ?? 1) && now.index >= every.amount
  return true
}

/** @param options read each time; of one simulator */
export function createFaultBoard(clock: Clock, options: Readonly<Record<string, string>>): FaultBoard {
  const startMs = clock.monotonicMs()
  let answers = 0
  let read: { text: string; specs: FaultSpec[] } = { text: '', specs: [] }
  const specs = (): FaultSpec[] => {
    const text = options['fault'] ?? ''
    if (text !== read.text) read = { text, specs: parseFaults(text) }
    return read.specs
  }
  const has = (text: string, part: string): boolean => text.toUpperCase().includes(part.toUpperCase())
  const isActive = (name: string, request = ''): boolean =>
    specs().some(
      (each) =>
        each.name === name &&
        has(request, each.keys['on'] ?? options['faultOn'] ?? '') &&
        isSpell(each.keys, { index: answers + 1, ms: clock.monotonicMs() - startMs }),
    )
  return {
    isActive,
    detail: (name, key) => specs().find((each) => each.name === name)?.keys[key],
    countAnswer: () => void answers++,
  }
}

export const hasFault = (context: SimulatorContext, fault: string, request = ''): boolean =>
  context.faults.isActive(fault, request)

/** Faults of the wire, that every simulator has. */
export const wireFaults: readonly SimulatorFault[] = [
  { name: 'no-answer', title: 'no answer at all', effect: 'error' },
  { name: 'late-answer', title: 'the answer comes after the deadline (delay, 3000 ms)', effect: 'error' },
  { name: 'partial', title: 'half of the answer, and no end', effect: 'error' },
  { name: 'split', title: 'the answer in two pieces, 100 ms apart', effect: 'harmless' },
  { name: 'twice', title: 'each answer twice, in one piece', effect: 'harmless' },
  { name: 'corrupt', title: 'a bit of the answer is flipped', effect: 'error' },
  { name: 'rubbish', title: 'binary rubbish in place of the answer', effect: 'error' },
]

/** Faults of the connection, which the host of a simulator carries out. */
export const connectionFaults: readonly SimulatorFault[] = [
  { name: 'unplug', title: 'the cable is pulled: the connection ends, and none is accepted', effect: 'error' },
  { name: 'reset', title: 'the connection is reset (RST); a new one is accepted', effect: 'error' },
  { name: 'half-open', title: 'the connection stays, but nothing goes through', effect: 'error' },
  { name: 'one-client', title: 'a second connection is refused', effect: 'error' },
  { name: 'idle-close', title: 'the connection is closed after 5 s without a request', effect: 'error' },
]

/** A look at a fault that is to be taken often; what `begin` does is done once each time the fault begins. */
export function atBeginOf(context: SimulatorContext | undefined, name: string, begin: () => void): () => void {
  let was = false
  return () => {
    const is = context !== undefined && hasFault(context, name)
    if (is && !was) begin()
    was = is
  }
}
