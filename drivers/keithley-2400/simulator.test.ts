import { describe, expect, it } from 'vitest'
import { openLine } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => openLine(driver, simulator, { options })

describe('the lines that client libraries send', () => {
  it('answers those of pymeasure Keithley2400', async () => {
    const { ask, tell } = await setUp()
    await tell('status:queue:clear;*RST;:stat:pres;:*CLS;', ':SOUR:FUNC VOLT')
    await tell(':SOUR:VOLT:RANG:AUTO 0;:SOUR:VOLT:RANG 20', ':SENS:CURR:PROT 0.5')
    await tell(":SENS:FUNC 'CURR';:SENS:CURR:NPLC 1.000000;:FORM:ELEM CURR;", ':SENS:CURR:RANG:AUTO 1;')
    expect(await ask(':system:error?')).toBe('0,"No error"')
    await tell(':SOUR:VOLT:LEV 19', 'OUTPUT ON')
    expect(await ask('OUTPUT?')).toBe('1')
    const reply = await ask(':READ?')
    expect(reply).toMatch(/^-\d\.\d{6}E[+-]\d\d$/)
    expect(await ask(':SYSTEM:RSENSE?')).toBe('0')
    expect(await ask(':SENS:CURR:PROT?')).toBe('5.000000E-01')
    await tell(':SYST:BEEP 440, 0.2', 'OUTPUT OFF')
    expect(await ask(':system:error?')).toBe('0,"No error"')
  })

  it('fills the buffer, raises the service request bit and gives statistics (pymeasure buffer)', async () => {
    const { ask, tell, clock } = await setUp()
    await tell(':SENS:FUNC "VOLT","CURR"', ':OUTP ON', ':STAT:PRES;*CLS;*SRE 1;:STAT:MEAS:ENAB 512;')
    await tell(':TRAC:CLEAR;', ':TRAC:POIN 5', ':TRIG:COUN 5', ':TRIG:SEQ:DEL 0')
    await tell(':TRAC:FEED SENSE;:TRAC:FEED:CONT NEXT;', ':INIT')
    expect(await ask('*STB?')).toBe('0')
    await clock.run(clock.sleep(2000))
    expect(await ask('*STB?')).toBe('65')
    expect((await ask(':TRAC:DATA?')).split(',')).toHaveLength(25)
    expect((await ask(':CALC3:FORM MEAN;:CALC3:DATA?;')).split(',')).toHaveLength(3)
  })

  it('answers what newer pymeasure asks of triggers, ohms and the system', async () => {
    const { ask, tell } = await setUp()
    await tell('*RST', ':FORMAT:ELEMENTS VOLTAGE, CURRENT, RESISTANCE, TIME, STATUS')
    const kept: [string, string, string][] = [
      [':ARM:SOURCE', 'BUS', 'BUS'],
      [':ARM:OUTPUT', 'TENT', 'TENT'],
      [':ARM:ILINE', '3', '3'],
      [':ARM:OLINE', '4', '4'],
      [':ARM:TIMER', '2', '2.000000E+00'],
      [':TRIGGER:SOURCE', 'TLIN', 'TLIN'],
      [':TRIGGER:OUTPUT', 'DEL', 'DEL'],
      [':TRIGGER:ILINE', '2', '2'],
      [':TRIGGER:OLINE', '1', '1'],
      [':DISPLAY:ENABLE', '0', '0'],
      [':SYSTEM:LFREQUENCY', '60', '60'],
      [':SYSTEM:LFREQUENCY:AUTO', '0', '0'],
      [':SENSE:RESISTANCE:MODE', 'AUTO', 'AUTO'],
      [':SENSE:RESISTANCE:RANGE', '1000', '2.100000E+03'],
      [':SENSE:RESISTANCE:RANGE:AUTO', '1', '1'],
    ]
    for (const [header, value, answer] of kept) {
      await tell(`${header} ${value}`)
      expect(await ask(`${header}?`), header).toBe(answer)
    }
    expect(await ask('*OPT?')).toBe('0')
    await tell(':OUTP ON', ':SENS:CURR:PROT 1')
    expect((await ask(':MEASURE:RESISTANCE?')).split(',')).toHaveLength(5)
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"')
  })

  it('switches on for MEASure? and CONFigure, which need no output before (manual, pages 17-2 and 17-5)', async () => {
    const { ask, tell } = await setUp()
    await tell(':SENS:CURR:PROT 1', ':SOUR:VOLT 5', ':TRIG:COUN 3', ':FORM:ELEM VOLT,CURR')
    expect((await ask(':MEAS:CURR?')).split(',')).toHaveLength(2)
    expect(await ask(':OUTP?')).toBe('1')
    await tell(':OUTP OFF', ':SOUR:CLE:AUTO ON')
    expect((await ask(':MEAS?')).split(',')).toHaveLength(2)
    expect(await ask(':OUTP?')).toBe('0')
    await tell(':SOUR:CLE:AUTO OFF', ':CONF:VOLT')
    expect(await ask(':CONF?')).toBe('"VOLT:DC"')
    expect(await ask(':OUTP?')).toBe('1')
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"')
  })

  it('answers those of SweepMe and QCoDeS: lists of currents, holds, the reading that came last', async () => {
    const { ask, tell } = await setUp()
    await tell(':SOUR:FUNC CURR', ':SOUR:CURR:MODE LIST', ':SOUR:LIST:CURR 0,0.001,0.002', ':SENS:VOLT:PROT 20')
    await tell(':TRIG:COUN 3', ':FORM:ELEM CURR', ':SENS:CURR:RANG:AUTO:LLIM 1e-6', 'OUTP ON')
    const readings = (await ask('READ?')).split(',')
    expect(readings.map((each) => Math.round(Number(each) * 1e5))).toEqual([-0, 100, 200])
    expect(await ask(':SENS:DATA?')).toBe(readings[2])
    const answers: [string, string][] = [
      ['SYST:MEP:STAT?', '1'],
      [':OUTP:ENAB?', '0'],
      [':SENS:CURR:RANG:AUTO:LLIM?', '1.000000E-06'],
      [':CALC2:NULL:STAT?', '0'],
      [':DISP:DIG?', '6'],
      [':SENS:FUNC:STAT? "CURR"', '1'],
      [':STAT:OPER:ENAB?', '0'],
    ]
    for (const [question, answer] of answers) expect(await ask(question), question).toBe(answer)
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"')
  })

  it('keeps set-ups; the output is off behind a recall', async () => {
    const { ask, tell } = await setUp()
    await tell(':SOUR:VOLT 7', ':DISP:DIG 4', '*SAV 2', ':SOUR:VOLT 1', ':DISP:DIG 5', ':OUTP ON', '*RCL 2')
    expect(await ask(':SOUR:VOLT?;:DISP:DIG?;:OUTP?')).toBe('7.000000E+00;4;0')
    await tell('*RCL 3')
    expect(await ask(':SOUR:VOLT?')).toBe('0.000000E+00')
    await tell('*ESE #b100000', '*SRE #H20')
    expect(await ask('*ESE?;*SRE?')).toBe('32;32')
    await tell('*ESE #B2')
    expect(await ask(':SYST:ERR?')).toBe('-104,"Data type error"')
    await tell('*SAV 9', ':FORM:DATA SREAL')
    expect(await ask(':SYST:ERR:ALL?')).toBe('-222,"Parameter data out of range",+701,"ASCII only with RS-232"')
  })

  it('answers those of basil, elements in the fixed order', async () => {
    const { ask, tell } = await setUp()
    await tell('OUTP ON', 'SENS:CURR:PROT 0.1', 'SOUR:VOLT 5', 'SOUR:VOLT:RANGE 20', 'SYST:RSEN ON')
    const values = (await ask("SENSE:FUNC 'VOLT';:READ?")).split(',')
    expect(values).toHaveLength(5)
    expect(values[2]).toBe('+9.910000E+37')
    await tell(':FORM:ELEM STAT,CURR,VOLT')
    expect(await ask(':FORM:ELEM?')).toBe('VOLT,CURR,STAT')
    expect(await ask(':SENS:CURR:PROT:TRIP?')).toBe('1')
  })
})

