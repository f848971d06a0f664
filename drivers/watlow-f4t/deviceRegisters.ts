import { refuse } from '../bench/modbusSlave.ts'
import { hasFault } from '../bench/faults.ts'
import { floatAt, paddedAt, textAt, unsigned32At, type RegisterBlock } from '../watlow/simulatedRegisters.ts'
import type { Wire } from './loopRegisters.ts'
import {
  alarm,
  code,
  decodePartNumber,
  events,
  input,
  key,
  limit,
  message,
  output,
  partNumberLength,
  register,
} from './registers.ts'

/** Who it is. */
export function identityBlocks({ context, chamber, order }: Wire, partNumber: string): RegisterBlock[] {
  const { options } = context
  const serial = Number((options['serial'] ?? '410233').replaceAll(/\D/g, ''))
  const isSimulated = (options['hardware'] ?? '9.99') === '9.99'
  const unit = chamber.fitting.isFahrenheit ? code.fahrenheit : code.celsius
  const unitBlock = (at: number): RegisterBlock =>
    paddedAt(
      at,
      () => unit,
      (value) => value === unit,
    )
  const other = unit === code.celsius ? code.fahrenheit : code.celsius
  let deviceName = 'F4T'
  return [
    unsigned32At(0, order, 124),
    paddedAt(register.softwareRelease, () => 4),
    paddedAt(6, () => 0),
    paddedAt(register.softwareBuild, () => 37),
    unsigned32At(register.serialNumber, order, serial),
    // A day that doesn't exist says that this is a simulator.
    unsigned32At(register.manufactured, order, isSimulated ? 99_999 : 18_142),
    textAt(register.partNumber, { length: partNumberLength, read: () => partNumber }),
    textAt(register.deviceName, { length: 32, read: () => deviceName, set: (text) => void (deviceName = text) }),
    paddedAt(register.deviceStatus, () => code.ok),
    paddedAt(register.lineFrequency, () => 4),
    paddedAt(register.displayUnit, () => unit),
    unitBlock(register.unitEthernet),
    paddedAt(
      register.unitSerial,
      () => (hasFault(context, 'units-differ') ? other : unit),
      (value) => value === unit,
    ),
  ]
}

/** The date and the time: written in single registers, read in one go. */
export function clockBlocks({ context: { clock } }: Wire): RegisterBlock[] {
  let offsetMs = 0
  const now = (): Date => new Date(clock.utcMs() + offsetMs)
  const parts = [
    { read: (date: Date) => date.getUTCHours(), set: (date: Date, to: number) => date.setUTCHours(to), most: 23 },
    { read: (date: Date) => date.getUTCMinutes(), set: (date: Date, to: number) => date.setUTCMinutes(to), most: 59 },
    { read: (date: Date) => date.getUTCSeconds(), set: (date: Date, to: number) => date.setUTCSeconds(to), most: 59 },
    {
      read: (date: Date) => date.getUTCMonth() + 1,
      set: (date: Date, to: number) => date.setUTCMonth(to - 1),
      most: 12,
    },
    { read: (date: Date) => date.getUTCDate(), set: (date: Date, to: number) => date.setUTCDate(to), most: 31 },
    {
      read: (date: Date) => date.getUTCFullYear(),
      set: (date: Date, to: number) => date.setUTCFullYear(to),
      most: 2099,
    },
  ]
  return parts.map(({ read, set, most }, i) =>
    paddedAt(
      register.clock + 2 * i,
      () => read(now()),
      (value) => {
        if (value > most) return false
        const date = now()
        set(date, value)
        offsetMs = date.getTime() - clock.utcMs()
        return true
      },
    ),
  )
}

/** Events and function keys. */
export function switchBlocks({ chamber }: Wire): RegisterBlock[] {
  const state = (line: number): number => (chamber.isOn(line) ? code.on : code.off)
  return [
    ...events.map((at, i) =>
      paddedAt(
        at,
        () => state(i + 1),
        (value) => {
          if (value === code.on || value === code.off) chamber.setEvent(i + 1, value === code.on)
          return value === code.on || value === code.off
        },
      ),
    ),
    ...[1, 2, 3, 4].flatMap((number) => {
      const at = (number - 1) * key.stride
      const press = (value: number): boolean => {
        if (value === code.keyDown || value === code.keyUp) chamber.pressKey(number, value === code.keyDown)
        return value === code.keyDown || value === code.keyUp
      }
      return [
        paddedAt(key.state + at, () => state(events.length + number)),
        paddedAt(key.press + at, () => code.keyUp, press),
      ]
    }),
  ]
}

