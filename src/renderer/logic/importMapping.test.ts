import { describe, expect, it } from 'vitest'
import {
  formOfProfile,
  guessMapping,
  previewTable,
  profileOfForm,
  trialOf,
  withMeaning,
  withUnit,
  type MappingForm,
} from './importMapping.ts'

const text = ['Tracer 5', 'U;I;T', ...[0, 10, 20, 40].map((v, i) => `${v},5;${9 - 3 * i},25;25,0`)].join('\r\n')

const mapped = (): MappingForm =>
  withMeaning(withMeaning(guessMapping(text, 'my file.csv'), 1, 'voltage'), 2, 'current')

describe('mapping columns', () => {
  it('starts with the cut that gives lines of numbers', () => {
    expect(guessMapping(text, 'my file.csv')).toMatchObject({
      delimiter: ';',
      decimal: ',',
      skipLines: '2',
      name: 'my file',
    })
    expect(guessMapping('0 9.5\n10 9.4', 'x')).toMatchObject({ delimiter: ' ', decimal: '.', skipLines: '0' })
    expect(guessMapping('', 'x').skipLines).toBe('0')
  })

  it('says what is missing until it is a profile', () => {
    const start = guessMapping(text, 'x')
    expect(profileOfForm(start)).toEqual({ missing: expect.stringContaining('voltage') as unknown })
    expect(profileOfForm({ ...mapped(), skipLines: 'two' })).toEqual({
      missing: expect.stringContaining('lines') as unknown,
    })
    expect(profileOfForm({ ...mapped(), name: ' ' })).toEqual({ missing: 'give the profile a name' })
    expect(profileOfForm(mapped())).toMatchObject({ profile: { columns: { voltage: { column: 1, unit: 'V' } } } })
  })

  it('gives a quantity one column', () => {
    const form = withMeaning(mapped(), 3, 'voltage')
    expect(Object.keys(form.meanings)).toEqual(['2', '3'])
    expect(withMeaning(form, 3, '').meanings[3]).toBeUndefined()
    expect(withUnit(form, 3, 'mV').meanings[3]).toMatchObject({ what: 'voltage', unit: 'mV' })
  })

  it('opens a saved profile as it was', () => {
    const made = profileOfForm(withUnit(withMeaning(mapped(), 3, 'temperature'), 3, 'K'))
    if (!('profile' in made)) throw new Error('no profile')
    expect(profileOfForm(formOfProfile(made.profile))).toEqual(made)
  })

  it('tries the file by the station’s own rules', () => {
    const made = profileOfForm(mapped())
    if (!('profile' in made)) throw new Error('no profile')
    expect(trialOf(made.profile, text, 'x')).toBe('1 curve, 4 points; up to 40.5 V and 9.25 A')
    expect(() => trialOf(made.profile, text.replace('10,5', 'x'), 'x')).toThrow('line 4, column 1 (voltage)')
  })

  it('shows the lines around the first numbers', () => {
    const { lines, columns } = previewTable(text, mapped())
    expect(columns).toBe(3)
    expect(lines.map((each) => each.skipped)).toEqual([true, true, false, false, false, false])
    expect(lines[0]?.cells).toEqual(['Tracer 5', '', ''])
  })
})
