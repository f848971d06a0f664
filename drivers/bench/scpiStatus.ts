import type { SimulatorContext, SimulatorFault } from '../../src/contract/instrument.ts'
import { atBeginOf } from './faults.ts'
import type { ScpiCommands } from './scpi.ts'
import { numberArgument } from './scpiSettings.ts'

/** Error queue and IEEE 488.2 status of a simulated instrument. */
export interface ScpiStatus {
  push: (code: number, text: string) => void
  /** Sets bits of the measurement event register (bit 9: buffer full). */
  measurementEvent: (bits: number) => void
  readonly commands: ScpiCommands
}

/** What others left in the error queue: `*CLS` ends it, as on the instrument. */
export const queueOverflow: SimulatorFault = {
  name: 'queue-overflow',
  title: 'the error queue is full of old errors (-350)',
  effect: 'harmless',
}

export interface ScpiStatusOptions {
  /** Of a simulator that has the fault `queue-overflow`. */
  context?: SimulatorContext
  identity: string
  capacity: number
  /** Puts an error into the instrument's words. */
  format: (code: number, text: string) => string
  reset: () => void
  /** Remembers the settings and gives what restores them: the set-ups of `*SAV` and `*RCL`, where the instrument has them. */
  snapshot?: () => () => void
  /** Resolves when no overlapped operation (INIT) is running. */
  idle: () => Promise<void>
}

/** Bit of the standard event register for an error code (IEEE 488.2, 11.5.1): query, device, execution or command. */
const eventBit = (code: number): number => {
  if (code <= -400 && code > -500) return 4
  if (code <= -200 && code > -300) return 16
  if (code <= -100 && code > -200) return 32
  return 8
}

type Enables = 'standardEnable' | 'request' | 'measurementEnable' | 'operationEnable' | 'questionableEnable'

interface Registers extends Record<Enables, number> {
  standard: number
  measurement: number
}

export function createScpiStatus(options: ScpiStatusOptions): ScpiStatus {
  const queue: string[] = []
  // 128: power was switched on.
  const enables = { standardEnable: 0, request: 0, measurementEnable: 0, operationEnable: 0, questionableEnable: 0 }
  const registers: Registers = { ...enables, standard: 128, measurement: 0 }
  let isCompletionWanted = false

  const push = (code: number, text: string): void => {
    registers.standard |= eventBit(code)
    if (queue.length < options.capacity) queue.push(options.format(code, text))
    else queue[options.capacity - 1] = options.format(-350, 'Queue overflow')
  }
  // The queue is full from the moment the fault begins, not again after it was read or cleared.
  const look = atBeginOf(options.context, queueOverflow.name, () => {
    for (let i = queue.length; i <= options.capacity; i++) push(-113, 'Undefined header')
  })
  const clear = (): void => {
    look()
    queue.length = 0
    registers.standard = 0
    registers.measurement = 0
    isCompletionWanted = false
  }
  const complete = async (): Promise<void> => {
    isCompletionWanted = true
    await options.idle()
    if (isCompletionWanted) registers.standard |= 1
  }
  const next = (): string => {
    look()
    return queue.shift() ?? options.format(0, 'No error')
  }
  const all = (): string => {
    look()
    return queue.length === 0 ? next() : queue.splice(0).join(',')
  }
  const codeOf = (text: string): string => String(Number(/^[+-]?\d+/.exec(text)?.[0] ?? 0))

  return {
    push,
    measurementEvent: (bits) => void (registers.measurement |= bits),
    commands: {
      '*IDN': { get: () => options.identity },
      '*RST': { set: options.reset },
      '*CLS': { set: clear },
      '*TST': { get: () => '0' },
      '*OPC': {
        // Overlapped: the bit comes later, the line goes on at once.
        set: () => void complete(),
        get: () => options.idle().then(() => '1'),
      },
      '*WAI': { set: () => options.idle() },
      ...setUpCommands(options),
      ...registerCommands(registers, () => queue.length > 0),
      ':STATus:QUEue[:NEXT]': { get: next },
      ':STATus:QUEue:CLEar': { set: () => void (queue.length = 0) },
      ':SYSTem:ERRor[:NEXT]': { get: next },
      ':SYSTem:ERRor:ALL': { get: all },
      ':SYSTem:ERRor:CODE[:NEXT]': { get: () => codeOf(next()) },
      ':SYSTem:ERRor:CODE:ALL': { get: () => (queue.length === 0 ? '0' : queue.splice(0).map(codeOf).join(',')) },
      ':SYSTem:ERRor:COUNt': {
        get: () => {
          look()
          return String(queue.length)
        },
      },
      ':SYSTem:CLEar': { set: () => void (queue.length = 0) },
    },
  }
}

/** Five set-ups; one that was never saved is that from the factory. The output is off behind a recall, as behind a reset. */
function setUpCommands({ snapshot, reset }: ScpiStatusOptions): ScpiCommands {
  if (!snapshot) return {}
  const saved = new Map<number, () => void>()
  const slot = ([text]: string[]): number => Math.round(numberArgument(text, { min: 0, max: 4, initial: 0 }))
  return {
    '*SAV': { set: (args) => void saved.set(slot(args), snapshot()) },
    '*RCL': {
      set: (args) => {
        const restore = saved.get(slot(args))
        reset()
        restore?.()
      },
    },
  }
}

function registerCommands(registers: Registers, hasErrors: () => boolean): ScpiCommands {
  const statusByte = (): number => {
    const summary =
      ((registers.measurement & registers.measurementEnable) !== 0 ? 1 : 0) |
      (hasErrors() ? 4 : 0) |
      ((registers.standard & registers.standardEnable) !== 0 ? 32 : 0)
    return summary | ((summary & registers.request) !== 0 ? 64 : 0)
  }
  const take = (register: 'standard' | 'measurement'): string => {
    const value = registers[register]
    registers[register] = 0
    return String(value)
  }
  const enable = (register: Enables) => ({
    set: (args: string[]) => {
      registers[register] = Math.round(numberArgument(args[0], { min: 0, max: 65_535, initial: 0 }))
    },
    get: () => String(registers[register]),
  })
  return {
    '*ESE': enable('standardEnable'),
    '*ESR': { get: () => take('standard') },
    '*SRE': enable('request'),
    '*STB': { get: () => String(statusByte()) },
    ':STATus:PRESet': {
      set: () => void Object.assign(registers, { measurementEnable: 0, operationEnable: 0, questionableEnable: 0 }),
    },
    ':STATus:MEASurement[:EVENt]': { get: () => take('measurement') },
    ':STATus:MEASurement:ENABle': enable('measurementEnable'),
    ':STATus:MEASurement:CONDition': { get: () => String(registers.measurement) },
    ':STATus:OPERation:ENABle': enable('operationEnable'),
    ':STATus:QUEStionable:ENABle': enable('questionableEnable'),
    ':STATus:OPERation[:EVENt]': { get: () => '0' },
    ':STATus:OPERation:CONDition': { get: () => '0' },
    ':STATus:QUEStionable[:EVENt]': { get: () => '0' },
    ':STATus:QUEStionable:CONDition': { get: () => '0' },
  }
}
