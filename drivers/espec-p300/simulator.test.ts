import { describe, expect, it } from 'vitest'
import { talkTo } from '../espec/testTalk.ts'
import { simulator } from './simulator.ts'

const settle = () => new Promise<void>((turn) => setImmediate(turn))
const talk = (options: Record<string, string> = {}) => talkTo(simulator, settle, options)

describe('questions, in the layouts that clients read', () => {
  it.each<[string, RegExp | string]>([
    ['ROM?', 'P3 hardware 9.99'],
    ['ROM?,DISP', 'D3 hardware 9.99'],
    ['TYPE?', 'T,T,P300,180.0'],
    ['DATE?', '26.01/05'],
    ['TIME?', /^9:00:0\d$/],
    ['SRQ?', /^0[01]{3}0000$/],
    ['MASK?', '01110000'],
    ['TIMER ON?', '0'],
    ['TIMER USE?', '0'],
    ['ALARM?', '0'],
    ['KEYPROTECT?', 'OFF'],
    ['MODE?', 'STANDBY'],
    ['mode?, detail', 'STANDBY'],
    ['MON?', /^23\.\d,45,STANDBY,0$/],
    ['MON?,DETAIL', /^23\.\d,45,STANDBY,0$/],
    ['TEMP?', /^23\.\d,23\.0,180\.0,-75\.0$/],
    ['HUMI?', '45,OFF,100,0'],
    ['SET?', 'REF9'],
    ['REF?', '2,OFF1,OFF2'],
    ['RELAY?', '0'],
    ['%?', '2,0.0,0.0'],
    ['CONSTANT SET?,TEMP', '23.0,ON'],
    ['CONSTANT SET?, HUMI', '50,OFF'],
    ['CONSTANT SET?,REF', 'AUTO'],
    ['CONSTANT SET?,RELAY', '0'],
    ['PRGM USE?,RAM', '2,1,2'],
    ['PRGM USE?,RAM:1', 'TC-200,26.01/05'],
    ['PRGM DATA?,RAM:1', '5,<TC-200>,COUNT,A(1.5.199),B(0.0.0),END(STANDBY)'],
    ['PRGM DATA?,RAM:1,DETAIL', '180.0,-75.0,100,0,TEMPOFF,HUMIOFF'],
    ['PRGM DATA?,RAM:1,STEP1', '1,TEMP85.0,TEMP RAMP ON,HUMI OFF,TIME1:00,GRANTY OFF,REF9,PAUSE OFF'],
    ['PRGM DATA?, RAM:2, STEP 1', '1,TEMP85.0,TEMP RAMP OFF,HUMI85,HUMI RAMP OFF,TIME20:00,GRANTY ON,REF9,PAUSE OFF'],
    ['IPSET?', '192.168.0.10,255.255.255.0,192.168.0.1'],
    ['SYSTEM SET?,PTCOPT', 'OFF'],
  ])('%s', async (question, answer) => {
    const { ask } = talk()
    if (typeof answer === 'string') expect(await ask(question)).toBe(answer)
    else expect(await ask(question)).toMatch(answer)
  })

  it('has one layout without humidity, and more with product temperature control', async () => {
    const dry = talk({ humidity: 'no' })
    expect(await dry.ask('TYPE?')).toBe('T,P300,180.0')
    expect(await dry.ask('MON?')).toMatch(/^23\.\d,,STANDBY,0$/)
    expect(await dry.ask('HUMI?')).toBe('NA:CONT NOT READY-1')
    expect(await dry.ask('%?')).toBe('1,0.0')
    const product = talk({ ptc: 'yes' })
    expect(await product.ask('TEMP PTC?')).toMatch(/^OFF,2\d\.\d,23\.\d,23\.0,23\.0,10\.0,-10\.0$/)
    expect(await product.ask('TEMP PTC, PTCON, DEVP5.0, DEVN-4.0')).toBe('OK:TEMP PTC, PTCON, DEVP5.0, DEVN-4.0')
    expect(await product.ask('CONSTANT SET?,PTC')).toBe('ON,5.0,-4.0')
    expect(await product.ask('MON PTC?')).toMatch(/^2\d\.\d,23\.\d,45,STANDBY,0$/)
    expect(await product.ask('PRGM DATA PTC?,RAM:1,STEP1')).toContain('TEMP RAMP ON,PTC OFF,HUMI OFF')
  })
})

