import { describe, expect, it } from 'vitest'
import { openLine } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => openLine(driver, simulator, { options })

describe('the lines that client libraries send', () => {
  it('answers those of pymeasure Keithley2450', async () => {
    const { ask, tell } = await setUp()
    await tell('*RST;:stat:pres;:*CLS;', ':SOUR:FUNC VOLT', ':SOUR:VOLT:RANG:AUTO 0;:SOUR:VOLT:RANG 20')
    await tell(':SOUR:VOLT:ILIM 0.1', ":SENS:FUNC 'CURR';:SENS:CURR:NPLC 1.000000;", ':SENS:CURR:RANG:AUTO 1;')
    await tell(':SOUR:VOLT:LEV 19', 'OUTPUT ON')
    expect(await ask('OUTPUT?')).toBe('1')
    expect(await ask(':SOUR:FUNC?')).toBe('VOLT')
    expect(Number(await ask(':READ?'))).toBeCloseTo(-0.1, 3)
    expect(await ask(':SOUR:VOLT:ILIM?')).toBe('0.1')
    expect(await ask(':SYST:ERR:COUN?')).toBe('0')
    expect(await ask(':SENS:CURR:AVER:COUNT?')).toBe('10')
    expect(Number(await ask(':TRACe:STATistics:MAXimum?'))).toBeCloseTo(-0.1, 3)
    await tell(':SOUR:SWE:VOLT:LIN 0, 1, 5, 0.0001, 1, BEST, OFF, OFF, "defbuffer1"', ':TRAC:CLE', ':INIT', '*WAI')
    expect(await ask(':TRACe:ACTual:END? "defbuffer1"')).toBe('5')
    const data = (await ask(':TRAce:DATA? 1, 5, "defbuffer1", RELative, SOURce, READing')).split(',')
    expect(data).toHaveLength(15)
    await tell(':SYST:BEEP 440, 0.1', ':ABOR', 'OUTPUT OFF')
    expect(await ask(':SYST:ERR:COUN?')).toBe('0')
  })

  it('answers those of QCoDeS: buffers of its own, waits, bounds, the event log', async () => {
    const { ask, tell } = await setUp()
    await tell(
      ":TRACe:MAKE 'qbuf', 100, STANdard",
      ':SOUR:VOLT:ILIM 3',
      'SOUR:VOLT 10',
      ':OUTP 1',
      ":TRACe:TRIGger 'qbuf'",
    )
    expect(await ask(":TRACe:ACTual? 'qbuf'")).toBe('1')
    expect((await ask(":TRACe:DATA? 1, 1, 'qbuf', SOURce,READing")).split(',')).toHaveLength(2)
    await tell(':SENSe:CURR:DELay:USER1 0.1', ':SENS:CURR:RANG:AUTO:LLIM 1e-6', ':SOUR:VOLT:PROT PROT20', '*SAV 1')
    await tell(':SENSe:CURR:DELay:USER1 2', '*RCL 1')
    expect(await ask(':SENSe:CURR:DELay:USER1?')).toBe('0.1')
    expect(await ask(':SENS:CURR:RANG:AUTO:LLIM?;:SOUR:VOLT:PROT?')).toBe('1E-6;PROT20')
    expect(await ask(':OUTP?')).toBe('0')
    await tell(':FORM REAL')
    expect(await ask(':SYST:EVEN:COUN?')).toBe('1')
    expect(await ask(':SYST:EVEN:NEXT?')).toMatch(/^-224,/)
    await tell(':NO:SUCH', ':STATus:CLEar')
    expect(await ask(':SYST:ERR:CODE?')).toBe('0')
  })

  it('measures by the loop that the trigger model has ready, and leaves the output as it is', async () => {
    const { ask, tell } = await setUp()
    await tell(
      ':SOUR:VOLT:ILIM 3',
      ':TRIG:LOAD "SimpleLoop", 4, 0.1, "defbuffer1"',
      ':SOUR:VOLT 12',
      ':OUTP ON',
      ':INIT',
    )
    expect(await ask(':TRIG:STAT?')).toMatch(/^RUNNING/)
    await tell('*WAI')
    const source = (await ask(':TRAC:DATA? 1,4,"defbuffer1",SOUR')).split(',').map(Number)
    for (const each of source) expect(each).toBeCloseTo(12, 1)
    expect(await ask(':OUTP?')).toBe('1')
    await tell(':TRIG:LOAD "Empty"')
    expect(await ask(':TRIG:STAT?')).toBe('EMPTY;EMPTY;0')
  })

  it('answers those of basil, and refuses the one this model lacks', async () => {
    const { ask, tell } = await setUp()
    await tell('OUTP ON', 'SOUR:VOLT 5', 'SOUR:CURR:RANG:AUTO ON')
    expect(await ask("SENSE:FUNC 'VOLT';:READ?")).toMatch(/^-?\d\.\d{6}E[+-]\d\d$/)
    expect(await ask('SYST:ERR?')).toBe('0,"No error;0;0 0"')
    await tell('SENS:CURR:PROT 1')
    expect(await ask('SYST:ERR?')).toMatch(/^-113,"Undefined header;1;/)
  })
})

describe('*LANG', () => {
  it.each(['SCPI', 'SCPI2400', 'TSP'])(
    'answers %s where that is in use, and takes another for the next start only',
    async (language) => {
      const { ask, tell } = await setUp({ language })
      expect(await ask('*LANG?')).toBe(language)
      await tell('*LANG SCPI')
      expect(await ask('*LANG?')).toBe(language)
      expect(await ask('*IDN?')).toMatch(/^KEITHLEY INSTRUMENTS,MODEL 2460,/)
    },
  )

  it('refuses a language that there is not', async () => {
    const { ask, tell } = await setUp()
    await tell('*LANG FORTH')
    expect(await ask(':SYST:ERR?')).toMatch(/^-224,/)
  })

  it('SCPI2400 answers those of basil, five elements to a reading', async () => {
    const { ask, tell } = await setUp({ language: 'SCPI2400' })
    await tell('SENS:CURR:PROT 0.1', 'SENS:VOLT:PROT 15', 'SYST:RSEN ON', 'SOUR:VOLT 5', 'OUTP ON')
    expect(await ask('SENS:CURR:PROT?')).toBe('0.1')
    expect(await ask('SENS:VOLT:PROT?')).toBe('15')
    expect(await ask('SYST:RSEN?')).toBe('1')
    const values = (await ask("SENSE:FUNC 'CURR';:READ?")).split(',')
    expect(values).toHaveLength(5)
    expect(Number(values[1])).toBeCloseTo(-0.1, 3)
    expect(values[2]).toBe('+9.910000E+37')
    await tell(':FORM:ELEM CURR,VOLT')
    expect((await ask(':MEAS:CURR?')).split(',')).toHaveLength(2)
    expect(await ask('SYST:ERR?')).toBe('0,"No error;0;0 0"')
  })
})

describe('buffers and the trigger model', () => {
  it('refuse data beyond what is there with -222', async () => {
    const { ask, tell } = await setUp()
    await ask(':READ?')
    await tell(':TRAC:DATA? 1,2,"defbuffer1"')
    expect(await ask(':SYST:ERR?')).toMatch(/^-222,/)
    expect(await ask(':TRAC:DATA? 1,1')).toMatch(/E/)
  })

  it('take the time of delays and conversions, and a dual sweep comes back', async () => {
    const { ask, tell, clock } = await setUp()
    await tell(':SOUR:VOLT:ILIM 3.5', ':SOUR:SWE:VOLT:LIN 0,10,11,0.1,1,BEST,OFF,ON,"defbuffer1"', ':INIT')
    expect(await ask(':TRIG:STAT?')).toMatch(/^RUNNING;RUNNING;/)
    expect(await ask(':OUTP?')).toBe('1')
    const startMs = clock.monotonicMs()
    expect(await ask('*OPC?').catch(() => 'late')).toBe('late')
    expect(await ask(':TRAC:ACT?')).not.toBe('0')
    await clock.run(clock.sleep(8000))
    expect(await ask(':TRIG:STAT?')).toMatch(/^IDLE;IDLE;/)
    expect(clock.monotonicMs() - startMs).toBeGreaterThan(2000)
    const source = (await ask(':TRAC:DATA? 1,21,"defbuffer1",SOUR')).split(',').map(Number)
    expect(source[10]).toBeCloseTo(10, 1)
    expect(source[20]).toBeCloseTo(0, 1)
    expect(await ask(':OUTP?')).toBe('0')
  })

  it('keep the output off above 21 V while the interlock is open', async () => {
    const { ask, tell } = await setUp({ interlock: 'open' })
    await tell(':SOUR:VOLT 30', ':OUTP ON')
    expect(await ask(':OUTP?')).toBe('0')
    expect(await ask(':OUTP:INT:TRIP?')).toBe('0')
    expect(await ask(':SYST:ERR?')).toMatch(/^5074,/)
  })
})
