import { expect, it } from 'vitest'
import { openLine } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => openLine(driver, simulator, { options })

it('answers the lines of pymeasure’s Keithley6517B', async () => {
  const { ask, tell } = await setUp()
  await tell('*RST;:stat:pres;:*CLS;', ':SOUR:VOLT:RANG:AUTO 1', ':SOUR:VOLT:RANG:AUTO 0;:SOUR:VOLT:RANG 1000')
  expect(Number(await ask(':SOUR:VOLT:RANG?'))).toBe(1000)
  await tell(':SOUR:VOLT:LEV 500', ':SYST:ZCH OFF', 'OUTPUT ON', ":SENS:FUNC 'CURR';:SENS:CURR:NPLC 1.000000;")
  await tell(':SENS:CURR:RANG:AUTO 1;')
  expect(await ask('OUTPUT?')).toBe('1')
  expect(Number(await ask(':SOUR:VOLT?'))).toBe(500)
  const [reading = '', time, number] = (await ask(':MEAS?')).split(',')
  expect(reading).toMatch(/^[+\-0-9E.]+[A-Z]{4}$/)
  expect(Number(/^([+\-0-9E.]+)NADC$/.exec(reading)?.[1])).toBeGreaterThan(1e-10)
  expect(time).toMatch(/^\+\d+\.\d+secs$/)
  expect(number).toMatch(/^\+\d{5}RDNG#$/)
  await tell(':SENS:CURR:RANG:AUTO 0;:SENS:CURR:RANG 2e-06', ':SOUR:CURR:RLIM 1')
  expect(Number(await ask(':SENS:CURR:RANG?'))).toBe(2e-6)
  expect(await ask(':SOUR:CURR:RLIM?')).toBe('1')
  await tell(":SENS:FUNC 'RES';:SENS:RES:NPLC 1.000000;", ':SENS:RES:RANG:AUTO 1;')
  expect(await ask(':READ?')).toMatch(/NOHM,/)
  await tell('OUTPUT OFF', ':ABOR')
  expect(await ask('SYST:ERR?')).toBe('0,"No Error"')
})

it('keeps what changes nothing here, and answers it', async () => {
  const { ask, tell } = await setUp()
  const kept: [string, string, string][] = [
    [':SENS:CURR:RANG:AUTO:LLIM', '2e-9', '+2.000000E-09'],
    [':SENS:CURR:APER', '0.02', '+2.000000E-02'],
    [':SENS:RES:VSC', 'AUTO', 'AUTO'],
    [':ARM:LAY2:SOUR', 'TIM', 'TIM'],
    [':SYST:TST:TYPE', 'REL', 'REL'],
    [':DISP:WIND:TEXT:DATA', '"PID 4"', '"PID 4"'],
  ]
  for (const [header, value, answer] of kept) {
    await tell(`${header} ${value}`)
    expect(await ask(`${header}?`), header).toBe(answer)
  }
  await tell(':SYST:ZCH OFF', ':FORM:ELEM READ', ':FORM:ELEM DEF')
  const reading = await ask('READ?')
  expect(reading).toMatch(/NVDC,/)
  expect(await ask(':DATA:FRES?')).toBe(reading)
  expect(await ask('SYST:ERR?')).toBe('0,"No Error"')
})

it('ends a series of readings by :ABORt, and refuses a second one meanwhile', async () => {
  const { ask, tell, clock } = await setUp()
  await tell(':TRIG:COUN 1000', ':TRAC:POIN 1000', ':TRAC:FEED:CONT NEXT', ':INIT', ':INIT')
  expect(await ask('SYST:ERR?')).toBe('-213,"Init ignored"')
  await clock.run(clock.sleep(1000))
  await tell(':ABOR', '*WAI')
  const taken = Number(await ask(':TRAC:POIN:ACT?'))
  expect(taken).toBeGreaterThan(2)
  await clock.run(clock.sleep(1000))
  expect(Number(await ask(':TRAC:POIN:ACT?'))).toBe(taken)
  await tell(':TRIG:COUN 1')
  expect(await ask('READ?')).toMatch(/,/)
})

it('answers the lines of basil and of SweepMe', async () => {
  const { ask, tell } = await setUp({ terminator: 'LF' })
  await tell("SENS:FUNC 'CURR'", 'SYST:ZCH ON', 'SYST:ZCOR ON', 'SYST:ZCH OFF', 'SOUR:VOLT:MCON ON')
  await tell('CURR:RANG:AUTO ON', 'SENS:CURR:AVER:TCON REP', 'SENS:CURR:AVER:COUN 5', 'SENS:CURR:AVER ON')
  await tell('SENS:CURR:DIG 7', 'INIT:CONT OFF', ':SENS:CURR:MED:STAT OFF', ':SYST:LSYN:STAT ON')
  expect(await ask('SENS:CURR:AVER:STAT?')).toBe('1')
  expect(await ask('SENS:CURR:AVER:COUN?')).toBe('5')
  expect(await ask('CURR:RANG?')).toMatch(/^\+2\.0/)
  expect(await ask('READ?')).toMatch(/NADC,/)
  expect(await ask('FETC?')).toMatch(/NADC,/)
  expect(await ask('CONF?')).toBe('"CURR"')
  expect(await ask('SYST:ERR?')).toBe('0,"No Error"')
})

it('marks readings in zero check and beyond the range, and refuses :READ? while it triggers by itself', async () => {
  const { ask, tell } = await setUp()
  await tell("SENS:FUNC 'CURR'")
  expect(await ask(':READ?')).toMatch(/ZADC,/)
  await tell(':SYST:ZCH OFF', ':SENS:CURR:RANG 20E-12', ':SOUR:VOLT:RANG 1000', ':SOUR:VOLT 1000', ':OUTP ON')
  expect(await ask(':READ?')).toMatch(/^\+9\.900000E\+37OADC,/)
  await tell(':INIT:CONT ON')
  await tell(':READ?')
  expect(await ask(':SYST:ERR?')).toBe('-213,"Init ignored"')
})

it('has two ranges of the source; the lower one gives no more than 100 V', async () => {
  const { ask, tell } = await setUp()
  await tell(':SOUR:VOLT:RANG 50', ':SOUR:VOLT 150')
  expect(await ask(':SYST:ERR?')).toBe('-222,"Parameter data out of range"')
  await tell(':SOUR:VOLT:RANG 101', ':SOUR:VOLT 150', ':SOUR:VOLT:LIM 200', ':SOUR:VOLT:LIM:STAT ON', ':SOUR:VOLT 250')
  expect(Number(await ask(':SOUR:VOLT?'))).toBe(150)
})

it('fills its buffer and says so in the status byte', async () => {
  const { ask, tell, clock } = await setUp()
  await tell(':STAT:PRES;*CLS;*SRE 1;:STAT:MEAS:ENAB 512;', ':TRAC:CLEAR;', ':TRAC:POIN 3', ':TRIG:COUN 3')
  await tell(':TRAC:FEED SENSE;:TRAC:FEED:CONT NEXT;', ':INIT')
  await clock.run(clock.sleep(1000))
  expect(Number(await ask('*STB?')) & 65).toBe(65)
  expect((await ask(':TRAC:DATA?')).split(',')).toHaveLength(9)
})