describe('errors', () => {
  it.each([
    [':SOUR:VOLT 100', '-222,"Parameter data out of range"'],
    [':NO:SUCH 1', '-113,"Undefined header"'],
    [':SOUR:VOLT', '-109,"Missing parameter"'],
    [':SOUR:VOLT abc', '-104,"Data type error"'],
    [':SOUR:VOLT 1,2', '-108,"Parameter not allowed"'],
    [':SYST:BEEP:STAT maybe', '-104,"Data type error"'],
    [':READ?', '+803,"Not permitted with OUTPUT off"'],
    [':SENS:CURR:PROT 3;:SOUR:VOLT:RANG 60', '-221,"Settings conflict"'],
  ])('%s gives %s', async (line, error) => {
    const { ask, tell } = await setUp()
    await tell(line)
    expect(await ask(':SYST:ERR?')).toBe(error)
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"')
  })

  it('fill the queue of ten, the last place says so', async () => {
    const { ask, tell } = await setUp()
    for (let i = 0; i < 15; i++) await tell(':NO:SUCH')
    const codes: string[] = []
    for (let i = 0; i < 11; i++) codes.push((await ask(':SYST:ERR?')).split(',')[0]!)
    expect(codes).toEqual([...Array.from({ length: 9 }, () => '-113'), '-350', '0'])
  })

  it('stand in a full queue where the fault says so, until *CLS', async () => {
    const { ask } = await setUp({ fault: 'queue-overflow' })
    expect(await ask(':SYST:ERR:COUN?')).toBe('10')
    expect((await ask(':SYST:ERR:ALL?')).split(',"').at(-1)).toBe('Queue overflow"')
    const fresh = await setUp({ fault: 'queue-overflow' })
    await fresh.tell('*CLS')
    expect(await fresh.ask(':SYST:ERR?')).toBe('0,"No error"')
  })

  it('a query while :READ? runs loses its answer: -410', async () => {
    const { ask, tell, clock } = await setUp()
    await tell(':SENS:CURR:NPLC 10', ':OUTP ON')
    await tell(':READ?')
    await clock.run(clock.sleep(10))
    expect(await ask(':OUTP?')).toBe('1')
    expect(await ask(':SYST:ERR?')).toBe('-410,"Query INTERRUPTED"')
  })
})

describe('^C', () => {
  it('ends a running sweep at once, leaves the source on, and the next query is answered', async () => {
    const { ask, tell, clock } = await setUp()
    await tell(':SOUR:VOLT:STAR 0', ':SOUR:VOLT:STOP 20', ':SOUR:SWE:POIN 500', ':TRIG:COUN 500')
    await tell(':SOUR:VOLT:MODE SWE', ':SENS:CURR:PROT 3', ':OUTP ON')
    await tell(':READ?')
    await clock.run(clock.sleep(1000))
    await tell('\x03:OUTP?')
    await clock.run(clock.sleep(100))
    expect(await ask(':OUTP?')).toBe('1')
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"')
  })
})
