import { afterEach, describe, expect, it } from 'vitest'
import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { openRig, type DriverRig, type RigOptions } from '../../test/support/driverRig.ts'
import { p300 } from '../espec/dialect.ts'
import type { EspecPrograms } from '../espec/programs.ts'
import { createEspecSimulator } from '../espec/simulator.ts'
import { talkTo } from '../espec/testTalk.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const settle = () => new Promise<void>((turn) => setImmediate(turn))
const rigs: DriverRig[] = []
const keep = (rig: DriverRig): DriverRig => {
  rigs.push(rig)
  return rig
}
const open = async (more: RigOptions = {}): Promise<DriverRig> => keep(await openRig(driver, simulator, more))
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close()
})

const text = (line: string) =>
  line
    .slice(2)
    .split(' ')
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 16)))
    .join('')
const sent = (rig: DriverRig) => rig.wire.filter((line) => line.startsWith('>')).map((line) => text(line).trim())
const example = (rig: DriverRig) => rig.run(rig.instrument.chamberProgram!.start({ program: 1, step: 1 }))

describe('identification', () => {
  it('takes an SCP-220, and an ES-102 where the deviation says so', async () => {
    const rig = await open()
    expect(await rig.run(rig.instrument.identify())).toEqual({
      maker: 'ESPEC',
      model: 'SCP-220',
      serialNumber: null,
      firmware: 'JMIC hardware 9.99',
    })
    expect(sent(rig)).toEqual(['ROM?', 'TYPE?'])
    const small = await open({ options: { model: 'es102' }, deviations: ['es-102'] })
    expect((await small.run(small.instrument.identify())).model).toBe('ES-102')
  })

  it('refuses a P-300, and an ES-102 that nobody said it is', async () => {
    const other = { faults: [], createSimulator: (context: SimulatorContext) => createEspecSimulator(context, p300) }
    const one = keep(await openRig(driver, other))
    expect(await one.codeOf(one.instrument.identify())).toBe('device.wrongModel')
    const unmarked = await open({ options: { model: 'es102' } })
    expect(await unmarked.codeOf(unmarked.instrument.identify())).toBe('device.wrongModel')
    expect(sent(one)).toEqual(['ROM?', 'TYPE?'])
  })
})

describe('the manners of the network guide', () => {
  it('leaves 0.3 s behind a question, 0.5 s behind a setting', async () => {
    const rig = await open()
    const start = rig.clock.monotonicMs()
    await rig.run(rig.instrument.set!('run', true))
    // A question, a setting, a question: two answers of 60 ms and their pauses, and the last answer.
    expect(rig.clock.monotonicMs() - start).toBe(60 + 300 + 60 + 500 + 60)
  })

  it('understands the old protocol, and answers of CR or LF alone', async () => {
    const old = await open({ options: { protocol: 'old' }, deviations: ['old-protocol'] })
    expect((await old.run(old.instrument.read()))[0]?.value).toBeCloseTo(23.5, 0)
    expect((await old.run(old.instrument.set!('temperatureC', 50))).actual).toBe(50)
    const undeclared = await open({ options: { protocol: 'old' } })
    expect(await undeclared.codeOf(undeclared.instrument.read())).toBe('device.badReply')
    for (const terminator of ['CR', 'LF']) {
      const rig = await open({ options: { terminator } })
      expect((await rig.run(rig.instrument.read()))[0]?.value).toBeCloseTo(23.5, 0)
    }
  })
})

