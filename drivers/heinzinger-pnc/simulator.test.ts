import { describe, expect, it } from 'vitest'
import { latin1ToBytes } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from '../bench/bench.ts'
import { startSimulator } from '../bench/startSimulator.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => {
  const clock = createVirtualClock(0, () => new Promise<void>((resolve) => setImmediate(resolve)))
  const random = createRandom(5)
  const bench = createBench({ clock, random, disturbances: false })
  let received = ''
  const started = startSimulator(simulator, {
    clock,
    random,
    bench,
    send: (bytes) => void (received += new TextDecoder().decode(bytes)),
    options,
  })
  const say = async (text: string): Promise<string> => {
    received = ''
    started.simulator.receive(latin1ToBytes(text))
    await clock.run(clock.sleep(1000))
    return received
  }
  return { clock, bench, say }
}

describe('the client hvl_ccb', () => {
  it('finds version and type, sets with six decimals without an answer, and reads back', async () => {
    const { say } = setUp({ model: 'PNChp 1500-1neg' })
    expect(await say('VERS?\n')).toBe('V1.6 DI-II\n')
    expect(await say('*IDN?\n')).toMatch(/PNC.*?(\d+)-(\d+)\s?[a-z]{3}/)
    expect(await say('AVER 4\n')).toBe('')
    expect(await say('AVER?\n')).toBe('4\n')
    expect(await say('VOLT 300.000000\n')).toBe('')
    expect(await say('CURR 0.500000\n')).toBe('')
    expect(Number(await say('VOLT?\n'))).toBe(300)
    expect(Number(await say('CURR?\n'))).toBe(0.5)
    await say('OUTP ON\n')
    await say('OUTP?\n')
    await say('OUTP?\n')
    expect(Math.abs(Number(await say('MEAS:VOLT?\n')) - 300)).toBeLessThan(2)
    expect(Number(await say('MEAS:CURR?\n'))).toBeLessThan(0.001)
    await say('VOLT 0\n')
    await say('OUTP OFF\n')
    expect(await say('OUTP?\n')).toBe('0\n')
  })
})

describe('the Tilda driver', () => {
  it('sends CR LF, SOUR and long forms', async () => {
    const { say } = setUp()
    expect(await say('*RST\r\n')).toBe('')
    await say('SOUR:VOLT 250.0\r\n')
    await say('SOUR:CURR 0.5\r\n')
    await say('OUTP ON\r\n')
    expect(Number(await say('MEASure:VOLTage?\r\n'))).toBeGreaterThan(240)
    expect(Number(await say('VOLT?\r\n'))).toBe(250)
  })
})

describe('the interface', () => {
  it('is silent about nonsense and values beyond nominal, and leaves the set-point', async () => {
    const { say } = setUp()
    await say('VOLT 200\n')
    for (const text of ['VOLT 6001\n', 'VOLT -5\n', 'VOLT x\n', 'NONSENSE\n', 'NONSENSE?\n', 'AVER 3\n'])
      expect(await say(text)).toBe('')
    expect(Number(await say('VOLT?\n'))).toBe(200)
  })

  it('makes what comes right behind a command wait', async () => {
    const { clock, say } = setUp()
    const startMs = clock.monotonicMs()
    expect(await say('VOLT 100\nVOLT?\n')).toBe('100.000\n')
    expect(clock.monotonicMs() - startMs).toBeGreaterThan(50)
  })

  it('gives high voltage with the sign of the type, and takes it away with the interlock', async () => {
    const { bench, say } = setUp({ model: 'PNChp 1500-1neg', lane: '2' })
    await say('VOLT 1000\n')
    await say('CURR 1\n')
    await say('OUTP ON\n')
    await say('OUTP?\n')
    expect(Math.abs(bench.stress.voltageV(2) + 1000)).toBeLessThan(10)
    bench.interlock.set(false)
    expect(await say('OUTP?\n')).toBe('0\n')
    bench.interlock.set(true)
    await say('VOLT?\nVOLT?\nVOLT?\n')
    expect(await say('OUTP?\n')).toBe('0\n')
    expect(Math.abs(bench.stress.voltageV(2))).toBeLessThan(60)
  })
})
