import { expect, it } from 'vitest'
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
  const say = async (text: string): Promise<string> => {
    heard = ''
    device.simulator.receive(latin1ToBytes(text))
    await pass(1)
    return heard
  }
  return { say, pass, bench, options: device.context.options as Record<string, string> }
}

it('answers queries in either form and any case, and commands not at all', async () => {
  const { say } = setUp()
  expect(await say('*IDN?\r\n')).toBe('GPT-9803,GEQ123456789,V1.00\r\n')
  expect(await say('manu:edit:mode ir\r\n')).toBe('')
  expect(await say('MANU:EDIT:MODE?\r\n')).toBe('IR\r\n')
  expect(await say('MANU:IR:VOLTage 0.5\r\nmanu:ir:volt?\r\n')).toBe('0.500kV\r\n')
  expect(await say('MANU:IR:RHISet NULL\r\nMANU:IR:RHISet? \r\n')).toBe('NULL\r\n')
  expect(await say('MANU:IR:RLOSet 1\r\nMANU:IR:RLOSet?\r\n')).toBe('0001M ohm\r\n')
  expect(await say('MANU:IR:TTIMe 2\r\nMANU:IR:TTIMe?\r\n')).toBe('002.0 S\r\n')
  expect(await say('func:test?\r\n')).toBe('TEST OFF\r\n')
  expect(await say('MEASure?\r\n')).toBe('IR ,VIEW ,0.500kV,0.00M ohm,T=000.0S\r\n')
})

it('takes nothing beyond the limits, in the wrong mode or during a test, in silence', async () => {
  const { say } = setUp()
  await say('MANU:EDIT:MODE IR\r\nMANU:IR:VOLT 1.5\r\n')
  expect(await say('MANU:IR:VOLT?\r\n')).toBe('0.500kV\r\n')
  expect(await say('MANU:DCW:VOLT 2\r\nMANU:DCW:VOLT?\r\n')).toBe('0.100kV\r\n')
  expect(await say('SYST:ERR?\r\nSYST:ERR?\r\nSYST:ERR?\r\n')).toBe('21,Value Error\r\n24,Mode Error\r\n0,No Error\r\n')
  await say('MANU:EDIT:MODE DCW\r\nMANU:DCW:VOLT 6\r\nMANU:DCW:CHIS 10\r\n')
  expect(await say('MANU:DCW:CHIS?\r\n')).toBe('1.000mA\r\n')
  await say('FUNC:TEST ON\r\nMANU:DCW:VOLT 3\r\n')
  expect(await say('MANU:DCW:VOLT?\r\n')).toBe('6.000kV\r\n')
})

it('ramps, holds and judges; the measurement follows', async () => {
  const { say, pass } = setUp({ prefix: 'on' })
  await say(
    'MANU:EDIT:MODE DCW\r\nMANU:DCW:VOLT 1\r\nMANU:DCW:CHIS 1\r\nMANU:RTIM 2\r\nMANU:DCW:TTIM 3\r\nFUNC:TEST ON\r\n',
  )
  await pass(999)
  expect(await say('MEAS?\r\n')).toBe('>DCW,TEST ,0.500kV,0.000 mA,R=001.0S\r\n')
  await pass(2000)
  expect(await say('MEAS1?\r\n')).toMatch(/^>DCW,TEST ,1\.000kV,0\.000 mA,T=001\.0S\r\n$/)
  await pass(2000)
  expect(await say('FUNC:TEST?\r\n')).toBe('TEST OFF\r\n')
  expect(await say('MEAS?\r\n')).toBe('>DCW,PASS ,1.000kV,0.000 mA,T=003.0S\r\n')
})

it('volunteers the result where it was told to', async () => {
  const { say, pass } = setUp()
  let text = await say('TEST:RET ON\r\nMANU:EDIT:MODE IR\r\nMANU:IR:TTIM 1\r\nFUNC:TEST ON\r\n')
  expect(text).toBe('')
  await pass(2000)
  text = await say('TEST:RET?\r\n')
  expect(text).toBe('ON\r\n')
})
