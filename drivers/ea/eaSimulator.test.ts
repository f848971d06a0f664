import { describe, expect, it } from 'vitest'
import { bytesToHex, latin1ToBytes } from '../../src/base/bytes.ts'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from '../bench/bench.ts'
import { withCrc } from '../bench/modbusRtu.ts'
import { startSimulator } from '../bench/startSimulator.ts'
import { createEaSimulator, eaFaults } from './eaSimulator.ts'

const fromHex = (text: string) => Uint8Array.from(text.split(' '), (byte) => parseInt(byte, 16))
const setUp = (options: Record<string, string> = {}) => {
  const clock = createVirtualClock(0, () => new Promise<void>((resolve) => setImmediate(resolve)))
  const random = createRandom(5)
  const bench = createBench({ clock, random, disturbances: false })
  let received: number[] = []
  const started = startSimulator(
    { faults: eaFaults, createSimulator: createEaSimulator },
    { clock, random, bench, send: (bytes) => void received.push(...bytes), options },
  )
  const send = async (bytes: Uint8Array): Promise<Uint8Array> => {
    received = []
    started.simulator.receive(bytes)
    await clock.run(clock.sleep(60))
    return Uint8Array.from(received)
  }
  const say = async (text: string): Promise<string> =>
    String.fromCharCode(...(await send(latin1ToBytes(text)))).trimEnd()
  /** Hexadecimal without the checksum, which is added and taken off. */
  const frame = async (text: string): Promise<string> => bytesToHex((await send(withCrc(fromHex(text)))).slice(0, -2))
  const piece = (bytes: Uint8Array): void => started.simulator.receive(bytes)
  return { clock, bench, send, say, frame, piece, options: started.context.options as Record<string, string> }
}

describe('one port, two protocols, told by the first byte', () => {
  it('speaks SCPI from 42 on, with or without a line end', async () => {
    const { say } = setUp()
    expect(await say('*IDN?\n')).toBe('EA Elektro-Automatik GmbH & Co. KG,PSB 9200-140,2660090001,V3.06 21.08.2019,')
    expect(await say('*IDN?')).toContain('PSB 9200-140')
    expect(await say(':VOLT?\n')).toBe('0.00 V')
  })

  it('speaks Modbus RTU at address 0, with the frames of the programming guide', async () => {
    const { send, say } = setUp()
    expect(bytesToHex(await send(fromHex('00 05 01 92 ff 00 2d fa')))).toBe('00050192ff002dfa')
    expect(bytesToHex(await send(fromHex('00 06 01 f4 66 66 63 9f')))).toBe('000601f46666639f')
    expect(bytesToHex(await send(fromHex('00 05 01 95 ff 00 9c 3b')))).toBe('00050195ff009c3b')
    expect(bytesToHex((await send(fromHex('00 03 01 f9 00 02 14 17'))).slice(0, 3))).toBe('000304')
    expect(bytesToHex((await send(fromHex('00 03 01 fb 00 03 74 17'))).slice(0, 3))).toBe('000306')
    // 50 % of 200 V, seen from the other protocol.
    expect(await say('VOLT?\n')).toBe('100.00 V')
    expect(await say('OUTP?\n')).toBe('ON')
    expect(await say('SYST:LOCK:OWN?\n')).toBe('REMOTE')
  })

  it('rejects 2 to 41, and goes on with what comes after', async () => {
    const { send, say } = setUp()
    expect(await send(fromHex('02 03 00 00 00 01 84 39'))).toHaveLength(0)
    expect(await send(fromHex('29 41 0a'))).toHaveLength(0)
    expect(await say('OUTP?\n')).toBe('OFF')
  })

  it('takes messages in pieces, whatever the later ones begin with', async () => {
    const { clock, say, send, piece } = setUp()
    piece(latin1ToBytes('OUT'))
    await clock.run(clock.sleep(10))
    expect(await say('P?\n')).toBe('OFF')
    const request = fromHex('00 03 01 fb 00 03 74 17')
    piece(request.slice(0, 3))
    await clock.run(clock.sleep(10))
    expect(await send(request.slice(3))).toHaveLength(11)
    // Half a request that nothing followed is forgotten.
    expect(await send(request.slice(0, 5))).toHaveLength(0)
    expect(await say('OUTP?\n')).toBe('OFF')
  })

  it('speaks Modbus TCP where the firmware has it, whatever the number of the transaction', async () => {
    const request = '2a 07 00 00 00 06 00 03 01 f4 00 01'
    const { send } = setUp()
    expect(bytesToHex(await send(fromHex(request)))).toBe('2a0700000005000302' + '0000')
    expect(await setUp({ modbusTcp: 'off' }).send(fromHex(request))).toHaveLength(0)
  })

  it('answers address 1 in full mode only', async () => {
    const { frame } = setUp()
    expect(await frame('01 03 00 00 00 01')).toBe('')
    await frame('00 05 01 92 ff 00')
    expect(await frame('00 06 27 1d 00 01')).toBe('0006271d0001')
    expect(await frame('01 03 00 00 00 01')).toBe('0103020035')
  })
})

