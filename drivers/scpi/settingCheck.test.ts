import { describe, expect, it } from 'vitest'
import { StationError } from '../../src/contract/errors.ts'
import { profileSchema, type SettingValue } from '../../src/contract/instrument.ts'
import { checkModelLimit, checkSetting } from './settingCheck.ts'

const profile = profileSchema.parse({
  id: 'acme-one',
  title: 'Acme One',
  manual: 'none',
  roles: ['PowerSupply'],
  link: 'line',
  exampleLink: 'tcp://192.168.0.2:1',
  energises: true,
  models: [],
  channels: [],
  settings: [
    {
      name: 'voltageV',
      title: 'Voltage',
      type: 'number',
      unit: 'V',
      minimum: 0,
      maximum: 60,
      energises: true,
      role: null,
    },
    { name: 'output', title: 'Output', type: 'boolean', energises: true, role: null },
    { name: 'averages', title: 'Averages', type: 'choice', choices: ['1', '2'], energises: false, role: null },
    {
      name: 'humidityPercent',
      title: 'Humidity',
      type: 'number',
      unit: '%',
      minimum: 10,
      maximum: 98,
      canBeOff: true,
      energises: true,
      role: null,
    },
  ],
  limits: {},
})

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (error) {
    if (error instanceof StationError) return error.code
    throw error
  }
}

describe('the check of a setting', () => {
  it.each<[string, SettingValue, string]>([
    ['voltageV', 0, 'none'],
    ['voltageV', 60, 'none'],
    ['voltageV', 60.001, 'device.limit'],
    ['voltageV', -0.001, 'device.limit'],
    ['voltageV', Infinity, 'usage.invalidInput'],
    ['voltageV', NaN, 'usage.invalidInput'],
    ['voltageV', '5', 'usage.invalidInput'],
    ['voltageV', null, 'usage.invalidInput'],
    ['output', true, 'none'],
    ['output', 1, 'usage.invalidInput'],
    ['averages', '2', 'none'],
    ['averages', '4', 'usage.invalidInput'],
    ['averages', 2, 'usage.invalidInput'],
    ['humidityPercent', null, 'none'],
    ['humidityPercent', 9, 'device.limit'],
    ['__proto__', 1, 'usage.invalidInput'],
    ['', 1, 'usage.invalidInput'],
  ])('%s = %s: %s', (name, value, code) => {
    expect(codeOf(() => checkSetting(profile, { name, value }, 'supply'))).toBe(code)
  })

  it('knows the limits of the model', () => {
    const [setting] = profile.settings
    const of = { instrument: 'supply', least: 0, most: 30 }
    expect(codeOf(() => checkModelLimit(setting!, 30, of))).toBe('none')
    expect(codeOf(() => checkModelLimit(setting!, 30.1, of))).toBe('device.limit')
    expect(codeOf(() => checkModelLimit(setting!, -1, of))).toBe('device.limit')
  })
})
