import { expect, it } from 'vitest'
import { openLine } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = { interface: 'gpib', serial: '0' }) =>
  openLine(driver, simulator, { options })

it('identifies itself as the manual prints it (pages 7-3 and 7-7)', async () => {
  const { ask } = await setUp()
  expect(await ask('*IDN?')).toBe('CHROMA 6314,0,01.00,0')
  expect(await ask('CHAN:ID?')).toBe('CHROMA,63103,0,01.00,0')
  expect(await ask('*RDT?')).toBe('63103,0,0,0,0,0,0,0')
})

it('is deaf on a serial line until CONF:REM ON, and answers at once behind a network, where a gateway has its GPIB', async () => {
  const serial = await setUp({})
  await serial.tell('*IDN?', 'CONF:REM ON')
  expect(await serial.ask('CHAN?')).toBe('1')
  const network = await setUp({ wire: 'tcp' })
  await network.tell('CONF:REM OFF')
  expect(await network.ask('*IDN?')).toBe('CHROMA 6314,0,01.00,0')
})

it('takes suffixes, short and full keywords and compound lines, but no parts of keywords (pages 6-1 to 6-4)', async () => {
  const { ask, tell } = await setUp()
  await tell('*CLS', 'CONF:VOLT:ON 300mV', 'CURR:STAT:RISE 2.5', 'RES:L1 20 OHM', 'CURR:STAT:L1 3;:VOLT:L1 5')
  expect(await ask('CONFigure:VOLTage:ON?')).toBe('0.3')
  expect(await ask('CURR:STAT:RISE?')).toBe('2.5')
  expect(await ask('RESistance:L1?')).toBe('20')
  expect(await ask('CURR:STAT:L1?;:VOLT:L1?')).toBe('3;5')
  expect(await ask('VOLT:L1? MAX')).toBe('80')
  expect(await ask('*ESR?')).toBe('0')
  await tell('VOL:L1 5')
  expect(await ask('*ESR?')).toBe('32')
  await tell('VOLT:L1 500')
  expect(await ask('*ESR?')).toBe('16')
})

it('answers the lines of PythonEquipmentDrivers’ Chroma_6310 and of the manual’s example (page 9-2)', async () => {
  const { ask, tell } = await setUp({ interface: 'gpib', idn: 'comma' })
  expect((await ask('*IDN?')).toLowerCase().split(',')[1]).toBe('6314')
  expect((await ask('channel:id?')).split(',')[1]).toBe('63103')
  await tell('mode CCH', 'current:static:l1 1.5', 'current:static:l2 1.5', 'load:state on')
  expect(await ask('load:state?')).toBe('1')
  expect(Number(await ask('current:static:l1?'))).toBe(1.5)
  expect(Number(await ask('current:static:rise?'))).toBeGreaterThan(0)
  expect(Number(await ask('MEAS:CURR?'))).toBeCloseTo(1.5, 2)
  expect(Number(await ask('MEAS:VOLT?'))).toBeGreaterThan(18)
  expect((await ask('MEAS:ALLV?')).split(',')).toHaveLength(8)
  await tell('LOAD OFF')
  expect(await ask('LOAD?')).toBe('0')
})

it('trips by too much power, stays off until LOAD:PROT:CLE, and keeps its levels through *RST', async () => {
  const { ask, tell } = await setUp({ interface: 'gpib', module: '63107L' })
  await tell('MODE CV', 'VOLT:L1 15', 'LOAD ON')
  expect(await ask('LOAD:PROT?')).toBe('4')
  expect(await ask('FETC:STAT?')).toBe('4')
  await tell('VOLT:L1 19', 'LOAD ON')
  expect(await ask('LOAD?')).toBe('0')
  await tell('LOAD:PROT:CLE', 'LOAD ON')
  expect(await ask('LOAD?')).toBe('1')
  await tell('*RST')
  expect(await ask('LOAD?')).toBe('0')
  expect(await ask('VOLT:L1?')).toBe('19')
})
