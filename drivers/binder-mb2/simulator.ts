// A Binder MB2 controller at the wire: Modbus RTU and TCP, functions 3, 4, 6 and 16, its registers, programs and clock.
// Not simulated: programs that are written (they are kept and read back, not run), alarms as text, fan and switches.
// Follows 7001-0242 for MB2, with the addresses that drivers of MK 56 and MKFT 115 use.
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { createModbusSlave } from '../bench/modbusSlave.ts'
import { binderFaults, createRegisterBank, noValue, within, type RegisterBank } from '../binder/registerBank.ts'
import { createSimulatedChamber, type SimulatedChamber } from '../climate/simulatedChamber.ts'
import { dateWords, line, register } from './registers.ts'
import { programRegisters } from './simulatedPrograms.ts'

const answerMs = 60

/** Options: `unit` (1), `hardware` (2.00, in the title of the program memory), `startMs` (0, silence after power-on). */
export const simulator: SimulatorModule = {
  faults: binderFaults,
  createSimulator: (context) => {
    const { clock, options } = context
    const poweredMs = clock.monotonicMs()
    const air = createSimulatedChamber(context, { isHumidityOn: true })
    const bank = createRegisterBank(context)
    valueRegisters(context, bank, air)
    manualRegisters(bank, air)
    programRegisters(context, bank, air)
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

function valueRegisters({ bench, clock }: SimulatorContext, bank: RegisterBank, air: SimulatedChamber): void {
  const temperature = (): number => air.measuredC() ?? noValue
  const humidity = (): number => air.measuredPercent() ?? noValue
  bank.float(register.temperature, temperature)
  bank.float(register.doorTemperature, () => (bench.chamber.temperatureC() + bench.ambientTemperatureC()) / 2)
  bank.float(register.oilTemperature, () => bench.ambientTemperatureC() + 15)
  bank.float(register.humidity, humidity)
  bank.float(register.compressorTemperature, () => bench.ambientTemperatureC() + 30)
  bank.float(register.controlTemperature, temperature)
  bank.float(register.controlHumidity, humidity)
  bank.float(register.setpointTemperature, () => air.workingC())
  bank.float(register.setpointHumidity, () => air.workingPercent())
  for (let i = 0; i < dateWords; i++) bank.word(register.clock + i, () => dateOf(clock.utcMs())[i] ?? 0)
}

const dateOf = (utcMs: number): number[] => {
  const date = new Date(utcMs)
  return [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ]
}

/** Set-points and lines for work by hand, and the lines as they are now. */
function manualRegisters(bank: RegisterBank, air: SimulatedChamber): void {
  let fan = 100
  let manual: number = line.idle
  const takeLines = (value: number): void => {
    manual = value
    air.change({ isHumidityOn: (value & line.humidityOff) === 0 })
    if (air.program.state() !== 'idle') return
    if ((value & line.idle) === 0) air.start()
    else air.stop()
  }
  bank.float(
    register.manualTemperature,
    () => air.settings().temperatureC,
    within(-75, 190, (temperatureC) => air.change({ temperatureC })),
  )
  bank.float(
    register.manualHumidity,
    () => air.settings().humidityPercent,
    within(0, 98, (humidityPercent) => air.change({ humidityPercent })),
  )
  bank.float(
    register.manualFan,
    () => fan,
    within(0, 100, (value) => void (fan = value)),
  )
  bank.float(register.setpointFan, () => fan)
  bank.word(register.manualLines, () => manual, within(0, 0x1ff, takeLines))
  bank.word(register.lines, () => {
    const others = manual & ~(line.idle | line.humidityOff)
    return others | (air.isRunning() ? 0 : line.idle) | (air.isHumidityControlled() ? 0 : line.humidityOff)
  })
}
