import { expect, it } from 'vitest'
import { openLine } from '../../test/support/driverRig.ts'
import { driver } from './driver.ts'
import { simulator } from './simulator.ts'

const setUp = (options: Record<string, string> = {}) => openLine(driver, simulator, { options })

it('answers the lines of PythonEquipmentDrivers’ Chroma_63206A as that library takes them', async () => {
  const { ask, tell } = await setUp()
  expect(await ask('*IDN?')).toBe('CHROMA,63206A-1200-240,632060001234,01.10')
  await tell('*CLS', 'MODE CCH', 'CURR:STAT:L1 2', 'CURR:STAT:L2 2', 'LOAD 1')
  expect(await ask('LOAD?')).toBe('ON')
  expect(await ask('MODE?')).toBe('CCH')
  for (const query of ['CURR:STAT:L1?', 'CURR:STAT:L2?']) expect(Number(await ask(query))).toBeCloseTo(2, 2)
  for (const kind of ['MEAS', 'FETC']) {
    expect(Number(await ask(`${kind}:CURR?`))).toBeCloseTo(2, 1)
    const power = Number(await ask(`${kind}:VOLT?`)) * Number(await ask(`${kind}:CURR?`))
    expect(Number(await ask(`${kind}:POW?`))).toBeCloseTo(power, 0)
  }
  await tell('LOAD:SHOR 1')
  expect(await ask('LOAD:SHOR?')).toBe('1')
  expect(Number(await ask('MEAS:CURR?'))).toBeCloseTo(3, 1)
  await tell('LOAD:SHOR 0', 'LOAD 0')
  expect(await ask('LOAD?')).toBe('OFF')
  const levels = { 'RES:STAT:L1': 5, 'RES:STAT:L2': 6, 'VOLT:STAT:L1': 30, 'VOLT:STAT:L2': 31, 'VOLT:STAT:ILIM': 12 }
  const more = { 'POW:STAT:L1': 100, 'POW:STAT:L2': 90, 'CURR:DYN:L1': 3, 'CURR:DYN:L2': 4, 'CURR:DYN:T1': 0.5 }
  for (const [header, value] of Object.entries({ ...levels, ...more, 'CURR:DYN:REP': 7, 'CURR:DYN:RISE': 0.25 })) {
    await tell(`${header} ${value}`)
    expect(Number(await ask(`${header}?`)), header).toBeCloseTo(value, 2)
  }
  expect(await ask('*ESR?')).toBe('0')
})

it('keeps what changes nothing here', async () => {
  const { ask, tell } = await setUp()
  await tell('*CLS', 'VOLT:STAT:RES SLOW', 'CONF:WIND 0.1', '*RST')
  expect(await ask('VOLT:STAT:RES?;:CONF:WIND?')).toBe('SLOW;0.1')
  expect(await ask('*ESR?')).toBe('0')
})

it('is a mainframe with slots where it is told so, as Chroma_63600 asks', async () => {
  const { ask, tell } = await setUp({ model: '63600-5' })
  expect(await ask('*IDN?')).toMatch(/^CHROMA,63600-5,/)
  await tell('CHAN 1')
  expect(await ask('CHAN?')).toBe('1')
  expect(await ask('CHAN:ID?')).toBe('CHROMA,63640-80-80,0,01.10,0')
  expect((await ask('MEAS:ALLV?')).split(',')).toHaveLength(10)
  expect(Number.parseInt(await ask('STAT:CHAN:COND?'))).toBe(0)
  await tell('CONF:PARA:INIT 1')
  expect(await ask('CONF:PARA:INIT?')).toBe('ON')
  expect(await ask('CHAN:ACT?')).toBe('ON')
})

it('goes back to the factory’s parameters with *RST (page 4-7)', async () => {
  const { ask, tell } = await setUp()
  await tell('MODE CVH', 'VOLT:STAT:L1 15', 'LOAD ON', '*RST')
  expect(await ask('LOAD?')).toBe('OFF')
  expect(await ask('VOLT:STAT:L1?')).toBe('1200')
  expect(await ask('MODE?')).toBe('CCH')
})
