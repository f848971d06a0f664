import { describe, expect, it } from 'vitest'
import {
  calibrationState,
  configOf,
  emptyInstrument,
  formOf,
  instrumentProblems,
  newInstrumentId,
} from './instruments.ts'

const form = { ...emptyInstrument, name: ' I-V tracer ', driver: 'keithley-2460', link: 'tcp://10.0.0.2:5025' }

it('makes readable ids that nobody else has', () => {
  expect(newInstrumentId('I-V tracer', [])).toBe('i-v-tracer')
  expect(newInstrumentId('I-V tracer', ['i-v-tracer', 'i-v-tracer-2'])).toBe('i-v-tracer-3')
  expect(newInstrumentId('电源', [])).toBe('instrument')
})

describe('the form', () => {
  it('takes a calibration all or not at all', () => {
    expect(instrumentProblems(form)).toEqual({})
    expect(configOf(form, []).calibration).toBeNull()
    expect(Object.keys(instrumentProblems({ ...form, certificate: 'K-1' }))).toEqual(['calibratedBy', 'dueDate'])
    const full = { ...form, certificate: 'K-1', calibratedBy: 'PTB', dueDate: '2027-02-31' }
    expect(Object.keys(instrumentProblems({ ...full, dueDate: '31.2.2027' }))).toEqual(['dueDate'])
    expect(configOf({ ...full, dueDate: '2027-02-28' }, []).calibration).toEqual({
      certificate: 'K-1',
      by: 'PTB',
      dueDate: '2027-02-28',
    })
  })
  it('keeps the definition and the parts of an instrument that is edited', () => {
    const config = {
      ...configOf({ ...form, id: 'pid' }, []),
      definition: { dischargeS: 20 },
      parts: { hv: ['a'], leakage: ['b', 'c'] },
    }
    expect(configOf(formOf(config), ['pid'])).toEqual(config)
    expect(configOf(form, [])).not.toHaveProperty('definition')
    expect(configOf(form, [])).not.toHaveProperty('parts')
  })
  it('says where a definition is no JSON', () => {
    expect(instrumentProblems({ ...form, definition: '{ "title": }' }).definition).toContain('not valid JSON')
    expect(instrumentProblems({ ...form, definition: '{}' })).toEqual({})
  })
  it('keeps the id of an instrument that is edited', () => {
    expect(configOf({ ...form, id: 'smu' }, ['smu'])).toMatchObject({ id: 'smu', name: 'I-V tracer' })
  })
})

it('counts the due day itself as in date', () => {
  expect(calibrationState('2026-11-22', '2026-11-22')).toBe('dueSoon')
  expect(calibrationState('2026-11-21', '2026-11-22')).toBe('overdue')
  expect(calibrationState('2027-11-22', '2026-11-22')).toBe('inDate')
  expect(calibrationState(null, '2026-11-22')).toBe('none')
})

it('keeps what the form does not show', () => {
  const group = { station: 'chamber 1', slot: 'lane A' }
  const config = { ...configOf(form, []), id: 'smu', group, pollMs: 500, keepConnected: false }
  expect(configOf(formOf(config), ['smu'])).toEqual(config)
})