describe('settings', () => {
  it.each([
    'TEMP,S85.0',
    'TEMP, S85.0 H110.0 L-45.0',
    'HUMI,S85',
    'HUMI,SOFF',
    'HUMI, S85.0',
    'MODE,CONSTANT',
    'POWER,off',
    'SET,REF6',
    'RELAY,ON,1,2',
    'KEYPROTECT,ON',
    'DATE,26.2/7. SAT',
    'TIME,15:30:00',
    'MASK,01110010',
    'SRQ,RESET',
    'TIMER WRITE,NO0,10:00,STANDBY',
    'TIMER WRITE,NO1,MODE1,26.9/20,23:00,RUN,RAM:1,STEP1',
    'TIMER WRITE,NO2,MODE2,SAT/SUN,23:00,OFF',
    'PRGM,RUN,RAM:1,STEP1',
    'MODE,RUN2',
    'RUN PRGM, TEMP10.0 TIME1:00 GOTEMP23.0 HUMI85 GOHUMI90 RELAYON,1,2',
    'PRGM ERASE,RAM:2',
  ])('answers OK: and the command as it came: %s', async (command) => {
    expect(await talk().ask(command)).toBe(`OK:${command}`)
  })

  it.each([
    ['TENMP?', 'NA:CMD ERR'],
    ['TEMP,S180.1', 'NA:DATA OUT OF RANGE'],
    ['TEMP,S-75.1', 'NA:DATA OUT OF RANGE'],
    ['TEMP,85', 'NA:PARA ERR'],
    ['TEMP,H200.0', 'NA:DATA OUT OF RANGE'],
    ['MODE,SOMETHING', 'NA:PARA ERR'],
    ['MODE,RUN7', 'NA:DATA NOT READY'],
    ['PRGM,RUN,RAM:1,STEP9', 'NA:DATA OUT OF RANGE'],
    ['PRGM,PAUSE', 'NA:CONT NOT READY-2'],
    ['PRGM MON?', 'NA:CONT NOT READY-2'],
    ['RUN PRGM MON?', 'NA:CONT NOT READY-2'],
    ['PRGM DATA?,RAM:9', 'NA:DATA NOT READY'],
    ['TIMER LIST?,1', 'NA:DATA NOT READY'],
    ['TEMP PTC?', 'NA:CONT NOT READY-1'],
    ['RELAY,ON,13', 'NA:PARA ERR'],
    ['SET,REF7', 'NA:PARA ERR'],
  ])('refuses %s with %s', async (command, refusal) => {
    expect(await talk().ask(command)).toBe(refusal)
  })

  it('locks keys only with the panel on, and protects settings then', async () => {
    const { ask } = talk()
    expect(await ask('MODE,OFF')).toBe('OK:MODE,OFF')
    expect(await ask('KEYPROTECT,ON')).toBe('NA:CONT NOT READY-4')
    await ask('POWER,ON')
    expect(await ask('MODE?')).toBe('CONSTANT')
    await ask('KEYPROTECT,ON')
    expect(await ask('TEMP,S30.0')).toBe('NA:PROTECT ON')
    expect(await ask('MODE,STANDBY')).toBe('OK:MODE,STANDBY')
  })

  it('is silent for another address, and after power-up', async () => {
    expect(await talk().ask('2,MODE?')).toBe('')
    expect(await talk().ask('1,MODE?')).toBe('STANDBY')
    expect(await talk({ address: '7' }).ask('7,TEMP,S30.0')).toBe('OK:TEMP,S30.0')
    const { ask, wait } = talk({ startMs: '8000' })
    expect(await ask('MODE?')).toBe('')
    await wait(0.15)
    expect(await ask('MODE?')).toBe('STANDBY')
  })

  it('keeps and shows its timers', async () => {
    const { ask } = talk()
    await ask('TIMER WRITE,NO0,10:05,RUN,RAM:1,STEP2')
    await ask('TIMER WRITE,NO2,MODE3,23:00,STANDBY')
    await ask('TIMER,ON,2')
    expect(await ask('TIMER LIST?,0')).toBe('RUN,RAM:1,STEP2,10:05')
    expect(await ask('TIMER LIST?,2')).toBe('2,MODE3,23:00,STANDBY')
    expect([await ask('TIMER USE?'), await ask('TIMER ON?')]).toEqual(['2,0,2', '1,2'])
    await ask('TIMER ERASE,NO0')
    expect(await ask('TIMER USE?')).toBe('1,2')
  })
})

