import { describe, expect, it } from 'vitest'
import { bytesToHex } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from '../bench/bench.ts'
import { withCrc } from '../bench/modbusRtu.ts'
import { startSimulator } from '../bench/startSimulator.ts'
import { simulator } from './simulator.ts'

const fromHex = (text: string) => Uint8Array.from(text.split(' '), (byte) => parseInt(byte, 16))
const setUp = (options: Record<string, string> = {}) => {
  const clock = createVirtualClock(0, () => new Promise<void>((resolve) => setImmediate(resolve)))
  const random = createRandom(5)
  const bench = {
    ...createBench({ clock, random, disturbances: false }),
    irradianceWPerM2: () => 997,
    ambientTemperatureC: () => 24.8 - 997 / 500,
  }
  let received: number[] = []
  const quietRandom = { uniform: () => 0.5, normal: () => 0, fork: () => quietRandom }
  const started = startSimulator(simulator, {
    clock,
    random: quietRandom,
    bench,
    send: (bytes) => void received.push(...bytes),
    options: { startMs: '0', powerUp: 'cleared', offset: '0', ...options },
  })
  /** Whole frames, the checksum included. */
  const send = async (text: string): Promise<string> => {
    received = []
    started.simulator.receive(fromHex(text))
    await clock.run(clock.sleep(100))
    return bytesToHex(Uint8Array.from(received))
  }
  /** Without the checksum, which is added and taken off. */
  const ask = async (text: string): Promise<string> =>
    (await send(Array.from(withCrc(fromHex(text)), (byte) => byte.toString(16)).join(' '))).slice(0, -4)
  return { clock, send, ask, options: started.context.options as Record<string, string> }
}

describe('the manual’s frames', () => {
  it('are answered byte for byte', async () => {
    expect(await setUp().send('01 04 00 02 00 08 50 0c')).toBe(
      '01 04 10 00 01 00 00 00 00 03 e5 03 e5 00 00 00 f8 00 ea 66 12'.replaceAll(' ', ''),
    )
  })

  it('clear the error of the power-up', async () => {
    const { send, ask } = setUp({ powerUp: 'flag' })
    expect(await ask('01 04 00 03 00 01')).toBe('0104020008')
    expect(await ask('01 02 00 05 00 01')).toBe('01020101')
    expect(await ask('01 04 00 03 00 01')).toBe('0104020008')
    expect(await send('01 05 00 0a ff 00 ac 38')).toBe('0105000aff00ac38')
    expect(await ask('01 04 00 03 00 01')).toBe('0104020000')
  })
})

describe('functions', () => {
  it('read holding as input registers, and coils as discrete inputs', async () => {
    const { ask } = setUp()
    expect(await ask('01 03 00 00 00 03')).toBe('010306025b00660001')
    expect(await ask('01 04 00 00 00 03')).toBe('010406025b00660001')
    expect(await ask('01 01 00 00 00 02')).toBe('01010102')
    expect(await ask('01 02 00 00 00 02')).toBe('01020102')
    expect(await ask('01 01 00 14 00 04')).toBe('01010109')
  })

  it('write the default scale factor, which register 4 follows', async () => {
    const { ask } = setUp()
    expect(await ask('01 06 00 22 00 01')).toBe('010600220001')
    expect(await ask('01 04 00 04 00 02')).toBe('010404000126f2')
    expect(await ask('01 10 00 22 00 01 02 ff ff')).toBe('011000220001')
    expect(await ask('01 04 00 04 00 02')).toBe('010404ffff0064')
    expect(await ask('01 06 00 22 00 07')).toBe('018603')
  })

  it.each([
    ['function 15', '01 0f 00 14 00 01 01 01', '018f01'],
    ['a read-only register', '01 06 00 05 00 00', '018603'],
    ['a register beyond the last', '01 04 00 2d 00 02', '018402'],
    ['a coil that is read only', '01 05 00 02 ff 00', '018502'],
    ['a read of nothing', '01 04 00 00 00 00', '018403'],
  ])('refuse %s', async (_name, frame, answer) => {
    expect(await setUp().ask(frame)).toBe(answer)
  })

  it('are for its own address, after the first seconds', async () => {
    expect(await setUp().ask('02 04 00 00 00 01')).toBe('')
    const { clock, ask } = setUp({ startMs: '3000' })
    expect(await ask('01 04 00 00 00 01')).toBe('')
    await clock.run(clock.sleep(3000))
    expect(await ask('01 04 00 00 00 01')).toBe('010402025b')
  })
})

describe('flags', () => {
  it('stay until their discrete input is read', async () => {
    const { ask, options } = setUp()
    options['fault'] = 'latched'
    expect(await ask('01 04 00 03 00 01')).toBe('0104020001')
    expect(await ask('01 04 00 03 00 01')).toBe('0104020001')
    expect(await ask('01 02 00 02 00 01')).toBe('01020101')
    expect(await ask('01 04 00 03 00 01')).toBe('0104020000')
  })

  it('say that scaled data don’t fit', async () => {
    const { ask } = setUp({ scale: '2' })
    // 99 700 is beyond 29 999.
    expect(await ask('01 04 00 03 00 03')).toBe('010406' + '0002' + '0002' + '752f')
  })

  it('of a broken converter aren’t cleared by coil 10', async () => {
    const { ask, options } = setUp()
    options['fault'] = 'adc-error'
    await ask('01 05 00 0a ff 00')
    expect(await ask('01 02 00 02 00 08')).toBe('01020118')
  })
})
