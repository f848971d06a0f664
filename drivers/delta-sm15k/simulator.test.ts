import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createBench } from '../bench/bench.ts'
import { startSimulator } from '../bench/startSimulator.ts'
import { anyForm, questionFirst } from './anyForm.ts'
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
  const say = async (...lines: string[]): Promise<string> => {
    received = ''
    for (const line of lines) started.simulator.receive(new TextEncoder().encode(`${line}\n`))
    await clock.run(clock.sleep(1))
    return received.trimEnd()
  }
  return { clock, bench, say, raw: () => received, options: started.context.options }
}

describe('what the manual shows', () => {
  it.each([
    ['*IDN?', 'DELTA ELEKTRONIKA BV,SM500-CP-90,000010207248,H0_P0150,0'],
    ['SOURce:VOLtage:MAXimum?', '500'],
    ['SOUR:CUR:MAX?', '90'],
    ['SOUR:CUR:NEG:MAX?', '-90'],
    ['SOUR:POW:MAX?', '15000'],
    ['SOUR:VOL:STE?', '1.055924221873283e-03'],
    ['SYST:ERR?', '0,None'],
    ['SYST:WAR?', '0,None'],
    ['SYSTem:COMmunicate:WATchdog?', '-1'],
    ['SYST:TIM?', 'UNKNOWN'],
    ['SYST:FUNC:TYP?', '0,NONE'],
    ['STAT:REG:B?', '7'],
    ['OUTP?', '0'],
    ['MEASure:INStrument AH,STATE?', 'OFF'],
    ['MEASure:INStrument AH:NEG,IMAX?', '0.0000'],
    ['SYSTem:COMmunicate:TERminator?', 'LF'],
  ])('%s → %s', async (question, answer) => {
    expect(await setUp().say(question)).toBe(answer)
  })

  it.each([
    'sour:vol 14',
    'source:volt 14',
    'source:voltage 14',
    'sour:voltage 14',
    'SoUrCe:VoLt 14',
    'SOURce:VOLtage 14',
  ])('sets the voltage by %s', async (line) => {
    const { say } = setUp()
    expect(await say(line, 'SOUR:VOL?', 'SYST:ERR?')).toBe('14.0000\n0,None')
  })

  it('answers with LF alone, and otherwise when told', async () => {
    const { say, raw } = setUp()
    await say('OUTP?')
    expect(raw()).toBe('0\n')
    await say('SYST:COMM:TER CRLF', 'OUTP?')
    expect(raw()).toBe('0\r\n')
  })
})

describe('the open Python client (SM15K.py)', () => {
  it('sends the brackets of some headers, which is an unknown header', async () => {
    const { say } = setUp()
    expect(await say('SYSTem:RSD[:STAtus] ON')).toBe('')
    expect(await say('SYSTem:RSD[:STAtus]?')).toBe('')
    expect(await say('SYSTem:FROntpanel[:STAtus] 1')).toBe('')
    expect(await say('SYSTem:ERRor?', 'SYSTem:ERRor?', 'SYSTem:ERRor?', 'SYSTem:ERRor?')).toBe(
      '-113,Undefined header\n-113,Undefined header\n-113,Undefined header\n0,None',
    )
    expect(await say('SYST:RSD?')).toBe('0')
  })

  it.each([
    'MEASure:VOLtage?',
    'MEASure:CURrent?',
    'MEASure:POWer?',
    'MEASure:TEMperature?',
    'MEASure:INStrument AH,TIMEHR?',
    'MEASure:INStrument AH,POS,TOTAL?',
    'MEASure:INStrument WH,NEG,PMIN?',
    'SOURce:CURrent:NEGative?',
    'SOURce:POWer:NEGative:MAXimum?',
    'SOURce:POWer:STEpsize?',
    'SYSTem:LIMits:CURrent:NEGative?',
    'SYSTem:FROntpanel:CONtrols?',
    'SYSTem:COMmunicate:WATchdog SET?',
    'SYSTem:DATe?',
    '*PUD?',
  ])('gets one answer to %s, and no error', async (question) => {
    const { say } = setUp()
    const answers = (await say(question, 'SYST:ERR?')).split('\n')
    expect(answers).toHaveLength(2)
    expect(answers.at(-1)).toBe('0,None')
  })

  it.each([
    'SYSTem:LIMits:VOLtage 400,ON',
    'SYSTem:TIMe 12,30,00',
    'SYSTem:DATe 2026,1,31',
    'SYSTem:FROntpanel:HIGhlight',
    'MEASure:INStrument WH,STATE,ON',
    'SOURce:CURrent:NEGative -10',
    'OUTPut ON',
    '*RST',
    'SYSTem:COMmunicate:WATchdog TEST',
  ])('may send %s', async (line) => {
    expect(await setUp().say(line, 'SYST:ERR?')).toBe('0,None')
  })

  it('is told of nonsense by the queue of ten, further errors are dropped', async () => {
    const { say } = setUp()
    await say(...Array.from({ length: 15 }, () => 'NONSENSE 1'))
    const answers = (await say(...Array.from({ length: 11 }, () => 'SYST:ERR?'))).split('\n')
    expect(answers.filter((each) => each !== '0,None')).toHaveLength(10)
    expect(answers.at(-1)).toBe('0,None')
  })
})

