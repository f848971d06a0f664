import { describe, expect, it } from 'vitest'
import { StationError } from '../../contract/errors.ts'
import { parseCurveFile } from './curveFile.ts'

const failure = (text: string): StationError => {
  try {
    parseCurveFile(text, 'f')
  } catch (thrown) {
    if (thrown instanceof StationError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

const one = (text: string) => parseCurveFile(text, 'f').curves[0]!

describe('JSON', () => {
  it('reads numbers and decimal strings of any length to the nearest double', () => {
    const text = JSON.stringify({
      cellsInSeries: 60,
      extra: true,
      curves: [
        {
          id: 'a',
          voltageV: ['0.0', '30.123456789012345678901'],
          currentA: [9, '8.5e0'],
          irradianceWPerM2: 1000,
          temperatureC: '25.5',
          note: 1,
        },
      ],
    })
    const set = parseCurveFile(text, 'f')
    expect(set.cellsInSeries).toBe(60)
    expect(set.curves[0]).toEqual({
      ...{ id: 'a', voltageV: [0, 30.123456789012345], currentA: [9, 8.5], irradianceWPerM2: 1000, temperatureC: 25.5 },
    })
    expect(set.notes).toEqual([])
  })

  it('reads the form of the ivcurves project', () => {
    const text = '{"cells_in_series":72,"IV Curves":[{"Index":7,"Voltages":["0","1"],"Currents":["2","1"]}]}'
    const set = parseCurveFile(text, 'f')
    expect(set.cellsInSeries).toBe(72)
    expect(set.curves[0]).toMatchObject({ id: '7', currentA: [2, 1], irradianceWPerM2: null })
  })

  it('names curve and index of a bad value', () => {
    const bad = (value: string) => `{"curves":[{"id":"x","voltageV":[0,1,${value}],"currentA":[1,1,1]}]}`
    for (const value of ['"abc"', 'null', '"NaN"', '"0x10"', '1e999', '""', 'true']) {
      const error = failure(bad(value))
      expect(error.code).toBe('file.badNumber')
      expect(error.context['place']).toBe('curve x, voltageV[2]')
    }
    expect(failure(bad('NaN')).code).toBe('file.badNumber')
    expect(failure(bad('-Infinity')).context['text']).toBe('-Infinity')
  })

  it('refuses what is no curve', () => {
    for (const text of [
      '',
      ' \n',
      '{',
      '{}',
      '{"curves":[]}',
      '{"curves":[1]}',
      '{"curves":[{"voltageV":[1,2]}]}',
      '[]',
    ]) {
      expect(failure(text).code).toBe('file.notACurve')
    }
    expect(failure('{"curves":[{"voltageV":[1,2],"currentA":[1]}]}').code).toBe('file.notACurve')
    expect(failure('{"cellsInSeries":1.5,"curves":[{"voltageV":[1,2],"currentA":[1,0]}]}').code).toBe('file.notACurve')
    expect(failure('{"curves":[{"voltageV":[1],"currentA":[1]}]}').code).toBe('file.tooFewPoints')
    expect(failure('{"curves":[{"voltageV":[1,2],"currentA":[1,0],"irradianceWPerM2":-4}]}').code).toBe(
      'file.notACurve',
    )
  })

  it('keeps ids apart', () => {
    const curve = '{"id":"a","voltageV":[0,1],"currentA":[1,0]}'
    const set = parseCurveFile(`{"curves":[${curve},${curve}]}`, 'f')
    expect(set.curves.map((c) => c.id)).toEqual(['a', 'a-2'])
    expect(set.notes).toHaveLength(1)
  })
})

describe('CSV', () => {
  const headers: [string, string][] = [
    ['Voltage (V),Current (A)', ','],
    ['U [mV];I [mA]', ';'],
    ['voltageV\tcurrentA', '\t'],
    ['voltage_mV,current_mA', ','],
    ['Voltage (V)   Current (A)', ' '],
    ['V;A', ';'],
    ['U/V;I/A', ';'],
    ['Spannung in V|Strom in A', '|'],
    ['"Voltage, V","Current, A"', ','],
    ['V_meas (V),I_meas (A)', ','],
    ['# Voltage (V), Current (A)', ','],
    ['Vload(V),Iload(kA)', ','],
  ]
  it.each(headers)('reads the header “%s”', (header, separator) => {
    const rows = ['0', '1', '2'].map((v, k) => [v, `${3 - k}.5`].join(separator))
    const curve = one([header, ...rows].join('\n'))
    const voltFactor = /mV/.test(header) ? 1e-3 : 1
    const ampereFactor = /kA/.test(header) ? 1e3 : /mA/.test(header) ? 1e-3 : 1
    expect(curve.voltageV).toEqual([0, 1, 2].map((v) => v * voltFactor))
    expect(curve.currentA).toEqual([3.5, 2.5, 1.5].map((i) => i * ampereFactor))
  })

  it('reads decimal commas, BOM, CRLF, quotes, metadata, other columns and trailing lines', () => {
    const text =
      '\uFEFFModule;"ABC 123"\r\n# Irradiance: 998,5 W/m2\r\n# T = 25 °C\r\nCells in series: 60\r\n\r\n' +
      'Time (s);Voltage (V);"Current (A)";Power (W)\r\n0;0,0;"9,25";0\r\n1;20,5;9,0;184,5\r\n2;37,1;0;0\r\n\r\n;;;\r\n'
    const set = parseCurveFile(text, 'f')
    expect(set.curves[0]).toEqual({
      ...{ id: '1', voltageV: [0, 20.5, 37.1], currentA: [9.25, 9, 0], irradianceWPerM2: 998.5, temperatureC: 25 },
    })
    expect(set.cellsInSeries).toBe(60)
  })

  it('reads several curves with their conditions', () => {
    const text =
      'Curve ID,Voltage (V),Current (mA),Irradiance (W/m²),Temperature (°C)\n' +
      'a,0,9000,1000,25\na,30,0,1002,26\nb,0,4000,500,40\nb,28,0,500,40\n'
    const set = parseCurveFile(text, 'f')
    expect(set.curves.map((c) => [c.id, c.irradianceWPerM2, c.temperatureC])).toEqual([
      ['a', 1001, 25.5],
      ['b', 500, 40],
    ])
    expect(set.curves[0]!.pointIrradianceWPerM2).toEqual([1000, 1002])
  })

  it('takes a column that numbers the rows as point numbers', () => {
    expect(one('index,V,mA\n1,0,900\n2,10,800\n3,20,0\n').currentA).toEqual([0.9, 0.8, 0])
  })

  it('takes units from the line below the header', () => {
    expect(one('Voltage,Current\nV,mA\n0,900\n10,0\n').currentA).toEqual([0.9, 0])
  })

  it('converts kelvin and refuses to guess units of conditions', () => {
    expect(one('V,A,Temperature (K)\n0,9,298.15\n10,0,298.15\n').temperatureC).toBeCloseTo(25, 10)
    const set = parseCurveFile('Irradiance: 1000\nV,A,Temperature\n0,9,25\n10,0,25\n', 'f')
    expect(set.curves[0]).toMatchObject({ irradianceWPerM2: null, temperatureC: null })
    expect(set.notes).toHaveLength(2)
  })

  it('turns the load convention round and says so', () => {
    const set = parseCurveFile('V,A\n0,-9\n20,-8.5\n30,-5\n35,0\n36,1\n', 'f')
    expect(set.curves[0]!.currentA).toEqual([9, 8.5, 5, 0, -1])
    expect(set.notes[0]).toContain('load convention')
  })

  it('leaves a dark curve as it is', () => {
    expect(one('V,A\n0,0\n20,-0.1\n30,-2\n35,-9\n').currentA).toEqual([0, -0.1, -2, -9])
  })

  it.each([
    ['text', 'V,A\n0,9\n1,abc\n2,0\n', { text: 'abc', place: 'line 3, column 2 (A)' }],
    ['NaN', 'V,A\n0,9\nNaN,8\n2,0\n', { text: 'NaN', place: 'line 3, column 1 (V)' }],
    ['infinity', 'V,A\n0,9\n1,inf\n2,0\n', { text: 'inf', place: 'line 3, column 2 (A)' }],
    ['an overflow', 'V,A\n0,9\n1,1e999\n2,0\n', { text: '1e999', place: 'line 3, column 2 (A)' }],
    ['an empty cell', 'V,A\n0,9\n1,\n2,0\n', { text: '', place: 'line 3, column 2 (A)' }],
    ['mixed decimal signs', 'V;A\n0;9.5\n1;8,5\n2;0\n', { text: '8,5', place: 'line 3, column 2 (A)' }],
    ['thousands', 'V;A\n1.000,5;9\n1;0\n', { text: '1.000,5', place: 'line 2, column 1 (V)' }],
  ])('refuses %s with line and column', (_what, text, found) => {
    const error = failure(text)
    expect(error.code).toBe('file.badNumber')
    expect(error.context).toMatchObject(found)
  })

  it.each([
    ['Voltage (V),Current (W)', 'W'],
    ['Voltage (Ohm),Current (A)', 'Ohm'],
    ['Voltage (V),Current (mA/cm2)', 'mA/cm2'],
    ['Voltage (V),Current', '(none)'],
    ['V,I', '(none)'],
    ['V,A,Irradiance (lux)', 'lux'],
    ['MV,A', null],
  ])('refuses the units of “%s”', (header, unit) => {
    const error = failure(
      `${header}\n0,9,1\n1,0,1\n`.replaceAll(',1\n', header.split(',').length === 3 ? ',1\n' : '\n'),
    )
    if (unit === null) expect(error.code).toBe('file.notACurve')
    else expect([error.code, error.context['unit']]).toEqual(['file.badUnit', unit])
  })

  it('refuses a table without header, saying why', () => {
    const error = failure('0,9\n10,8\n20,0\n')
    expect(error.code).toBe('file.notACurve')
    expect(error.message).toContain('units')
  })

  it('refuses single columns, prose, binary files and too few points', () => {
    expect(failure('Voltage (V)\n1\n2\n').code).toBe('file.notACurve')
    expect(failure('Dear colleague,\nhere is the curve.\n').code).toBe('file.notACurve')
    expect(failure('V,A\u0000\u0001').code).toBe('file.notACurve')
    expect(failure('V,A\n').code).toBe('file.tooFewPoints')
    expect(failure('V,A\n0,9\n').context).toMatchObject({ count: 1, least: 2 })
    expect(failure('V,A\n1,5,9,25\n2,5,8,0\n').code).toBe('file.notACurve')
  })
})
