import { describe, expect, it } from 'vitest'
import {
  decodeCondition,
  decodeConstant,
  decodeHeaters,
  decodeHumidity,
  decodeMode,
  decodePosition,
  decodeProgramNumber,
  decodeStepCount,
  decodeTemperature,
  decodeType,
} from './replies.ts'

describe('answers seen on real controllers or in the network guide', () => {
  it.each([
    // MC-811P with an SCP-220, firmware JMIC 4.00.
    ['27.0,,STANDBY,0', { temperature: { value: 27 }, humidity: null, mode: 'STANDBY', alarms: 0 }],
    // The guide’s own examples have blanks, and no field for the humidity that isn’t there.
    ['23.0,  85,  CONSTANT,  0', { temperature: { value: 23 }, humidity: { value: 85 }, mode: 'CONSTANT', alarms: 0 }],
    ['-39.8, STANDBY, 2', { temperature: { value: -39.8 }, humidity: null, mode: 'STANDBY', alarms: 2 }],
    ['25.1, RMT  RUN  PAUSE, 0', { temperature: { value: 25.1 }, humidity: null, mode: 'RMT RUN PAUSE', alarms: 0 }],
  ])('MON? %s', (reply, condition) => expect(decodeCondition(reply)).toEqual(condition))

  it('TEMP?, HUMI?, TYPE?, %?', () => {
    expect(decodeTemperature('27.0,50.0,185.0,-90.0')).toEqual({
      measured: { value: 27 },
      setPoint: 50,
      high: 185,
      low: -90,
    })
    expect(decodeTemperature('23.0, 85.0, 105.0, -45.0')?.setPoint).toBe(85)
    expect(decodeHumidity('45,OFF,100,0')).toEqual({ measured: { value: 45 }, setPoint: null, high: 100, low: 0 })
    expect(decodeType('T,SCP220,190.0')).toEqual({ controller: 'SCP220', mostC: 190, hasHumidity: false })
    expect(decodeType('T,T,S2,160.0')).toEqual({ controller: 'S2', mostC: 160, hasHumidity: true })
    expect(decodeHeaters('1,0.0')).toEqual([0])
    expect(decodeConstant('85.0,ON')).toEqual({ setPoint: 85 })
  })

  it('positions in programs', () => {
    expect(decodePosition('2,27.0,85,0:58,1,2', false)).toEqual({
      program: null,
      step: 2,
      remainingS: 3480,
      counters: [1, 2],
    })
    // SH-242 and ES-102: the program's number first.
    expect(decodePosition('1, 2, 27.0, 85, 0:58, 1, 2', true)).toMatchObject({ program: 1, step: 2 })
    expect(decodePosition('1,27.0,0:58,1,2', false)?.counters).toEqual([1, 2])
    expect(decodeProgramNumber('RAM:7,TC 200,END(STANDBY)')).toBe(7)
    expect(decodeStepCount('5,<PGM-1>,COUNT,A(1.3.10),B(0.0.0),END(OFF)')).toBe(5)
    expect(decodeStepCount('4,COUNT(1.4.22),END(HOLD)')).toBe(4)
  })
})

describe('what isn’t an answer', () => {
  it.each([
    '',
    '27.0',
    '27.0,,STANDBY',
    '27.0,,SLEEPING,0',
    '27.0,,STANDBY,x',
    'hello',
    '27.0,,STANDBY,0,1',
    '2 7.0,,OFF,0',
  ])('MON? “%s”', (reply) => expect(decodeCondition(reply)).toBeNull())
  it.each(['27.0,50.0,185.0', '27.0,50.0,-90.0,185.0', '27.0,ON,185.0,-90.0', '1e3,1,2,1', '27.0,50.0,185.0,-90.0,1'])(
    'TEMP? “%s”',
    (reply) => expect(decodeTemperature(reply)).toBeNull(),
  )
  it('others', () => {
    expect(decodeMode('CONST')).toBeNull()
    expect(decodeHeaters('2,0.0')).toBeNull()
    expect(decodeHeaters('1,120.0')).toBeNull()
    expect(decodePosition('1,27.0,85,0-58,1,2', false)).toBeNull()
    expect(decodePosition('x,27.0,85,0:58,1,2', false)).toBeNull()
    expect(decodeType('T')).toBeNull()
  })
  it('is never a number where the sensor can’t have measured it', () => {
    expect(decodeTemperature('999.9,50.0,185.0,-90.0')?.measured).toMatchObject({ value: null })
    expect(decodeTemperature('---.-,50.0,185.0,-90.0')?.measured).toMatchObject({ value: null })
    expect(decodeHumidity('130,50,100,0')?.measured).toMatchObject({ value: null })
  })
})