describe('sources, shutdown and limits', () => {
  it.each(['eth', 'Ethernet', 'REM', 'Remote'])('takes %s as the programming source', async (word) => {
    const { say } = setUp({ source: 'Front' })
    expect(await say('STAT:REG:B?', `SYST:REM:CV ${word}`, 'STAT:REG:B?')).toBe('0\n1')
  })

  it('blocks the output while the remote shutdown is on', async () => {
    const { say } = setUp()
    await say('SOUR:VOL 60', 'SOUR:CUR 3', 'SOUR:POW 500', 'OUTP 1')
    const on = Number(await say('STAT:REG:A?'))
    expect(on).toBe(8192 + 2)
    expect(await say('SYST:RSD 1', 'STAT:REG:A?')).toBe(String(4096 + 64))
    expect(await say('SYST:RSD 0', 'STAT:REG:A?')).toBe(String(on))
  })

  it('holds the output below a limit that is on, and says so in register A', async () => {
    const { say } = setUp()
    await say('SOUR:VOL 60', 'SOUR:CUR 3', 'SOUR:POW 500', 'OUTP 1', 'SYST:LIM:CUR 2,ON')
    expect(await say('SYST:LIM:CUR?', 'SOUR:CUR?', 'STAT:REG:A?')).toBe(`2.0000,ON\n3.0000\n${8192 + 16 + 2}`)
    expect(Math.abs(Number(await say('MEAS:CUR?')) - 2)).toBeLessThan(0.03)
    expect(await say('SYST:LIM:CUR 2,OFF', 'SYST:LIM:CUR?', 'STAT:REG:A?')).toBe(`2.0000,OFF\n${8192 + 2}`)
  })

  it('zeroes the set-points on *RST', async () => {
    const { say } = setUp()
    expect(await say('SOUR:VOL 14', 'SYST:REM:CC Front', '*RST', 'SOUR:VOL?', 'STAT:REG:B?')).toBe('0.0000\n7')
  })
})

describe('watchdog, hours and functions', () => {
  it('tells what is left, 0 once when it expired, then -1', async () => {
    const { clock, say } = setUp()
    await say('SOUR:VOL 60', 'SOUR:CUR 3', 'SOUR:POW 500', 'OUTP 1', 'SYST:COMM:WAT SET,1000')
    await clock.run(clock.sleep(177))
    expect(Math.abs(Number(await say('SYST:COMM:WAT?')) - 823)).toBeLessThan(5)
    expect(await say('SYST:COMM:WAT SET?')).toBe('1000')
    await clock.run(clock.sleep(1100))
    expect(await say('OUTP?')).toBe('0')
    expect(await say('SYST:COMM:WAT?', 'SYST:COMM:WAT?')).toBe('0\n-1')
  })

  it('isn’t restarted by an unknown command', async () => {
    const { clock, say } = setUp()
    await say('SYST:COMM:WAT SET,1000')
    for (let i = 0; i < 3; i++) {
      await clock.run(clock.sleep(400))
      await say('NONSENSE')
    }
    expect(await say('SYST:COMM:WAT?')).toBe('0')
  })

  it('expires by TEST before the next command', async () => {
    const { clock, say } = setUp()
    await say('SYST:COMM:WAT TEST')
    await clock.run(clock.sleep(5))
    expect(await say('SYST:COMM:WAT?', 'SYST:COMM:WAT?')).toBe('0\n-1')
  })

  it('counts ampere-hours', async () => {
    const { clock, say } = setUp()
    await say('SOUR:VOL 60', 'SOUR:CUR 3', 'SOUR:POW 500', 'OUTP 1', 'MEAS:INS AH,STATE,ON')
    await clock.run(clock.sleep(1_800_000))
    expect(Number(await say('MEAS:INS AH,POS,TOTAL?'))).toBeCloseTo(1.5, 4)
    expect(await say('MEAS:INS AH,TIMEHR?')).toBe('0.500')
    expect(await say('MEAS:INS AH,STATE,SUSPEND', 'MEAS:INS AH,STATE?')).toBe('SUSPEND')
    await clock.run(clock.sleep(1_800_000))
    expect(Number(await say('MEAS:INS AH,POS,TOTAL?'))).toBeCloseTo(1.5, 4)
  })

  it('keeps the photovoltaic curve, and switches the output off with each change unless direct', async () => {
    const { say } = setUp()
    await say('SYST:FUNC:SEL 1', 'SYST:FUNC:TYP 3', 'SYST:FUNC:SET VOC_STC,41', 'SYST:FUNC:SET TPV,60')
    expect(await say('SYST:FUNC:TYP?', 'SYST:FUNC:SET VOC_STC?', 'SYST:FUNC:SET TPV?')).toBe(
      '3,PHOTOVOLTAIC\n41.0000\n60.0000',
    )
    await say('OUTP 1', 'SYST:FUNC:SET GPV,800')
    expect(await say('OUTP?')).toBe('0')
    await say('SYST:FUNC:CON DIRECT,ON', 'OUTP 1', 'SYST:FUNC:SET GPV,700')
    expect(await say('OUTP?', 'SYST:FUNC:CON DIRECT?')).toBe('1\n1')
    expect(await say('SYST:FUNC:SET GPV,20000', 'SYST:ERR?')).toContain('-222')
  })
})

describe('headers of any length', () => {
  it('makes patterns of the command tree', () => {
    expect(anyForm(':SYSTem:RSD[:STAtus]')).toBe(':SYST|SYSTE|SYSTEM:RSD[:STA|STAT|STATU|STATUS]')
    expect(questionFirst('MEAS:INS AH,STATE?')).toBe('MEAS:INS? AH,STATE')
    expect(questionFirst('OUTP?')).toBe('OUTP?')
  })
})
