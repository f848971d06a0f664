// A Kipp & Zonen SMP at the wire: Modbus RTU with the functions 1 to 6 and 16; coils are discrete inputs, holding are input registers.
// Decides nothing about light: it looks at the bench's. Service and calibration modes, and the float registers, aren't there.
// Follows the SMP series manual, appendix A; exceptions for what can't be written are the standard's, not confirmed.
import { assert } from '../../src/base/assert.ts'
import type { SimulatorContext, SimulatorModule, WireSimulator } from '../../src/contract/instrument.ts'
import { createModbusSlave, modbusFaults, refuse, type ModbusDevice } from '../bench/modbusSlave.ts'
import { createSmp, type Smp } from './smpSensor.ts'
import { coil, register, typeOf } from './registers.ts'

const lastRegister = register.node
const lastBit = 34
const functions = [1, 2, 3, 4, 5, 6, 16]
/** Registers 26 to 33 may be written, which clears what they count; here they count nothing but the time. */
const isCounter = (address: number): boolean => address >= register.errorCode && address <= register.onTimeLow

/**
 * Options: `unit` (1), `model` (SMP11), `batch` (14), `serialNumber` (123), `software` (1.08), `hardware` (1.05), `scale` (0; 1 for a
 * SMP12), `startMs` (3000, silence after power-on), `powerUp` (cleared: somebody has cleared the error flag that it sets), `offset` (−2 W/m², the night
 * offset), `fault`.
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'void-data', title: 'the body is too hot: the data are void', effect: 'missing' },
    { name: 'overflow', title: 'the signal is beyond the range', effect: 'missing' },
    { name: 'underflow', title: 'the signal is below the range', effect: 'missing' },
    { name: 'adc-error', title: 'the A/D converter is broken', effect: 'missing' },
    { name: 'service-mode', title: 'somebody left it in service mode', effect: 'missing' },
    { name: 'power-up', title: 'it was switched off and on: the general error flag is set', effect: 'harmless' },
    { name: 'latched', title: 'void data came and went: the flag is still there', effect: 'missing' },
    { name: 'scale', title: 'the scale factor changes at each reading', effect: 'harmless' },
    ...modbusFaults,
  ],
  createSimulator: createSmpAtTheWire,
}

function createSmpAtTheWire(context: SimulatorContext): WireSimulator {
  const { clock, options } = context
  const model = options['model'] ?? 'SMP11'
  const type = typeOf(model)
  assert(type !== null, `there is no simulated model ${model}`)
  const poweredMs = clock.monotonicMs()
  const slave = createModbusSlave({
    context,
    device: deviceOf(createSmp(context, type)),
    unit: Number(options['unit'] ?? 1),
    functions,
  })
  return {
    receive: (bytes) => {
      if (clock.monotonicMs() - poweredMs >= Number(options['startMs'] ?? 3000)) slave.receive(bytes)
    },
  }
}

function deviceOf(smp: Smp): ModbusDevice {
  const write = (address: number, word: number): boolean => {
    if (address === register.defaultScale) return smp.setScale(word)
    return isCounter(address)
  }
  return {
    readRegisters: (_kind, address, count) => {
      if (address + count - 1 > lastRegister) return refuse(2)
      const words = smp.registers(address, count)
      // Standard deviation is since the last reading of it.
      if (address <= register.deviation && address + count > register.deviation) smp.restartDeviation()
      return words
    },
    readBits: (_kind, address, count) => {
      if (address + count - 1 > lastBit) return refuse(2)
      const bits = Array.from({ length: count }, (_each, i) => smp.bit(address + i))
      for (let i = 0; i < count; i++) smp.seen(address + i)
      return bits
    },
    writeRegisters: (address, values) =>
      values.every((word, i) => write(address + i, word)) ? null : refuse(address > lastRegister ? 2 : 3),
    writeCoils: (address, [on = false]) => {
      const writable: readonly number[] = Object.values(coil)
      if (!writable.includes(address)) return refuse(2)
      smp.writeCoil(address, on)
      return null
    },
  }
}
