import { describe, expect, it } from 'vitest'
import { StationError } from '../../contract/errors.ts'
import { importProfileSchema, type ImportProfile } from '../../contract/importProfile.ts'
import { parseCurveFileBy, previewLines } from './curveProfile.ts'

const profileOf = (more: Record<string, unknown> = {}): ImportProfile =>
  importProfileSchema.parse({
    name: 'tracer',
    columns: { voltage: { column: 1, unit: 'V' }, current: { column: 2, unit: 'A' } },
    ...more,
  })

/** As a tracer's own program writes it: decimal comma, milliamperes, kelvin, two curves, a summary below. */
const german = profileOf({
  name: 'KennLinie',
  delimiter: ';',
  decimal: ',',
  skipLines: 3,
  comment: '*',
  stopAtEmptyLine: true,
  columns: {
    voltage: { column: 3, unit: 'V', title: 'Spg' },
    current: { column: 4, unit: 'mA' },
    irradiance: { column: 5, unit: 'kW/m²' },
    temperature: { column: 6, unit: 'K' },
    curve: { column: 2 },
  },
})
const germanFile = [
  'KennLinie 3.1',
  'Modul;X-400',
  'Nr;Kurve;Spg;Str;Einstr;Temp',
  '* warm',
  '1;A;0,0;9500,5;0,999;298,15',
  '2;A;20,25;9400;1,001;298,15',
  '3;A;44,1;0;1,000;298,15',
  '1;B;0,0;9510;;298,65',
  '2;B;44,2;-1,5;;298,65',
  '',
  'Isc;9,5',
].join('\r\n')

const errorOf = (work: () => unknown): StationError => {
  try {
    work()
  } catch (error) {
    if (error instanceof StationError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a curve file read by a profile', () => {
  it('gives the curves in the station’s units', () => {
    const { curves, notes } = parseCurveFileBy(german, germanFile, 'x.txt')
    expect(curves.map((curve) => curve.id)).toEqual(['A', 'B'])
    expect(curves[0]?.voltageV).toEqual([0, 20.25, 44.1])
    expect(curves[0]?.currentA).toEqual([9.5005, 9.4, 0])
    expect(curves[0]?.irradianceWPerM2).toBeCloseTo(1000, 9)
    expect(curves[0]?.temperatureC).toBeCloseTo(25, 9)
    expect(curves[1]?.irradianceWPerM2).toBeNull()
    expect(curves[1]?.temperatureC).toBeCloseTo(25.5, 9)
    expect(notes[0]).toContain('KennLinie')
  })

  it('reads a file without any header, and spaces between columns', () => {
    const profile = profileOf({ delimiter: ' ', skipLines: 0 })
    expect(parseCurveFileBy(profile, '0   9.5\n 20 9.4\n\n40 0', 'x').curves[0]).toMatchObject({
      voltageV: [0, 20, 40],
      currentA: [9.5, 9.4, 0],
    })
  })

  it('takes the sign as the profile says, and refuses a file that says otherwise', () => {
    const text = 'V,I\n0,-9\n30,-8\n40,0'
    expect(parseCurveFileBy(profileOf({ sign: 'load' }), text, 'x').curves[0]?.currentA).toEqual([9, 8, 0])
    expect(parseCurveFileBy(profileOf(), text, 'x').curves[0]?.currentA).toEqual([9, 8, 0])
    expect(errorOf(() => parseCurveFileBy(profileOf({ sign: 'generator' }), text, 'x')).code).toBe('file.implausible')
    const delivering = text.replaceAll('-', '')
    expect(errorOf(() => parseCurveFileBy(profileOf({ sign: 'load' }), delivering, 'x')).code).toBe('file.implausible')
  })

  it.each([
    {
      what: 'a garbled number',
      from: '9400',
      to: '94o0',
      place: 'line 6, column 4 (current): “94o0” is not a number with a decimal comma',
    },
    { what: 'a decimal point', from: '20,25', to: '20.25', place: 'line 6, column 3 (voltage): “20.25”' },
    {
      what: 'a missing column',
      from: ';0,0;9510;;298,65',
      to: ';0,0',
      place: 'line 8, column 4 (current): the line has only 3 column(s)',
    },
    { what: 'an empty current', from: ';9510;', to: ';;', place: 'line 8, column 4 (current): “”' },
    { what: 'a garbled temperature', from: '298,65', to: 'warm', place: 'line 8, column 6 (temperature): “warm”' },
    { what: 'a curve without a name', from: '2;B;', to: '2;;', place: 'line 9, column 2 (curve)' },
    {
      what: 'another header',
      from: 'Spg',
      to: 'Str',
      place: 'line 3, column 3 (voltage): the header says “Str”, not “Spg”',
    },
    { what: 'infinity', from: '9400', to: '1e999', place: 'line 6, column 4 (current)' },
    { what: 'a thousands sign', from: '9400', to: '9.400,0', place: 'line 6, column 4 (current)' },
  ])('is refused as a whole for $what, with line and column', ({ from, to, place }) => {
    const error = errorOf(() => parseCurveFileBy(german, germanFile.replace(from, to), 'x.txt'))
    expect(error.code).toBe('file.badColumn')
    expect(error.message).toContain(place)
  })

  it('without a line of numbers is refused, and so is one point', () => {
    expect(errorOf(() => parseCurveFileBy(german, 'a\nb\nNr;K;Spg\n', 'x')).code).toBe('file.notACurve')
    expect(errorOf(() => parseCurveFileBy(profileOf(), 'V,I\n1,2', 'x')).code).toBe('file.tooFewPoints')
  })

  it('shows the lines as it cuts them', () => {
    expect(previewLines('\uFEFFa;"b;c"\n1;2', { delimiter: ';' }, 5)).toEqual([
      { line: 1, cells: ['a', 'b;c'] },
      { line: 2, cells: ['1', '2'] },
    ])
  })
})

describe('a profile', () => {
  it('gives each column one meaning', () => {
    const columns = { voltage: { column: 1, unit: 'V' }, current: { column: 1, unit: 'A' } }
    const parsed = importProfileSchema.safeParse({ name: 'x', columns })
    expect(parsed.error?.issues[0]?.path).toEqual(['columns', 'current', 'column'])
  })
})
