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
  const device = startSimulator(simulator, {
    clock,
    random,
    bench,
    options,
    send: (bytes) => void (heard += bytesToLatin1(bytes)),
  })
  const pass = (ms: number) => clock.run(clock.sleep(ms))
  /** What comes back to these bytes. */
  const say = async (text: string): Promise<string> => {
    heard = ''
    device.simulator.receive(latin1ToBytes(text))
    await pass(1)
    return heard
  }
  return { say, pass, bench, options: device.context.options }
}

describe('the bytes of the programmers guide', () => {
  it('answer every line: a command with an empty one, a query with values and units', async () => {
    const { say } = setUp()
    expect(await say(':VOLT 1000,(@0)\r\n')).toBe('\r\n')
    expect(await say(':READ:VOLT? (@0)\r\n')).toBe('1.00000E3V\r\n')
    expect(await say(':READ:VOLT? (@0,2-3)\r\n')).toBe('1.00000E3V,0.00000E0V,0.00000E0V\r\n')
    expect(await say(':MEAS:CURR? (@0-2)\r\n')).toMatch(/^-?\d\.\d{5}E-?\d+A(,-?\d\.\d{5}E-?\d+A){2}\r\n$/)
    expect(await say(':CONF:RAMP:VOLT:UP 50,(@0);:CONF:RAMP:VOLT:UP? (@0)\r\n')).toBe('5.00000E1V/s\r\n')
    expect(await say('*OPC?\r\n')).toBe('1\r\n')
    expect(await say(':READ:MODULE:CHANNELNUMBER?\r\n')).toBe('4\r\n')
  })

  it('echo the line first on a COM port, and can be told not to', async () => {
    const { say } = setUp({ echo: 'on' })
    expect(await say('*OPC?\r\n')).toBe('*OPC?\r\n1\r\n')
    expect(await say(':VOLT ON,(@1);*OPC?\r\n')).toBe(':VOLT ON,(@1);*OPC?\r\n1\r\n')
    expect(await say('CONF:SERIAL:ECHO 0\r\n')).toBe('CONF:SERIAL:ECHO 0\r\n\r\n')
    expect(await say('*OPC?\r\n')).toBe('1\r\n')
    expect(await setUp({ wire: 'serial' }).say('*OPC?\r\n')).toBe('*OPC?\r\n1\r\n')
    expect(await setUp({ wire: 'tcp' }).say('*OPC?\r\n')).toBe('1\r\n')
  })

  it('tell the state by bits: polarity, on, constant voltage, ramp', async () => {
    const { say, pass } = setUp()
    expect(await say(':READ:CHAN:STAT? (@2)\r\n')).toBe('1\r\n')
    await say(':VOLT 200,(@2)\r\n')
    await say(':VOLT ON,(@2)\r\n')
    // On, voltage ramp, ramp up, positive.
    expect(await say(':READ:CHAN:STATUS? (@2)\r\n')).toBe(`${1 + 8 + 16 + 2 ** 19}\r\n`)
    await pass(2100)
    expect(await say(':READ:CHAN:STAT? (@2)\r\n')).toBe(`${1 + 8 + 128}\r\n`)
    await say(':VOLT 4,(@2)\r\n')
    await pass(2100)
    // Below 6 V there is no constant-voltage flag.
    expect(await say(':READ:CHAN:STAT? (@2)\r\n')).toBe('9\r\n')
    expect(await say(':READ:VOLT:ON? (@1-2)\r\n')).toBe('0,1\r\n')
  })

  it('refuse what is wrong with an empty line, and take nothing', async () => {
    const { say } = setUp()
    for (const line of [
      ':VOLT 2500,(@0)',
      ':VOLT -5,(@0)',
      ':VOLT 100,(@0,9)',
      ':CURR -1,(@0)',
      'RUBBISH',
      ':VOLT ,(@0)',
    ])
      expect(await say(`${line}\r\n`), line).toBe('\r\n')
    expect(await say(':READ:VOLT? (@0)\r\n')).toBe('0.00000E0V\r\n')
    expect(Number(await say(':READ:CHAN:EVENT:STAT? (@0)\r\n')) & 4).toBe(4)
  })

  it('change polarity only when off and discharged; then the voltage is 0 and the events want clearing', async () => {
    const { say, pass } = setUp()
    await say(':VOLT 500,(@0)\r\n:VOLT ON,(@0)\r\n')
    await say(':CONF:OUTP:POL n,(@0)\r\n')
    expect(await say(':CONF:OUTPUT:POL? (@0)\r\n')).toBe('p\r\n')
    await say(':VOLT OFF,(@0)\r\n')
    await pass(8000)
    await say(':CONF:OUTP:POL n,(@0)\r\n')
    expect(await say(':CONF:OUTP:POL? (@0)\r\n')).toBe('n\r\n')
    expect(await say(':READ:VOLT? (@0)\r\n')).toBe('0.00000E0V\r\n')
    await say(':VOLT -500,(@0)\r\n:VOLT ON,(@0)\r\n')
    expect(await say(':READ:VOLT:ON? (@0)\r\n')).toBe('0\r\n')
    await say('*CLS\r\n:VOLT ON,(@0)\r\n')
    expect(await say(':READ:VOLT:ON? (@0)\r\n')).toBe('1\r\n')
    expect(await say(':READ:VOLT? (@0)\r\n')).toBe('-5.00000E2V\r\n')
  })

  it('emergency off has no ramp and stays until it is cleared', async () => {
    const { say, pass, bench } = setUp()
    await say(':VOLT 1000,(@0)\r\n:VOLT ON,(@0)\r\n')
    await pass(11_000)
    expect(bench.stress.voltageV(0)).toBe(1000)
    await say(':VOLT EMCY OFF,(@0)\r\n')
    await pass(3600)
    expect(bench.stress.voltageV(0)).toBe(0)
    await say(':EVENT CLEAR,(@0)\r\n:VOLT ON,(@0)\r\n')
    expect(await say(':READ:VOLT:EMCY? (@0)\r\n')).toBe('1\r\n')
    await say(':VOLT EMCY CLR,(@0)\r\n:EVENT CLEAR,(@0)\r\n:VOLT ON,(@0)\r\n')
    expect(await say(':READ:VOLT:ON? (@0)\r\n')).toBe('1\r\n')
  })

  it('has modes with lists of what they give', async () => {
    const { say } = setUp()
    expect(await say(':CONF:OUTP:MODE:LIST? (@0)\r\n')).toBe('1,2,3\r\n')
    expect(await say(':READ:VOLT:MODE:LIST? (@0)\r\n')).toBe('2.00000E3V,4.00000E3V,6.00000E3V\r\n')
    await say(':CONF:OUTP:MODE 3,(@0)\r\n')
    expect(await say(':READ:VOLT:NOM? (@0-1)\r\n')).toBe('6.00000E3V,2.00000E3V\r\n')
  })

  it('are the whole unit’s without a channel list: ramps and limits in percent, its status and supplies', async () => {
    const { say, bench } = setUp()
    expect(await say(':CONF:RAMP:VOLT 10\r\n:CONF:RAMP:VOLT?\r\n')).toBe('\r\n1.00000E1%/s\r\n')
    expect(await say(':READ:RAMP:VOLT? (@3)\r\n:READ:RAMP:VOLT?\r\n')).toBe('2.00000E2V/s\r\n1.00000E1%/s\r\n')
    expect(await say(':READ:VOLT:LIM?\r\n:READ:VOLT:LIM? (@1)\r\n')).toBe('1.00000E2%\r\n2.00000E3V\r\n')
    expect(Number(await say(':READ:MODULE:STAT?\r\n')) & 0x600).toBe(0x600)
    bench.interlock.set(false)
    // The safety loop is no longer good.
    expect(Number(await say(':READ:MODULE:STAT?\r\n')) & 0x600).toBe(0x200)
    expect(await say(':READ:MODULE:SUPPLY:P24V?\r\n:READ:MODULE:SUPPLY? (@3)\r\n')).toBe('2.40100E1V\r\n3.29000E0V\r\n')
  })
})
