// A Binder MB1 controller at the wire: Modbus RTU and TCP, functions 3, 4, 6 and 16, its registers, modes and messages.
// Not simulated: programs that are written (refused), the safety controller. An alarm ends with its fault.
// Follows 7001-0242 for MB1, with the addresses and notes of ovenctl (MK 53) and of P. Tobiska (MKFT 115).
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { createModbusSlave, refuse } from '../bench/modbusSlave.ts'
import {
  binderFaults,
  createRegisterBank,
  noValue,
  outOfRange,
  within,
  type RegisterBank,
} from '../binder/registerBank.ts'
import { createSimulatedChamber, type SimulatedChamber } from '../climate/simulatedChamber.ts'
import { messageWords, mode, modeBits, register } from './registers.ts'

const answerMs = 60
const mostPrograms = 25

/**
 * Options: `unit` (1), `hardware` (2.00, in the message), `idle` (`basic`: firmware that goes to 0x1000 when it is told to be
 * idle), `startMs` (0, silence after power-on).
 */
export const simulator: SimulatorModule = {
  faults: binderFaults,
  createSimulator: (context) => {
    const { clock, options } = context
    const poweredMs = clock.monotonicMs()
    const air = createSimulatedChamber(context, { humidityPercent: 0 })
    const bank = createRegisterBank(context)
    const basic = setpointRegisters(bank, air)
    modeRegisters(context, bank, air)
    valueRegisters(context, bank, { air, basic })
    const slave = createModbusSlave({
      context,
      device: bank.device,
      unit: Number(options['unit'] ?? 1),
      answerMs,
      functions: [3, 4, 6, 16],
    })
    return {
      receive: (bytes) => {
        if (clock.monotonicMs() - poweredMs < Number(options['startMs'] ?? 0)) return
        air.look()
        slave.receive(bytes)
      },
    }
  },
}

interface Basic {
  temperatureC: number
  humidityPercent: number
}

const temperatureLimits = [-75, 190] as const
const humidityLimits = [0, 98] as const

/** Manual set-points drive the air; those of basic mode are only kept and shown when idle. */
function setpointRegisters(bank: RegisterBank, air: SimulatedChamber): Basic {
  const { temperatureC, humidityPercent } = air.settings()
  const basic: Basic = { temperatureC, humidityPercent }
  bank.float(
    register.manualTemperature,
    () => air.settings().temperatureC,
    within(...temperatureLimits, (value) => air.change({ temperatureC: value })),
  )
  bank.float(
    register.manualHumidity,
    () => air.settings().humidityPercent,
    within(...humidityLimits, (value) => air.change({ humidityPercent: value, isHumidityOn: value > 0 })),
  )
  bank.float(
    register.basicTemperature,
    () => basic.temperatureC,
    within(...temperatureLimits, (value) => void (basic.temperatureC = value)),
  )
  bank.float(
    register.basicHumidity,
    () => basic.humidityPercent,
    within(...humidityLimits, (value) => void (basic.humidityPercent = value)),
  )
  return basic
}

function modeRegisters({ options }: SimulatorContext, bank: RegisterBank, air: SimulatedChamber): void {
  const idle = options['idle'] === 'basic' ? mode.basic : mode.idle
  let lines = 0
  let program = 0
  const modeNow = (): number => {
    if (!air.isRunning()) return idle
    return air.program.state() === 'idle' ? mode.manual : mode.program
  }
  const take = (value: number) => {
    if ((value & ~modeBits) !== 0) return refuse(outOfRange)
    if (value === mode.program)
      return air.program.start({ program: program + 1, step: 1, runs: 1 }) ? null : refuse(outOfRange)
    air.program.stop()
    if (value === mode.manual) air.start()
    else air.stop()
    return null
  }
  bank.word(register.mode, modeNow, take)
  bank.word(
    register.programNumber,
    () => program,
    within(0, mostPrograms - 1, (value) => void (program = value)),
  )
  bank.word(
    register.manualLines,
    () => lines,
    within(0, 0xff, (value) => void (lines = value)),
  )
  bank.word(register.lines, () => lines)
}

function valueRegisters(
  { options }: SimulatorContext,
  bank: RegisterBank,
  { air, basic }: { air: SimulatedChamber; basic: Basic },
): void {
  const isIdle = (): boolean => !air.isRunning()
  bank.float(register.temperature, () => air.measuredC() ?? noValue)
  bank.float(register.humidity, () => air.measuredPercent() ?? noValue)
  // When idle, the set-points of basic mode are shown (notes to ovenctl).
  bank.float(register.setpointTemperature, () => (isIdle() ? basic.temperatureC : air.workingC()))
  bank.float(register.setpointHumidity, () => (isIdle() ? basic.humidityPercent : air.workingPercent()))
  bank.float(register.overTemperature, () => 195)
  bank.word(register.door, () => Number(air.isDoorOpen()))
  bank.word(register.alarm, () => Number(air.hasAlarm()))
  bank.word(register.note, () => Number(air.isDoorOpen()))
  const hardware = `hardware ${options['hardware'] ?? '2.00'}`
  const message = (): string => `${air.hasAlarm() ? 'LIMIT ' : air.isDoorOpen() ? 'DOOR ' : ''}${hardware}`
  for (let i = 0; i < messageWords; i++)
    bank.word(register.message + i, () => message().padEnd(messageWords).charCodeAt(i))
}
