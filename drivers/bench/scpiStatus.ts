import type { ScpiCommands } from './scpi.ts'
import { numberArgument } from './scpiSettings.ts'

/** Error queue and IEEE 488.2 status of a simulated instrument. */
export interface ScpiStatus {
  push: (code: number, text: string) => void
  /** Sets bits of the measurement event register (bit 9: buffer full). */
  measurementEvent: (bits: number) => void
  readonly commands: ScpiCommands
}

export interface ScpiStatusOptions {
  identity: string
  capacity: number
  /** Puts an error into the instrument's words. */
  format: (code: number, text: string) => string
  reset: () => void
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

interface Registers {
  standard: number
  standardEnable: number
  request: number
  measurement: number
  measurementEnable: number
}

export function createScpiStatus(options: ScpiStatusOptions): ScpiStatus {
  const queue: string[] = []
  // 128: power was switched on.
  const registers: Registers = { standard: 128, standardEnable: 0, request: 0, measurement: 0, measurementEnable: 0 }
  let isCompletionWanted = false

  const push = (code: number, text: string): void => {
    registers.standard |= eventBit(code)
    if (queue.length < options.capacity) queue.push(options.format(code, text))
    else queue[options.capacity - 1] = options.format(-350, 'Queue overflow')
  }
  const clear = (): void => {
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
  const next = (): string => queue.shift() ?? options.format(0, 'No error')

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
      ...registerCommands(registers, () => queue.length > 0),
      ':STATus:QUEue[:NEXT]': { get: next },
      ':STATus:QUEue:CLEar': { set: () => void (queue.length = 0) },
      ':SYSTem:ERRor[:NEXT]': { get: next },
      ':SYSTem:ERRor:COUNt': { get: () => String(queue.length) },
      ':SYSTem:CLEar': { set: () => void (queue.length = 0) },
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
  const enable = (register: 'standardEnable' | 'request' | 'measurementEnable') => ({
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
    ':STATus:PRESet': { set: () => void (registers.measurementEnable = 0) },
    ':STATus:MEASurement[:EVENt]': { get: () => take('measurement') },
    ':STATus:MEASurement:ENABle': enable('measurementEnable'),
    ':STATus:MEASurement:CONDition': { get: () => String(registers.measurement) },
    ':STATus:OPERation[:EVENt]': { get: () => '0' },
    ':STATus:OPERation:CONDition': { get: () => '0' },
    ':STATus:QUEStionable[:EVENt]': { get: () => '0' },
    ':STATus:QUEStionable:CONDition': { get: () => '0' },
  }
}
