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
  const say = (text: string): string => {
    heard = ''
    device.simulator.receive(latin1ToBytes(text))
    return heard
  }
  return { say, pass, bench }
}

describe('the bytes of the command reference', () => {
  it('answer every line: E0 to commands, register and value to queries', () => {
    const { say } = setUp()
    expect(say('*IDN?\n')).toBe('FUG HCP 14 - 2 000 MOD 17022-01-01\n')
    expect(say('>S0 1000\n')).toBe('E0\n')
    expect(say('>S0?\n')).toBe('S0:+1.000000E+3\n')
    expect(say('>S0 ?\n')).toBe('S0:+1.000000E+3\n')
    expect(say('>S1 5E-3\n>S1?\n')).toBe('E0\nS1:+5.000000E-3\n')
    expect(say('>CFN?\n')).toBe('CFN:17022-01-01\n')
    expect(say('>DON?\n>DSD?\n>DX?\n')).toBe('DON:0\nDSD:1\nDX:0\n')
    expect(say('>M0?\n')).toMatch(/^M0:[+-]\d\.\d{5}E[+-]\d+\n$/)
  })

  it('end lines at CR, LF, CR LF and NUL', () => {
    const { say } = setUp()
    for (const end of ['\r', '\n', '\r\n', '\0']) expect(say(`>KT?${end}`)).toBe('KT:2\n')
    expect(say('Y3\n')).toBe('E0\n')
    expect(say('>KT?\n')).toBe('KT:3\r')
    expect(setUp({ terminator: 'LFCR' }).say('>KT?\n')).toBe('KT:1\n\r')
  })

  it.each([
    ['>Z9?', 'E2'],
    ['>S0 abc', 'E4'],
    ['>S0 2001', 'E5'],
    ['>S0 -1', 'E5'],
    ['>S0B 5', 'E5'],
    ['>M0 5', 'E6'],
    [`>S0 ${'0'.repeat(50)}1`, 'E7'],
    ['*RST', 'E10'],
    ['N9', 'E13'],
  ])('%s is answered with %s', (line, code) => {
    const { say } = setUp()
    expect(say(`${line}\n`)).toBe(`${code}\n`)
    expect(say('>KE?\n')).toBe(`KE:${code.slice(1)}\n`)
  })

  it('ramp the set value: S0 is what was asked, S0A what was reached', async () => {
    const { say, pass, bench } = setUp()
    say('>S1 0.005\n>S0B 1\n>S0R 100\nF1\n>S0 1000\n')
    await pass(2500)
    expect(say('>S0?\n>S0A?\n>S0S?\n')).toBe('S0:+1.000000E+3\nS0A:+2.500000E+2\nS0S:1\n')
    await pass(7501)
    expect(say('>S0A?\n>S0S?\n')).toBe('S0A:+1.000000E+3\nS0S:0\n')
    expect(say('>DVR?\n>DIR?\n>KS?\n')).toBe('DVR:1\nDIR:0\nKS:01100001\n')
    expect(bench.stress.voltageV(0)).toBe(1000)
    // Mode 2 ramps upwards only.
    say('>S0B 2\n>S0 500\n')
    expect(say('>S0A?\n')).toBe('S0A:+5.000000E+2\n')
  })

  it('jump where the set value had been ramped before the output went on', async () => {
    const { say, pass, bench } = setUp()
    say('>S1 0.005\n>S0B 1\n>S0R 100\n>S0 1000\n')
    await pass(11_000)
    say('F1\n')
    expect(bench.stress.voltageV(0)).toBe(1000)
  })

  it('have Probus IV’s short forms', async () => {
    const { say, pass, bench } = setUp()
    expect(say('U1000\nI0.001\nF1\n')).toBe('E0\nE0\nE0\n')
    await pass(100)
    expect(say('N0\n?\n')).toMatch(/^E0\nV\+(1\.0000E\+03|9\.999\dE\+02)VN\n$/)
    expect(say('N1?\n')).toMatch(/^A[+-]\d\.\d{4}E[+-]\d{2}AN\n$/)
    expect(say('=\n')).toBe('E0\n')
    await pass(4000)
    expect(bench.stress.voltageV(0)).toBe(0)
    expect(say('P1\n>DX?\n')).toBe('E0\nDX:1\n')
    expect(say('G1\nU100\n>S0?\nX\n>S0?\n')).toBe('E0\nE0\nS0:+0.000000E+0\nE0\nS0:+1.000000E+2\n')
  })

  it('pack sixteen bytes into H1', () => {
    const { say } = setUp()
    const [, hex] = /^H1:([0-9A-F]{32})\n$/.exec(say('>H1?\n')) ?? []
    expect(hex).toBeDefined()
    expect(Number.parseInt(hex!.slice(20, 28), 16)).toBe(170220101)
  })
})
