import { expect, it } from 'vitest'
import { bytesToHex } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { createBench } from './bench.ts'
import { withCrc } from './modbusRtu.ts'
import { createModbusSlave, modbusFaults, refuse } from './modbusSlave.ts'
import { startSimulator } from './startSimulator.ts'

const fromHex = (text: string) => Uint8Array.from(text.split(' '), (byte) => parseInt(byte, 16))

const module: SimulatorModule = {
  faults: modbusFaults,
  createSimulator: (context) => {
    const registers = new Map<number, number>([[100, 847]])
    const device = {
      readRegisters: (_kind: string, address: number, count: number) =>
        address + count > 200
          ? refuse(2)
          : Array.from({ length: count }, (_each, i) => registers.get(address + i) ?? 0),
      writeRegisters: (address: number, values: readonly number[]) => {
        values.forEach((value, i) => registers.set(address + i, value))
        return null
      },
      readBits: (_kind: string, _address: number, count: number) =>
        Array.from({ length: count }, (_each, i) => i % 2 === 0),
      writeCoils: () => null,
    }
    return createModbusSlave({ context, device, unit: 1 })
  },
}

async function exchange(frames: string[], fault = ''): Promise<string[]> {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const random = createRandom(1)
  const answers: string[] = []
  const { simulator } = startSimulator(module, {
    clock,
    random,
    bench: createBench({ clock, random }),
    send: (bytes) => void answers.push(bytesToHex(bytes)),
    options: { fault },
  })
  for (const frame of frames) {
    simulator.receive(fromHex(frame))
    await clock.run(clock.sleep(100))
  }
  return answers
}

const rtu = (frame: string): string => bytesToHex(withCrc(fromHex(frame))).replace(/(..)(?=.)/g, '$1 ')

it('answers RTU frames, and Modbus TCP frames with their transaction number', async () => {
  expect(await exchange(['01 03 00 64 00 01 c5 d5'])).toEqual(['010302034ff940'])
  expect(await exchange(['12 34 00 00 00 06 01 03 00 64 00 01'])).toEqual(['1234000000050103' + '02034f'])
})

it('writes one and several registers, and coils', async () => {
  const answers = await exchange([
    '01 06 01 2c fe 70 08 7b',
    '01 10 0a de 00 02 04 00 00 42 aa b1 00',
    rtu('01 05 01 92 ff 00'),
    rtu('01 01 00 00 00 0a'),
  ])
  expect(answers.slice(0, 2)).toEqual(['0106012cfe70087b', '01100ade0002222a'])
  expect(answers[2]?.slice(0, 12)).toBe('01050192ff00')
  expect(answers[3]?.slice(0, 10)).toBe('0101025501')
})

it('refuses what it lacks, and is silent for another unit and a broken CRC', async () => {
  expect((await exchange([rtu('01 03 00 c8 00 01')]))[0]?.slice(0, 6)).toBe('018302')
  expect((await exchange([rtu('01 03 00 64 00 00')]))[0]?.slice(0, 6)).toBe('018303')
  expect(await exchange([rtu('02 03 00 64 00 01')])).toEqual([])
  expect(await exchange(['01 03 00 64 00 01 c5 d6'])).toEqual([])
  expect(await exchange(['ff 00 01 03 00 64 00 01 c5 d5'])).toHaveLength(1)
})

it('carries out its faults', async () => {
  const ask = '01 03 00 64 00 01 c5 d5'
  expect((await exchange([ask], 'exception-4'))[0]?.slice(0, 6)).toBe('018304')
  expect((await exchange([ask], 'wrong-unit'))[0]?.slice(0, 2)).toBe('02')
  expect((await exchange([ask], 'echo'))[0]).toBe('010300640001c5d5' + '010302034ff940')
  expect(await exchange([ask, ask, ask], 'no-answer:at=2')).toHaveLength(2)
})