describe('the edit of a program', () => {
  const write = 'PRGM DATA WRITE,PGM5,'

  it('takes a program in its order and gives it back', async () => {
    const { ask } = talk()
    for (const line of [
      'EDIT START',
      'STEP1,TEMP10.0,TRAMPOFF,HUMIOFF,TIME1:00,GRANTY ON,PAUSE OFF,REF9,RELAY ON1.2,RELAY OFF3',
      'STEP2,TEMP85.0,TRAMPON,HUMI85,HRAMPON,TIME0:30,GRANTY OFF,PAUSE ON,REF6',
      'COUNT,A(1. 2. 10),B(1.1.2)',
      'NAME,Sample-1',
      'END,RUN,PTN2',
      'HTEMP,100.0',
      'LTEMP,-45.0',
      'HHUMI,95',
      'LHUMI,10',
      'PRE MODE,TEMP,SV',
      'PRE TSV,23.0',
      'PRE MODE,HUMI,SV',
      'PRE HSV,50',
      'EDIT END',
    ])
      expect(await ask(write + line)).toBe(`OK:${write}${line}`)
    expect(await ask('PRGM DATA?,RAM:5')).toBe('2,<Sample-1>,COUNT,A(1.2.10),B(1.1.2),END(RUN:2)')
    expect(await ask('PRGM DATA?,RAM:5,STEP1')).toBe(
      '1,TEMP10.0,TEMP RAMP OFF,HUMI OFF,TIME1:00,GRANTY ON,REF9,RELAY ON1.2,PAUSE OFF',
    )
    expect(await ask('PRGM DATA?,RAM:5,STEP2')).toBe(
      '2,TEMP85.0,TEMP RAMP ON,HUMI85,HUMI RAMP ON,TIME0:30,GRANTY OFF,REF6,RELAY ON1.2,PAUSE ON',
    )
    expect(await ask('PRGM DATA?,RAM:5,DETAIL')).toBe('100.0,-45.0,95,10,TEMPSV,23.0,HUMISV,50')
  })

  it.each<[string, string[], string]>([
    ['a program that can only be read', ['PRGM DATA WRITE,PGM41,EDIT START'], '1'],
    ['a step without an edit', [`${write}STEP1,TEMP10.0`], '2'],
    ['an end without an edit', [`${write}EDIT END`], '3'],
    ['a second edit', [`${write}EDIT START`, 'PRGM DATA WRITE,PGM6,EDIT START'], '4'],
    ['an edit while overwriting', ['PRGM DATA WRITE,PGM1,OVER WRITE START', 'PRGM DATA WRITE,PGM6,EDIT START'], '5'],
    ['the end of overwriting that was not begun', [`${write}OVER WRITE END`], '6'],
    ['another program', [`${write}EDIT START`, 'PRGM DATA WRITE,PGM6,STEP1,TEMP10.0'], '7'],
    ['steps out of order', [`${write}EDIT START`, `${write}STEP2,TEMP10.0,TIME1:00`], '8'],
    ['a counter beyond the steps', [`${write}EDIT START`, `${write}STEP1,TEMP1.0`, `${write}COUNT,A(1.2.3)`], '9'],
    ['a program that runs', ['PRGM,RUN,RAM:1,STEP1', 'PRGM DATA WRITE,PGM1,OVER WRITE START'], '10'],
    ['a counter without data', [`${write}EDIT START`, `${write}COUNT`], '11'],
    ['nonsense in a step', [`${write}EDIT START`, `${write}STEP1,TEMPX`], '13'],
    ['a soak on a ramp', [`${write}EDIT START`, `${write}STEP1,TEMP1.0,TRAMPON,TIME1:00,GRANTY ON`], '14'],
    ['a ramp of no humidity', [`${write}EDIT START`, `${write}STEP1,TEMP1.0,HUMIOFF,HRAMPON,TIME1:00`], '15'],
  ])('refuses %s', async (_what, lines, number) => {
    const { ask } = talk()
    let last = ''
    for (const line of lines) last = await ask(line)
    expect(last).toBe(`NA:PRGM WRITE ERR-${number}`)
  })

  it('is refused while the panel edits, and forgets what was cancelled', async () => {
    expect(await talk({ fault: 'program-busy' }).ask(`${write}EDIT START`)).toBe('NA:PRGM WRITE ERR-12')
    const { ask } = talk()
    await ask(`${write}EDIT START`)
    await ask(`${write}STEP1,TEMP10.0,TIME1:00`)
    expect(await ask(`${write}EDIT CANCEL`)).toContain('OK:')
    expect(await ask('PRGM DATA?,RAM:5')).toBe('NA:DATA NOT READY')
  })
})

