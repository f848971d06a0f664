import { expect, it } from 'vitest'
import { bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from '../bench/bench.ts'
import { startSimulator } from '../bench/startSimulator.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const random = createRandom(5)
  const bench = createBench({ clock, random: random.fork('bench') })
  let answer = ''
  const send = (bytes: Uint8Array): void => void (answer += bytesToLatin1(bytes))
  const started = startSimulator(simulator, { clock, random, bench, send, options: { ...options } })
  /** Bytes in, bytes out. */
  const ask = async (line: string, waitMs = 50): Promise<string> => {
    answer = ''
    started.simulator.receive(latin1ToBytes(`${line}\r`))
    await clock.run(clock.sleep(waitMs))
    return answer
  }
  return { ask, clock }
}

it('answers one value behind code 1, with CR LF, numbers with four decimals', async () => {
  const { ask } = setUp()
  expect(await ask('11004¶1¶1')).toMatch(/^1¶2[234]\.\d{4}\r\n$/)
  expect(await ask('11001¶1¶1¶56.7')).toBe('1\r\n')
  expect(await ask('11002¶1¶1')).toBe('1¶23.0000\r\n')
  expect(await ask('11002¶1¶1', 1000)).toBe('1¶23.0000\r\n')
  expect(await ask('11002¶1¶1')).toBe('1¶56.7000\r\n')
  expect(await ask('11023¶1¶1')).toBe('1¶°C\r\n')
})

it.each([
  ['12345¶1', '-5'],
  ['*IDN?', '-5'],
  ['11004', '-6'],
  ['11004¶x¶1', '-6'],
  ['11004¶1', '-6'],
  ['11004¶1¶3', '-6'],
  ['11001¶1¶1¶warm', '-6'],
  ['11001¶1¶1¶181', '-6'],
  ['14001¶1¶1¶2', '-6'],
  ['14001¶1¶9¶1', '-6'],
  ['19014¶1¶4¶1', '-6'],
  ['19209¶1¶1¶3', '-6'],
  ['99997¶1¶4', '-6'],
  ['11004¶1¶1¶2¶3¶4¶5', '-6'],
])('answers %s with the code %s', async (line, code) => {
  expect(await setUp().ask(line)).toBe(`${code}\r\n`)
})

it('counts the states of digital outputs from the start of manual mode on', async () => {
  const { ask } = setUp()
  expect(await ask('14010¶1¶7')).toBe('1¶Dryer\r\n')
  await ask('14001¶1¶8¶1')
  expect(await ask('14003¶1¶8', 1100)).toBe('1¶0\r\n')
  expect(await ask('14003¶1¶8')).toBe('1¶1\r\n')
  expect(await ask('10012¶1')).toBe('1¶1\r\n')
  await ask('14001¶1¶1¶1')
  expect(await ask('14003¶1¶1')).toBe('1¶1\r\n')
  expect(await ask('10012¶1')).toBe('1¶3\r\n')
})

it('adds 4 to its status for a warning and 8 for an alarm, with the messages', async () => {
  const warned = setUp({ fault: 'door-open' })
  expect(await warned.ask('10012¶1')).toBe('1¶5\r\n')
  expect(await warned.ask('17007¶1¶4')).toBe('1¶Door open\r\n')
  expect([await warned.ask('17009¶1¶4'), await warned.ask('17009¶1¶1')]).toEqual(['1¶1\r\n', '1¶0\r\n'])
  expect(await warned.ask('15002¶1¶1')).toBe('1¶0\r\n')
  const alarmed = setUp({ fault: 'alarm' })
  expect(await alarmed.ask('10012¶1')).toBe('1¶9\r\n')
  expect(await alarmed.ask('17005¶1¶1')).toBe('1¶1\r\n')
})

it('shows a program’s state in bits, and its set-points as its own', async () => {
  const { ask } = setUp()
  expect(await ask('19014¶1¶2¶3')).toBe('1\r\n')
  expect(await ask('19210¶1')).toBe('1¶1\r\n')
  expect(await ask('19204¶1')).toBe('1¶2\r\n')
  expect(await ask('19004¶1¶1')).toBe('1¶3\r\n')
  expect(await ask('19209¶1¶1¶2')).toBe('1\r\n')
  expect(await ask('19210¶1')).toBe('1¶3\r\n')
  await ask('19209¶1¶1¶4')
  expect(await ask('11002¶1¶1', 900_000)).toMatch(/^1¶2/)
  expect(await ask('11002¶1¶1')).toMatch(/^1¶5\d\.\d{4}/)
  await ask('19015¶1')
  expect(await ask('19210¶1')).toBe('1¶0\r\n')
})

it('is silent before it has started up', async () => {
  const { ask } = setUp({ startMs: '4000' })
  expect(await ask('10012¶1', 4000)).toBe('')
  expect(await ask('10012¶1')).toBe('1¶1\r\n')
})