describe('the differences to the P-300', () => {
  const talk = (options: Record<string, string> = {}) => talkTo(simulator, settle, options)

  it('has no DETAIL and no network settings, and gives deviations downwards as positive numbers', async () => {
    const { ask } = talk({ ptc: 'yes', humidity: 'no' })
    expect(await ask('TYPE?')).toBe('T,SCP220,180.0')
    expect(await ask('MON?')).toMatch(/^23\.\d,,STANDBY,0$/)
    expect(await ask('MODE?,DETAIL')).toBe('NA:PARA ERR')
    expect(await ask('PRGM DATA?,RAM:1,DETAIL')).toBe('NA:PARA ERR')
    expect(await ask('IPSET?')).toBe('NA:CMD ERR')
    expect(await ask('CONSTANT SET?,REF')).toBe('REF9')
    expect(await ask('CONSTANT SET?,PTC')).toBe('OFF,10.0,10.0')
    expect(await ask('PRGM DATA WRITE,PGM21,EDIT START')).toBe('NA:PRGM WRITE ERR-1')
    expect(await ask('PRGM USE?,ROM:21')).toBe('NA:DATA NOT READY')
  })

  it('reads, sets, runs and stops', async () => {
    const rig = await open()
    await rig.run(rig.instrument.set!('temperatureC', 70))
    await rig.run(rig.instrument.set!('run', true))
    await rig.run(rig.clock.sleep(3_600_000))
    const [temperature, , setPoint, , running] = await rig.run(rig.instrument.read())
    expect(temperature?.value).toBeCloseTo(70, 0)
    expect([setPoint?.value, running?.value]).toEqual([70, 1])
    await example(rig)
    expect(await rig.run(rig.instrument.chamberProgram!.status())).toMatchObject({
      state: 'running',
      program: 1,
      step: 1,
    })
    expect(await rig.run(rig.instrument.safeStop())).toMatchObject({ safe: true })
  })

  it.each([
    ['no-answer', 'device.timeout'],
    ['partial', 'device.timeout'],
    ['corrupt', 'device.badReply'],
    ['rubbish', 'device.badReply'],
    ['not-ready', 'device.refused'],
  ])('with the fault %s fails with %s, and recovers', async (fault, code) => {
    const rig = await open({ options: { fault } })
    expect(await rig.codeOf(rig.instrument.read())).toBe(code)
    rig.options.fault = ''
    expect(await rig.codeOf(rig.instrument.read())).toBe('none')
  })
})

describe('an ES-102', () => {
  const small = () => open({ options: { model: 'es102' }, deviations: ['es-102'] })

  it('has one program, that starts at its first step and can’t pause', async () => {
    const rig = await small()
    const program = rig.instrument.chamberProgram as EspecPrograms
    await rig.run(
      program.download(1, {
        name: 'unused',
        steps: [{ temperatureC: 40, ramp: false, humidityPercent: null, minutes: 10, guaranteedSoak: true }],
        counterA: { start: 1, end: 1, cycles: 22 },
        atEnd: 'HOLD',
      }),
    )
    expect(await rig.codeOf(program.start({ program: 2, step: 1 }))).toBe('device.limit')
    expect(await rig.codeOf(program.start({ program: 1, step: 2 }))).toBe('device.refused')
    await rig.run(program.start({ program: 1, step: 1 }))
    expect(await rig.run(program.status())).toMatchObject({
      state: 'running',
      program: 1,
      step: 1,
      cyclesRemaining: 22,
    })
    expect(await rig.codeOf(program.pause())).toBe('device.refused')
    await rig.run(program.stop())
    expect(sent(rig)).toContain('PRGM DATA WRITE,PGM:1,COUNT,(1.1.22)')
  })

  it('gives its program as seen on a real one', async () => {
    const { ask } = talkTo(simulator, settle, { model: 'es102' })
    for (const line of [
      'PRGM DATA WRITE,PGM: 1,EDIT START',
      'PRGM DATA WRITE,PGM: 1,STEP 1,TEMP25.0,TRAMPOFF,TIME03:00,GRANTYON,REF9',
      'PRGM DATA WRITE,PGM: 1,STEP 2,TEMP50.0,TRAMPON,TIME00:25,GRANTYOFF,REF9',
      'PRGM DATA WRITE,PGM: 1,COUNT,(1.2.22)',
      'PRGM DATA WRITE,PGM: 1,END,HOLD',
      'PRGM DATA WRITE,PGM: 1,EDIT END',
    ])
      expect(await ask(line)).toBe(`OK:${line}`)
    expect(await ask('PRGM DATA?,PGM: 1')).toBe('2,COUNT(1.2.22),END(HOLD)')
    expect(await ask('PRGM DATA?,PGM: 1,STEP 1')).toBe('1,TEMP25.0,TEMP RAMP OFF,HUMI OFF,TIME3:00,GRANTY ON,REF9')
    expect(await ask('DATE?')).toBe('NA:CMD ERR')
    expect(await ask('RELAY?')).toBe('NA:CMD ERR')
  })
})
