import { describe, expect, it } from 'vitest'
import { logProfileSchema, type LogProfile } from '../../contract/backFill.ts'
import { parseLog, readLogTime } from './logTable.ts'

const profileOf = (more: object = {}): LogProfile =>
  logProfileSchema.parse({
    name: 'Chamber 1',
    delimiter: ';',
    decimal: ',',
    time: { column: 1, order: 'dmy', utcOffsetMin: 60 },
    values: [
      { column: 2, channel: 'temperature', unit: '°C' },
      { column: 3, channel: 'humidity', unit: '%' },
    ],
    ...more,
  })

describe('the time of a log', () => {
  const time = (order: LogProfile['time']['order'], utcOffsetMin = 0) => ({ column: 1, order, utcOffsetMin })
  it.each([
    ['2026-11-26 14:05:12', time('ymd'), '2026-11-26T14:05:12.000Z'],
    ['26.11.2026 14:05', time('dmy', 60), '2026-11-26T13:05:00.000Z'],
    ['11/26/26 02:05:12 PM', time('mdy', -300), '2026-11-26T19:05:12.000Z'],
    ['11/26/2026 12:00:00 AM', time('mdy'), '2026-11-26T00:00:00.000Z'],
    ['2026-11-26T14:05:12.250+01:00', time('ymd', -300), '2026-11-26T13:05:12.250Z'],
    ['2026-11-26T14:05:12Z', time('ymd', 60), '2026-11-26T14:05:12.000Z'],
    ['1795701912', time('unixS', 60), '2026-11-26T14:05:12.000Z'],
  ])('%s', (text, as, iso) => {
    expect(new Date(readLogTime(text, as)!).toISOString()).toBe(iso)
  })

  it.each([
    ...['31.11.2026 14:05', '26.11.2026 24:05', '26.11.2026 14:60', '2026-11-26', 'yesterday', ''],
    ...['26.11.2026 13:05 AM', '26.11.2026 0:05 PM', '26.11.2026 14:05+99:99', '26.11.2026 14:05-01:75'],
  ])('is none: %s', (text) => expect(readLogTime(text, time('dmy'))).toBeNull())
})

const head = 'Time;T;RH\n'

it('reads the columns that the profile names, to UTC, empty cells as missing', () => {
  const text = `${head}26.11.2026 14:00:00;85,1;84,9\n26.11.2026 14:01:00;85,2;\n`
  const { utcMs, values } = parseLog(profileOf(), text, 'log.csv')
  expect(utcMs.map((time) => new Date(time).toISOString())).toEqual([
    '2026-11-26T13:00:00.000Z',
    '2026-11-26T13:01:00.000Z',
  ])
  expect([...values]).toEqual([
    ['temperature', [85.1, 85.2]],
    ['humidity', [84.9, null]],
  ])
})

it('turns a log around that has the newest row first', () => {
  const text = `${head}26.11.2026 14:01:00;2;0\n26.11.2026 14:00:00;1;0\n`
  expect(parseLog(profileOf(), text, 'log.csv').values.get('temperature')).toEqual([1, 2])
})

it.each([
  [
    'a clock that steps back',
    `${head}26.11.2026 14:00:00;1;0\n26.11.2026 13:30:00;1;0\n26.11.2026 15:00:00;1;0\n`,
    'line 3',
  ],
  ['a decimal point in place of the comma', `${head}26.11.2026 14:00:00;85.1;0\n`, '85.1'],
  ['another order of the date', `${head}2026-11-26 14:00:00;85,1;0\n`, 'no date with a time in the order dmy'],
  ['no line of numbers', head, 'no line of numbers'],
])('refuses %s, and says where', (_what, text, says) => {
  expect(() => parseLog(profileOf(), text, 'log.csv')).toThrow(says)
})

it('refuses a log whose header is another one', () => {
  const values = [{ column: 2, title: 'T', channel: 'temperature', unit: '°C' }]
  expect(() => parseLog(profileOf({ values }), 'Time;RH;T\n26.11.2026 14:00:00;1;2\n', 'log.csv')).toThrow(
    '“RH”, not “T”',
  )
})