describe('registers', () => {
  it('has texts of 40 characters and nominal values as floats', async () => {
    const { frame } = setUp()
    const model = await frame('00 03 00 01 00 14')
    expect(String.fromCharCode(...fromHex(model.slice(6).replace(/(..)(?=.)/g, '$1 '))).replaceAll('\0', '')).toBe(
      'PSB 9200-140',
    )
    expect(await frame('00 03 00 79 00 02')).toBe('0003' + '04' + '43480000')
    expect(await frame('00 03 00 7b 00 02')).toBe('0003' + '04' + '430c0000')
  })

  it.each([
    ['reads across a group', '00 03 01 f8 00 03', '008302'],
    ['reads where nothing is', '00 03 00 64 00 01', '008302'],
    ['reads input registers', '00 04 01 f4 00 01', '008401'],
    ['writes many coils', '00 0f 01 92 00 01 01 01', '008f01'],
    ['reads discrete inputs', '00 02 01 92 00 01', '008201'],
    ['writes an actual value', '00 06 01 fb 00 01', '008602'],
    ['writes beyond 102 %', '00 06 01 f4 d0 e6', '008603'],
  ])('refuses a master that %s', async (_name, request, answer) => {
    const { frame } = setUp()
    await frame('00 05 01 92 ff 00')
    expect(await frame(request)).toBe(answer)
  })

  it('refuses sets without remote control, and takes 102 %', async () => {
    const { frame, say } = setUp()
    expect(await frame('00 06 01 f4 66 66')).toBe('008607')
    expect(await frame('00 05 01 95 ff 00')).toBe('008507')
    await frame('00 05 01 92 ff 00')
    expect(await frame('00 10 01 f4 00 02 04 d0 e5 66 66')).toBe('001001f40002')
    expect(await say('VOLT?\n')).toBe('204.00 V')
    expect(await say('CURR?\n')).toBe('70.00 A')
  })

  it('tells output, remote control and alarms in the state', async () => {
    const { frame, say, options } = setUp()
    await say('SYST:LOCK ON;:VOLT 60;CURR 3;OUTP ON\n')
    expect(await frame('00 03 01 f9 00 02')).toBe('000304' + '0000' + (0x0880 + (2 << 9)).toString(16).padStart(4, '0'))
    options['fault'] = 'over-temperature'
    expect(await frame('00 03 01 f9 00 02')).toBe('000304' + '0008' + '8800')
  })
})

