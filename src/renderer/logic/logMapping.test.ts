import { expect, it } from 'vitest'
import { formOfLogProfile, guessLog, profileOfLogForm } from './logMapping.ts'

const channels = [
  { channel: 'temperature', unit: '°C' },
  { channel: 'humidity', unit: '%' },
]
const given = { name: 'chamber 1.csv', utcOffsetMin: 60 }

it.each([
  [
    'Recorder 7\nTime;T;RH\n26.11.2026 14:00:00;85,1;84,9\n',
    { delimiter: ';', decimal: ',', order: 'dmy', skipLines: '2', timeColumn: '1', clockColumn: '' },
  ],
  [
    'No,Date,Time,T\n1,2026-11-26,14:00:00,85.1\n',
    { delimiter: ',', decimal: '.', order: 'ymd', skipLines: '1', timeColumn: '2', clockColumn: '3' },
  ],
  ['a\n11/12/2026 23:59,1\n11/13/2026 00:00,1\n', { order: 'mdy' }],
])('guesses how a log is laid out: %s', (text, found) => {
  expect(guessLog(text, given)).toMatchObject({ name: 'chamber 1', utcOffsetMin: '60', ...found })
})

it('makes a profile of the form, and the form of a profile; says what is missing', () => {
  const form = guessLog('Time;T;RH\n26.11.2026 14:00:00;85,1;84,9\n', given)
  expect(profileOfLogForm(form, channels)).toEqual({ missing: 'say in which column a value stands' })
  const mapped = { ...form, columns: { temperature: '2', humidity: '3' } }
  const made = profileOfLogForm(mapped, channels)
  if (!('profile' in made)) throw new Error(made.missing)
  expect(made.profile.values).toEqual([
    { column: 2, channel: 'temperature', unit: '°C' },
    { column: 3, channel: 'humidity', unit: '%' },
  ])
  expect(formOfLogProfile(made.profile)).toEqual(mapped)
  expect(profileOfLogForm({ ...mapped, name: ' ' }, channels)).toEqual({ missing: 'give the layout a name' })
  expect(profileOfLogForm({ ...mapped, timeColumn: 'x' }, channels)).toHaveProperty('missing')
})
