// Any Modbus device of which there is a definition: its channels follow the bench as their `simulate` says.
// Doesn't know what the real device does beside that: alarms, ramps and interlocks of its own are not simulated.
// Follows Modbus Application Protocol V1.1b3; gaps between defined registers read 0, everything else is exception 2.
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { createModbusSlave, modbusFaults, refuse, type ModbusException } from '../bench/modbusSlave.ts'
import { hasFault } from '../bench/faults.ts'
import { createSimulation } from '../definition/simulation.ts'
import { orderOf, parseModbus, readBackOf, type ModbusChannel, type ModbusDefinition } from './definition.ts'
import exampleDefinition from './example.json' with { type: 'json' }
import { decodeRaw, encodeRaw, encodeText, fromRaw, isBitFunction, sizeOf, toRaw, type Register } from './registers.ts'

/**
 * Options: `unit` (1), `serial`, `hardware` (9.99 makes the version say that it is simulated), `version` (1.23 otherwise),
 * `ignoreWrites` (true: the device answers and does nothing).
 */
export const simulator: SimulatorModule = {
  faults: [
    ...modbusFaults,
    { name: 'no-value', title: 'every channel that has a code for “no value” gives it', effect: 'missing' },
  ],
  createSimulator: (context) => {
    const { options } = context
    const definition = parseModbus(context.definition ?? exampleDefinition)
    const memory = createMemory(definition, context)
    return createModbusSlave({
      context,
      unit: Number(options['unit'] ?? 1),
      device: {
        readRegisters: (kind, address, count) => memory.read(kind === 'holding' ? 3 : 4, address, count),
        readBits: (kind, address, count) => {
          const found = memory.read(kind === 'coil' ? 1 : 2, address, count)
          return Array.isArray(found) ? found.map((bit) => bit !== 0) : found
        },
        writeRegisters: (address, values) => memory.write(16, address, values),
        writeCoils: (address, values) => memory.write(5, address, values.map(Number)),
      },
    })
  },
}

type Words = Map<number, number>

/** Raw number of a channel's value now, kept inside its type as a converter would. */
function rawNow(channel: ModbusChannel, value: number): number {
  const raw = toRaw(channel, value)
  if (channel.type === 's16') return Math.max(-0x8000, Math.min(0x7fff, raw))
  if (channel.type === 'u16') return Math.max(0, Math.min(0xffff, raw))
  return channel.type === 'bit' ? (raw !== 0 ? 1 : 0) : raw
}

const middleOf = ({ minimum = 0, maximum = minimum }: ModbusChannel): number => (minimum + maximum) / 2

function createMemory(definition: ModbusDefinition, context: SimulatorContext) {
  const order = orderOf(definition)
  const tables = new Map<number, Words>([1, 2, 3, 4].map((code) => [code, new Map()]))
  const tableOf = (code: number): Words => tables.get(code === 5 ? 1 : code > 4 ? 3 : code) ?? new Map<number, number>()

  const store = (place: Omit<Register, 'functionCode'> & { functionCode: number }, raw: number): void => {
    const table = tableOf(place.functionCode)
    if (isBitFunction(place.functionCode)) return void table.set(place.address, raw)
    if (place.type === 'bit') {
      const mask = 1 << (place.bit ?? 0)
      const old = table.get(place.address) ?? 0
      return void table.set(place.address, raw === 0 ? old & ~mask : old | mask)
    }
    encodeRaw(place, raw, order).forEach((word, i) => table.set(place.address + i, word))
  }
  const load = (place: Omit<Register, 'functionCode'> & { functionCode: number }): number => {
    const table = tableOf(place.functionCode)
    return decodeRaw(
      place,
      Array.from({ length: sizeOf(place) }, (_each, i) => table.get(place.address + i) ?? 0),
      order,
    )
  }
  const simulation = createSimulation(context, () =>
    definition.settings.map(({ name, simulate, type, write, onRaw }) => {
      const raw = load(write)
      return { name, simulate, value: type === 'boolean' ? raw === onRaw : fromRaw(write, raw) }
    }),
  )

  const fill = (): void => {
    for (const channel of definition.channels) {
      const code = channel.noValue.find((each) => typeof each.raw === 'number')?.raw
      const isMissing = typeof code === 'number' && hasFault(context, 'no-value')
      const value = channel.simulate === undefined ? middleOf(channel) : simulation.channel(channel.simulate)
      store(channel, isMissing ? code : rawNow(channel, value))
    }
  }
  /** What a write leads to: the bench follows, and the read-back registers say so. */
  const settle = (): void => {
    for (const { write, readBack } of definition.settings)
      if (readBack) store(readBack, toRaw(readBack, fromRaw(write, load(write))))
    simulation.drive()
  }
  prepare(definition, { store, tableOf, context })
  const near = (table: Words, address: number): boolean =>
    Array.from({ length: 2 * definition.maximumGap + 1 }, (_each, i) => address + i - definition.maximumGap).some(
      (each) => table.has(each),
    )

  return {
    read: (code: number, address: number, count: number): number[] | ModbusException => {
      fill()
      const table = tableOf(code)
      const addresses = Array.from({ length: count }, (_each, i) => address + i)
      return addresses.every((each) => near(table, each)) ? addresses.map((each) => table.get(each) ?? 0) : refuse(2)
    },
    write: (code: number, address: number, values: readonly number[]): ModbusException | null => {
      const table = tableOf(code)
      if (!values.every((_value, i) => table.has(address + i))) return refuse(2)
      if (context.options['ignoreWrites'] === 'true') return null
      values.forEach((value, i) => table.set(address + i, value))
      settle()
      return null
    },
  }
}

type Store = (place: Omit<Register, 'functionCode'> & { functionCode: number }, raw: number) => void

/** What the registers hold at power-on. */
function prepare(
  definition: ModbusDefinition,
  { store, tableOf, context }: { store: Store; tableOf: (code: number) => Words; context: SimulatorContext },
): void {
  const { checks, serialNumber, version } = definition.identification
  const text = (place: Register, content: string): void =>
    encodeText(content, sizeOf(place), orderOf(definition)).forEach((word, i) =>
      tableOf(place.functionCode).set(place.address + i, word),
    )
  for (const setting of definition.settings) {
    const start = setting.type === 'boolean' ? setting.offRaw : toRaw(setting.write, startOf(setting))
    store(setting.write, start)
    store(readBackOf(setting), toRaw(readBackOf(setting), fromRaw(setting.write, start)))
  }
  for (const each of definition.safeState?.writes ?? [])
    if (!tableOf(each.functionCode).has(each.address)) store(each, 0)
  for (const each of definition.safeState?.readBack ?? [])
    if (!tableOf(each.functionCode).has(each.address)) store(each, toRaw(each, each.equals))
  const serial = context.options['serial'] ?? '0'
  if (serialNumber?.type === 'text') text(serialNumber, serial)
  else if (serialNumber) store(serialNumber, Number(serial.replace(/\D/g, '')))
  const isMarked = context.options['hardware'] === '9.99'
  const built = context.options['version'] ?? (isMarked ? '9.99' : '1.23')
  if (version?.type === 'text') text(version, built)
  else if (version) store(version, toRaw(version, Number(built)))
  for (const each of checks)
    if (typeof each.equals === 'string') text(each, each.equals)
    else store(each, toRaw(each, each.equals))
}

const startOf = (setting: ModbusDefinition['settings'][number]): number => {
  const { minimum = 0, maximum = 0, choices, write } = setting
  if (choices) return fromRaw(write, Object.values(choices)[0] ?? 0)
  return minimum <= 0 && maximum >= 0 ? 0 : minimum
}