const load = async (ask: (line: string) => Promise<string>, lines: string[]): Promise<void> => {
  for (const line of ['EDIT START', ...lines, 'EDIT END'])
    expect(await ask(`PRGM DATA WRITE,PGM5,${line}`)).toContain('OK:')
}

describe('a program that runs', () => {
  it('ramps 1 K a minute, counts down, jumps back as often as its counter says, and ends in standby', async () => {
    const { ask, wait, bench } = talk()
    await load(ask, [
      'STEP1,TEMP60.0,TRAMPON,TIME0:40',
      'STEP2,TEMP20.0,TRAMPON,TIME0:40',
      'COUNT,A(1.2.1)',
      'PRE MODE,TEMP,SV',
      'PRE TSV,20.0',
      'END,STANDBY',
    ])
    await ask('TEMP,S20.0')
    await ask('MODE,CONSTANT')
    await wait(30)
    expect(await ask('PRGM,RUN,RAM:5,STEP1')).toBe('OK:PRGM,RUN,RAM:5,STEP1')
    await wait(20)
    expect(await ask('PRGM MON?')).toBe('1,40.0,OFF,0:20,1,0')
    expect(await ask('PRGM SET?')).toBe('RAM:5,,END(STANDBY)')
    expect(await ask('TEMP?')).toMatch(/^39\.\d,40\.0,/)
    expect(bench.chamber.temperatureC()).toBeGreaterThan(38.8)
    await wait(40)
    expect(await ask('PRGM MON?')).toBe('2,39.9,OFF,0:20,1,0')
    await wait(40)
    expect(await ask('PRGM MON?')).toBe('1,40.1,OFF,0:20,0,0')
    await wait(70)
    expect(await ask('MODE?')).toBe('STANDBY')
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('lets a guaranteed soak count only when the air is there', async () => {
    const { ask, wait } = talk()
    await load(ask, ['STEP1,TEMP85.0,TRAMPOFF,TIME0:30,GRANTY ON', 'END,HOLD'])
    await ask('PRGM,RUN,RAM:5,STEP1')
    await wait(10)
    expect(await ask('PRGM MON?')).toBe('1,85.0,OFF,0:30,0,0')
    await wait(20)
    expect(await ask('PRGM MON?')).toMatch(/^1,85\.0,OFF,0:(1|2)\d,0,0$/)
    await wait(30)
    expect(await ask('MODE?,DETAIL')).toBe('RUN END HOLD')
    expect(await ask('MODE?')).toBe('RUN')
    expect(await ask('TEMP?')).toMatch(/^8[45]\.\d,85\.0,/)
  })

  it('pauses, goes on, advances, and ends as told', async () => {
    const { ask, wait, bench } = talk()
    await ask('PRGM,RUN,RAM:1,STEP1')
    await wait(30)
    await ask('PRGM,PAUSE')
    expect(await ask('MODE?,DETAIL')).toBe('RUN PAUSE')
    const held = (await ask('TEMP?')).split(',')[1]
    await wait(60)
    expect((await ask('TEMP?')).split(',')[1]).toBe(held)
    expect(await ask('PRGM,CONTINUE')).toContain('OK:')
    await wait(15)
    expect(await ask('PRGM MON?')).toMatch(/^1,\d\d\.\d,OFF,0:15,199,0$/)
    await ask('PRGM,ADVANCE')
    expect(await ask('PRGM MON?')).toMatch(/^2,85\.0,OFF,0:15,199,0$/)
    expect(await ask('PRGM,END,CONST')).toContain('OK:')
    expect(await ask('MODE?')).toBe('CONSTANT')
    await ask('PRGM,RUN,RAM:1,STEP3')
    expect(await ask('PRGM,END,HOLD')).toContain('OK:')
    expect(await ask('MODE?,DETAIL')).toBe('RUN END HOLD')
    expect(await ask('PRGM,END,STANDBY')).toContain('OK:')
    expect(bench.chamber.workingTemperatureC()).toBeNull()
  })

  it('nests its counters', async () => {
    const { ask, wait } = talk()
    const steps: string[] = []
    await load(ask, [
      'STEP1,TEMP20.0,TIME0:10',
      'STEP2,TEMP21.0,TIME0:10',
      'STEP3,TEMP22.0,TIME0:10',
      'COUNT,A(2.2.1),B(1.3.1)',
      'END,OFF',
    ])
    await ask('PRGM,RUN,RAM:5,STEP1')
    await wait(5)
    for (let i = 0; i < 9; i++) {
      steps.push((await ask('PRGM MON?')).split(',')[0] ?? '')
      await wait(10 - 1 / 60)
    }
    expect(steps).toEqual(['1', '2', '2', '3', '1', '2', '2', '3', 'NA:CONT NOT READY-2'])
    expect(await ask('MODE?')).toBe('OFF')
  })

  it('carries out one step sent from afar, and holds its end', async () => {
    const { ask, wait } = talk()
    await ask('RUN PRGM, TEMP20.0 TIME1:00 GOTEMP50.0')
    await wait(30)
    expect(await ask('MODE?,DETAIL')).toBe('RMT RUN')
    expect(await ask('RUN PRGM MON?')).toMatch(/^1,35\.\d,0:30,0$/)
    expect(await ask('RUN PRGM?')).toBe('TEMP20.0 GOTEMP50.0 TIME1:00 REF9')
    await wait(31)
    expect(await ask('MODE?,DETAIL')).toBe('RMT RUN END HOLD')
    expect((await ask('TEMP?')).split(',')[1]).toBe('50.0')
  })

  it('takes a thousand hours as a few wakings', async () => {
    const { ask, wait, clock } = talk()
    await load(ask, ['STEP1,TEMP85.0,HUMI85,TIME99:00', 'COUNT,A(1.1.10)', 'END,STANDBY'])
    await ask('PRGM,RUN,RAM:5,STEP1')
    const started = clock.monotonicMs()
    await wait(11 * 99 * 60 + 1)
    expect((clock.monotonicMs() - started) / 3_600_000).toBeGreaterThan(1089)
    expect(await ask('MODE?')).toBe('STANDBY')
  })
})

it('lets humidity go below the freezing point', async () => {
  const { ask, wait, bench } = talk()
  await ask('HUMI,S85')
  await ask('TEMP,S40.0')
  await ask('MODE,CONSTANT')
  await wait(60)
  expect(bench.chamber.humidityPercent()).toBeCloseTo(85, 0)
  await ask('TEMP,S-40.0')
  await wait(120)
  expect(bench.chamber.humidityPercent()).toBeLessThan(30)
  expect(await ask('HUMI?')).toMatch(/^\d\d,85,100,0$/)
})
