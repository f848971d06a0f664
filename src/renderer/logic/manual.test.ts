import { expect, it } from 'vitest'
import type { Setting } from '../../contract/instrument.ts'
import { holderOf, readSetting, sayReconnect, saySetting } from './manual.ts'

const setting = (change: Partial<Setting>): Setting => ({
  ...{ name: 'humidityPercent', title: 'Humidity', type: 'number', unit: '%', minimum: 10, maximum: 98 },
  ...{ canBeOff: true, energises: true, role: 'Chamber', ...change },
})

it('keeps to the limits before anything is sent', () => {
  expect(readSetting(setting({}), '85')).toEqual({ value: 85 })
  expect(readSetting(setting({}), ' 85,5 ')).toEqual({ value: 85.5 })
  expect(readSetting(setting({}), '99')).toEqual({ problem: 'Allowed: 10 to 98 %.' })
  expect(readSetting(setting({}), 'much')).toHaveProperty('problem')
})
it('switches a control off only where it can be', () => {
  expect(readSetting(setting({}), 'off')).toEqual({ value: null })
  expect(readSetting(setting({ canBeOff: false }), 'off')).toHaveProperty('problem')
  expect(readSetting(setting({ type: 'boolean' }), 'true')).toEqual({ value: true })
})
it('says what the instrument has', () => {
  expect([null, true, -85.5, 'slow'].map((value) => saySetting(value, '°C'))).toEqual(['off', 'on', '−85.5 °C', 'slow'])
})
it('tells a person in hand from a run', () => {
  expect(holderOf('manual: A. Tester')).toEqual({ kind: 'person', name: 'A. Tester' })
  expect(holderOf('0197')).toEqual({ kind: 'run', runId: '0197' })
  expect(holderOf(null)).toEqual({ kind: 'nobody' })
})
it('counts down to the next try', () => {
  expect(sayReconnect({ attempt: 3, atUtcMs: 5000 }, 1000)).toBe('Tried again in 4 s, attempt 3.')
  expect(sayReconnect({ attempt: 3, atUtcMs: 5000 }, 6000)).toBe('Trying to reach it, attempt 3.')
  expect(sayReconnect(null, 0)).toBeNull()
})