/** Outputs: one says that the chamber runs. What a module's place doesn't have is exception 4, as the F4T says it. */
export function outputBlocks({ context, chamber }: Wire): RegisterBlock[] {
  const [module = 1, io = 1] = (context.options['runOutput'] ?? '1.1').split('.').map(Number)
  return Array.from({ length: 36 }, (_each, i): RegisterBlock => {
    const [ownModule, ownIo] = [Math.floor(i / 6) + 1, (i % 6) + 1]
    const at = output.state + (ownModule - 1) * output.moduleStride + (ownIo - 1) * output.stride
    const isRun = ownModule === module && ownIo === io
    return paddedAt(at, () => (isRun && chamber.state.isOn ? code.on : code.off))
  })
}

const missingOutputs = (address: number): boolean => {
  const by = address - output.state
  return by >= 0 && by < 6 * output.moduleStride && Math.floor((by % output.moduleStride) / output.stride) >= 4
}

/** Places for outputs beyond the four of a module. */
export const outputProblem = (address: number) => (missingOutputs(address) ? refuse(4) : null)

/** Alarms: the first one stands with the fault, the others never do. */
function alarmBlocks({ context, order }: Wire, count: number): RegisterBlock[] {
  const state = (i: number): number => {
    if (i === 0 && (hasFault(context, 'sensor-break') || hasFault(context, 'sensor-nan'))) return code.error
    return i === 0 && hasFault(context, 'alarm') ? code.high : code.none
  }
  return Array.from({ length: count }, (_each, i) => {
    const at = (address: number): number => address + i * alarm.stride
    const memory = (address: number, initial: number): RegisterBlock => {
      let value = initial
      return paddedAt(
        at(address),
        () => value,
        (to) => (value = to) >= 0,
      )
    }
    const number = (address: number, initial: number): RegisterBlock => {
      let value = initial
      return floatAt(at(address), { order, read: () => value, set: (to) => Number.isFinite((value = to)) })
    }
    return [
      memory(alarm.type, 76),
      memory(alarm.sides, 13),
      number(alarm.high, 190),
      number(alarm.low, -80),
      number(alarm.hysteresis, 1),
      memory(alarm.silencing, code.off),
      memory(alarm.latching, 60),
      paddedAt(at(alarm.state), () => state(i)),
    ]
  }).flat()
}

/** Limit controllers in the slots of the option `limits`; the alarm of the compressor trips them. */
function limitBlocks({ context }: Wire): RegisterBlock[] {
  const slots = (context.options['limits'] ?? '5').split(',').filter((each) => each !== '')
  const isTripped = (): boolean => hasFault(context, 'alarm')
  return slots.flatMap((slot) => {
    const by = (Number(slot) - 1) * limit.stride
    return [
      paddedAt(limit.state + by, () => (isTripped() ? code.high : code.none)),
      paddedAt(limit.status + by, () => (isTripped() ? code.fail : code.ok)),
      paddedAt(limit.cause + by, () => (isTripped() ? code.high : code.none)),
    ]
  })
}

/** Universal inputs of the first module: temperature, humidity, and two that nothing is connected to. */
function inputBlocks({ context, chamber, order }: Wire): RegisterBlock[] {
  const { sensors } = chamber
  const isBroken = (i: number): boolean => i === 0 && (sensors.isBroken() || hasFault(context, 'sensor-nan'))
  const values = [sensors.temperatureC, sensors.humidityPercent, () => 0, () => 0]
  return values.flatMap((read, i) => {
    const by = i * input.stride
    return [
      floatAt(input.value + by, { order, read }),
      paddedAt(input.error + by, () => (isBroken(i) ? code.open : code.none)),
      paddedAt(input.type + by, () => 113),
    ]
  })
}

/** Four lines that a client may show at the panel. */
function messageBlocks(): RegisterBlock[] {
  return [0, 1, 2, 3].flatMap((i) => {
    const by = i * message.stride
    let isShown: number = code.no
    let text = ''
    return [
      paddedAt(
        message.isShown + by,
        () => isShown,
        (value) => (isShown = value) >= 0,
      ),
      textAt(message.text + by, { length: 80, read: () => text, set: (to) => void (text = to) }),
    ]
  })
}

export function surroundingBlocks(wire: Wire, partNumber: string): RegisterBlock[] {
  const alarms = decodePartNumber(partNumber)?.alarms ?? 0
  return [...alarmBlocks(wire, alarms), ...limitBlocks(wire), ...inputBlocks(wire), ...messageBlocks()]
}
