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
  const say = async (text: string, ms = 1): Promise<string> => {
    heard = ''
    device.simulator.receive(latin1ToBytes(text))
    await pass(ms)
    return heard
  }
  return { say, pass, bench }
}

it('takes the sheet’s commands, with STEP 1 and STEP1, short and long', async () => {
  const { say } = setUp()
  expect(await say('SAFE:SNUM?\r\n')).toBe('+0\n')
  expect(await say('SAFE:STEP 1:AC 3000\nSAFE:STEP 1:AC:TIME 10\n')).toBe('')
  expect(await say('SAFE:STEP 2:IR 300\nSAFE:STEP 2:IR:TIME 15\nSAFE:PRES:TIME:STEP 0.5\n')).toBe('')
  expect(await say('SAFE:SNUM?\n')).toBe('+2\n')
  expect(await say(':SOURce:SAFEty:STEP 2:IR:LEVel?\n')).toBe('+3.000000E+02\n')
  expect(await say('SAFE:STEP2:IR:LIM?\n')).toBe('+1.000000E+06\n')
  expect(await say('SAFE:STEP2:IR:LIM:LOW 100000\nSAFE:STEP 2:IR:LIM?\n')).toBe('+1.000000E+05\n')
  expect(await say('SAFE:RES:ALL:MODE?\n')).toBe('AC,IR\n')
  expect(await say('SAFE:RES:ALL:MMET?\n')).toBe('+9.910000E+37,+9.910000E+37\n')
  expect(await say('SAFE:STEP 1:DEL\nSAFE:SNUM?\n')).toBe('+1\n')
})

it('runs the steps one after the other and reports when it was told to', async () => {
  const { say } = setUp({ fault: 'over-range' })
  await say('SAFE:STEP 1:DC 3000\nSAFE:STEP 1:DC:TIME 5\nSAFE:STEP 2:IR 500\nSAFE:STEP 2:IR:TIME 3\n')
  await say('SAFE:RES:AREP ON\nSAFE:RES:AREP:ITEM STAT,MODE,OMET,MMET\n')
  expect(await say('SAFE:STAR\nSAFE:STAT?\n', 1000)).toBe('RUNNING\n')
  expect(await say('SAFE:FETC? MODE,OMET\n', 8000)).toBe(
    'DC,+3.000000E+03\nDC,+3.000000E+03,+0.000000E+00,116,IR,+5.000000E+02,+9.900000E+37,116\n',
  )
  expect(await say('SAFE:STAT?\nSAFE:RES:ALL?\nSAFE:RES:ALL:OMET?\n')).toBe(
    'STOPPED\n116,116\n+3.000000E+03,+5.000000E+02\n',
  )
})

it('judges by codes: stopped, above the limit, below it, can not test', async () => {
  const { say, pass, bench } = setUp()
  await say('SAFE:STEP 1:IR 500\nSAFE:STAR\n', 1000)
  await say('SAFE:STOP\n')
  expect(await say('SAFE:RES:ALL?\n')).toBe('113\n')
  await say('SAFE:STEP 1:IR:LIM:HIGH 1E9\nSAFE:STAR\n', 4000)
  expect(await say('SAFE:RES:ALL?\n')).toBe('65\n')
  await say('SAFE:STEP 1:DC 6000\nSAFE:STEP 1:DC:LIM 1E-7\nSAFE:STAR\n', 4000)
  expect(await say('SAFE:RES:ALL?\n')).toBe('49\n')
  bench.interlock.set(false)
  await say('SAFE:STAR\n')
  expect(await say('SAFE:STAT?\nSAFE:RES:ALL?\n')).toBe('STOPPED\n114\n')
  await pass(1)
})

it('keeps errors in a queue, and refuses edits while a test runs', async () => {
  const { say } = setUp()
  expect(await say('SAFE:STEP 1:IR 2000\nSAFE:STEP 3:IR 500\nNONSENSE\n')).toBe('')
  expect(await say('SYST:ERR?\n')).toBe('-222,"Data out of range"\n')
  expect(await say('SYST:ERR?\nSYST:ERR?\nSYST:ERR?\n')).toBe(
    '-221,"Setting conflicts"\n-113,"Undefined header"\n+0,"No error"\n',
  )
  await say('SAFE:STEP 1:IR 500\nSAFE:STAR\nSAFE:STEP 1:IR 600\n')
  expect(await say('SYST:ERR?\n')).toBe('-221,"Setting conflicts"\n')
})
