import { describe, expect, it } from 'vitest'
import { bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from '../bench/bench.ts'
import { startSimulator } from '../bench/startSimulator.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const random = createRandom(3)
  const bench = createBench({ clock, random })
  let heard = ''
  const send = (bytes: Uint8Array): void => void (heard += bytesToLatin1(bytes))
  const device = startSimulator(simulator, { clock, random, bench, options, send })
  const pass = (ms: number) => clock.run(clock.sleep(ms))
  const say = async (text: string, ms = 500): Promise<string> => {
    heard = ''
    device.simulator.receive(latin1ToBytes(text))
    await pass(ms)
    return heard
  }
  return { say, pass, bench, options: device.context.options as Record<string, string> }
}

describe('the bytes of the manual', () => {
  it('are the echo, then the answer; a command’s answer is empty', async () => {
    const { say } = setUp()
    expect(await say('#\r\n')).toBe('#\r\n481034;3.15;2000V;6mA\r\n')
    expect(await say('D1=1000\r\n')).toBe('D1=1000\r\n\r\n')
    expect(await say('D1\r\n')).toBe('D1\r\n010000-01\r\n')
    expect(await say('V1=255\r\n')).toBe('V1=255\r\n\r\n')
    expect(await say('V1\r\n')).toBe('V1\r\n255\r\n')
    expect(await say('L1=250\r\nL1\r\n')).toBe('L1=250\r\n\r\nL1\r\n000250-06\r\n')
    expect(await say('M1\r\nN1\r\n')).toBe('M1\r\n100\r\nN1\r\n100\r\n')
    expect(await say('A1=8\r\nA1\r\n')).toBe('A1=8\r\n\r\nA1\r\n008\r\n')
    expect(await say('W\r\n')).toBe('W\r\n003\r\n')
    expect(await say('U1\r\n')).toMatch(/^U1\r\n\+\d{6}-01\r\n$/)
    expect(await say('I1\r\n')).toMatch(/^I1\r\n\d{6}-09\r\n$/)
  })

  it('are echoed character by character when they come so', async () => {
    const { say } = setUp()
    expect(await say('U')).toBe('U')
    expect(await say('3')).toBe('3')
    expect(await say('\r')).toBe('\r')
    expect(await say('\n')).toBe('\n?WCN\r\n')
  })

  it('name what is wrong', async () => {
    const { say } = setUp({ limitPercent: '50' })
    expect(await say('X1\r\n')).toBe('X1\r\n????\r\n')
    expect(await say('V1=1\r\n')).toBe('V1=1\r\n????\r\n')
    expect(await say('D1=abc\r\n')).toBe('D1=abc\r\n????\r\n')
    expect(await say('D1=1001\r\n')).toBe('D1=1001\r\n? UMAX=1000\r\n')
  })

  it('start a ramp by G, and tell where it goes', async () => {
    const { say, pass, bench } = setUp()
    await say('D1=1000\r\nV1=100\r\n')
    await pass(5000)
    expect(bench.stress.voltageV(0)).toBe(0)
    expect(await say('G1\r\n')).toBe('G1\r\nS1=L2H\r\n')
    await pass(10_000)
    expect(await say('S1\r\n')).toBe('S1\r\nS1=ON \r\n')
    expect(bench.stress.voltageV(0)).toBe(1000)
    await say('D1=0\r\n')
    expect(await say('G1\r\n')).toBe('G1\r\nS1=H2L\r\n')
  })

  it('latch a trip until the status was read', async () => {
    const { say, pass, options } = setUp()
    await say('D1=500\r\nV1=255\r\nL1=100\r\nG1\r\n')
    await pass(3000)
    options.fault = 'trip'
    // 64: error; 4: positive; 1: display.
    expect(await say('T1\r\n')).toBe('T1\r\n069\r\n')
    options.fault = ''
    expect(await say('G1\r\n')).toBe('G1\r\nS1=TRP\r\n')
    expect(await say('S1\r\n')).toBe('S1\r\nS1=TRP\r\n')
    expect(await say('G1\r\n')).toBe('G1\r\nS1=L2H\r\n')
  })

  it('take their time: the break time counts for each character', async () => {
    const { say } = setUp({ w: '255' })
    expect(await say('T1\r\n', 900)).toBe('T1\r')
    expect(await say('', 4 * 255)).toBe('\n005')
    expect(await say('', 2 * 255)).toBe('\r\n')
    await say('W=1\r\n', 2000)
    expect(await say('T1\r\n', 10)).toBe('T1\r\n005\r\n')
  })
})