describe('SCPI', () => {
  it('refuses sets in local, by the error queue alone', async () => {
    const { say } = setUp()
    expect(await say('VOLT 60\n')).toBe('')
    expect(await say('SYST:ERR?\n')).toBe('-201,"Invalid while in local"')
    expect(await say('VOLT?\n')).toBe('0.00 V')
    expect(await say('SYST:ERR?\n')).toBe('0,"No error"')
  })

  it.each([
    ['VOLT 60V', 'VOLT?', '60.00 V'],
    ['SOUR:VOLTAGE 60', 'SOURce:VOLTage?', '60.00 V'],
    [':CURR 9.5A', ':CURR?', '9.50 A'],
    ['POW 3kW', 'POW?', '3000 W'],
    ['SINK:CURR 20', 'SINK:CURR?', '20.00 A'],
    ['VOLT MAX', 'VOLT?', '204.00 V'],
    ['SOUR:VOLT:PROT 66', 'SOUR:VOLT:PROT?', '66.00 V'],
    ['VOLT:LIM:HIGH 50', 'VOLT:LIM:HIGH?', '50.00 V'],
    ['SYST:CONF:USER:TEXT "bench 3"', 'SYST:CONF:USER:TEXT?', '"bench 3"'],
    ['POW:STAG:AFT:REM OFF', 'POW:STAG:AFT:REM?', 'OFF'],
  ])('takes %s', async (command, question, answer) => {
    const { say } = setUp()
    await say('SYST:LOCK 1\n')
    await say(`${command}\n`)
    expect(await say(`${question}\n`)).toBe(answer)
    expect(await say('SYST:ERR?\n')).toBe('0,"No error"')
  })

  it('leaves a set beyond the adjustable limits as it was', async () => {
    const { say } = setUp()
    await say('SYST:LOCK ON;:VOLT:LIM:HIGH 50\n')
    await say('VOLT 40\n')
    await say('VOLT 60\n')
    expect(await say('VOLT?\n')).toBe('40.00 V')
    expect(await say('SYST:ERR:ALL?\n')).toBe('-222,"Data out of range"')
  })

  it('knows no output of a load and no input of a supply', async () => {
    const load = setUp({ model: 'ELR 9200-70' })
    expect(await load.say('OUTP?\n')).toBe('')
    expect(await load.say('SYST:ERR?\n')).toBe('-100,"Command unknown"')
    expect(await load.say('INP?\n')).toBe('OFF')
    expect(await setUp().say('INP?\n')).toBe('')
    expect(await setUp({ model: 'PSI 9200-70' }).say('SINK:CURR?\n')).toBe('')
  })

  it('answers measurements with units, all in one line too', async () => {
    const { say } = setUp()
    await say('SYST:LOCK ON;:VOLT 60;CURR 3;OUTP ON\n')
    expect(await say('MEAS:ARR?\n')).toMatch(/^1\d\.\d\d V, 3\.0\d A, \d\d W$|^1\d\.\d\d V, 2\.9\d A, \d\d W$/)
    expect(await say('SYST:NOM:VOLT?\n')).toBe('200.00 V')
    expect(Number(await say('STAT:OPER:COND?\n'))).toBe(512)
    expect(Number(await say('STAT:QUES:COND?\n'))).toBe(2048 + 1024)
  })

  it('counts alarms, latches them, and takes the reading of the errors as their acknowledgment', async () => {
    const { say, options } = setUp()
    await say('SYST:LOCK ON;:VOLT 60;CURR 3;OUTP ON\n')
    options['fault'] = 'over-voltage'
    expect(await say('OUTP?\n')).toBe('OFF')
    options['fault'] = ''
    expect(Number(await say('STAT:QUES:COND?\n')) & 1).toBe(1)
    await say('OUTP ON\n')
    expect(await say('OUTP?\n')).toBe('OFF')
    await say('SYST:ERR:ALL?\n')
    expect(Number(await say('STAT:QUES:COND?\n')) & 1).toBe(0)
    await say('OUTP ON\n')
    expect(await say('OUTP?\n')).toBe('ON')
    expect(await say('SYST:ALAR:COUN:OVOL?\n')).toBe('1')
  })
})
