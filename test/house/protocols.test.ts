import { describe, expect, it } from 'vitest'
import { analysisMethods } from '../../src/analysis/methods/methods.ts'
import { StationError } from '../../src/contract/errors.ts'
import type { Template } from '../../src/contract/template.ts'
import { makerApprovals } from '../../src/engine/makerApprovals.ts'
import { templateHash } from '../../src/engine/protocols.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { jsonSchemaOf, loadProtocol, validateInputs } from '../../src/engine/executor/template.ts'
import { readSource } from './sources.ts'

const parts = await discoverParts()
const kinds = [...parts.kinds.values()]
const methods = new Set(analysisMethods.keys())

/** Protocols contain others: the one that the others are made of is there. */
const lookUp = (id: string) => (id === 'PVTP-001' ? load('PVTP-001.json', example) : undefined)
const profiles = [...parts.drivers.values()].map((driver) => driver.profile)
const load = (file: string, text: string): Template => loadProtocol(text, { file, kinds, methods, lookUp, profiles })

/** Why a template is refused, as the operator reads it. */
function refusalOf(text: string): { code: string; detail: string } {
  try {
    load('made-up.json', text)
  } catch (error) {
    if (error instanceof StationError) return { code: error.code, detail: error.message }
    throw error
  }
  return { code: 'accepted', detail: '' }
}

type Json = Record<string, unknown>

const example = parts.protocols.find(({ file }) => file === 'PVTP-001.json')!.text

const isNode = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** PVTP-001 with one place changed: `undefined` takes it away. */
function withChange(path: string, value: unknown): string {
  const template = JSON.parse(example) as Json
  const keys = path.split('.')
  const last = keys.pop()!
  let node = template
  for (const key of keys) {
    const inner = node[key]
    if (!isNode(inner)) throw new Error(`PVTP-001 has no ${path}`)
    node = inner
  }
  if (value === undefined) delete node[last]
  else node[last] = value
  return JSON.stringify(template)
}

/** Where in PVTP-001 the entry of a list with this name or id stands. */
function placeOf(list: string, wanted: string): string {
  const found = (JSON.parse(example) as Record<string, Json[]>)[list]!
  const index = found.findIndex((each) => each['name'] === wanted || each['id'] === wanted)
  if (index < 0) throw new Error(`PVTP-001 has no ${wanted} in ${list}`)
  return `${list}.${index}`
}

/** PVTP-001 with one entry of a list given once more. */
function withCopy(list: string, wanted: string): string {
  const template = JSON.parse(example) as Record<string, Json[]>
  const entries = template[list]!
  const copy = entries.find((each) => each['name'] === wanted || each['id'] === wanted)
  if (!copy) throw new Error(`PVTP-001 has no ${wanted} in ${list}`)
  entries.push(copy)
  return JSON.stringify(template)
}

const step = (id: string): string => placeOf('steps', id)
const parameter = (name: string): string => placeOf('parameters', name)

describe.each(parts.protocols)('$file', ({ file, text }) => {
  it('loads with the step kinds and methods that there are', () => {
    const template = load(file, text)
    expect(template.id).toBe(file.replace('.json', ''))
    expect((JSON.parse(text) as Json)['$schema']).toBe('./schema.json')
  })

  it('lets the operator change every figure that is uncertain (mark C), and keeps its mark', () => {
    const template = load(file, text)
    const unsure = template.parameters.filter((each) => each.mark === 'C' && each.type === 'number')
    for (const { name, default: value, minimum, maximum } of unsure) {
      expect([name, minimum], 'a range to change it in').not.toContain(undefined)
      expect(maximum).toBeGreaterThan(minimum!)
      const changed = value === maximum ? minimum! : maximum!
      const given = validateInputs(template, { [name]: changed }, { measuring: false })
      expect(given[name]).toBe(changed)
    }
  })
})

describe('the maker’s approvals', () => {
  it('are those of the shipped files that call themselves approved, with their very content', () => {
    const shipped = parts.protocols
      .map(({ file, text }) => load(file, text))
      .filter(({ state }) => state === 'approved')
    // A changed file gets a new version, and its line here only after it was looked at again.
    expect(Object.fromEntries(shipped.map((each) => [`${each.id} ${each.version}`, templateHash(each)]))).toEqual(
      makerApprovals,
    )
  })
})

describe('protocols/schema.json', () => {
  it('is what the step kinds say (npm run schema)', () => {
    expect(JSON.parse(readSource('protocols/schema.json').text)).toEqual(jsonSchemaOf(kinds))
  })

  it('is written the same way every time', () => {
    const text = readSource('protocols/schema.json').text
    expect(text).toBe(`${JSON.stringify(jsonSchemaOf(kinds), null, 2)}\n`)
  })
})

describe('PVTP-001', () => {
  it('has figures with the mark C, so that the test of them can fail', () => {
    expect(load('PVTP-001.json', example).parameters.filter((each) => each.mark === 'C').length).toBeGreaterThan(3)
  })
})

describe('a malformed template is refused with the place', () => {
  const cases: readonly [what: string, text: string, place: string][] = [
    ['is not JSON', example.slice(0, -40), 'not JSON'],
    ['is empty', '', 'not JSON'],
    ['is a list', '[]', 'the whole'],
    ['has another program’s id', withChange('id', 'PVTP-055'), 'id'],
    ['lacks a field', withChange('decisionRule', undefined), 'decisionRule'],
    ['lacks a field of a step', withChange(`${step('mount')}.text`, undefined), `${step('mount')}.text`],
    ['has a field too much', withChange('colour', 'green'), 'colour'],
    ['has a field too much in a step', withChange(`${step('mount')}.colour`, 'green'), step('mount')],
    ['has text for a number', withChange(`${step('light')}.intervalS`, 'often'), `${step('light')}.intervalS`],
    ['has a number for text', withChange('title', 7), 'title'],
    ['has no steps', withChange('steps', []), 'steps'],
    ['has an unknown step kind', withChange(`${step('mount')}.kind`, 'dance'), step('mount')],
    [
      'has an unknown step kind deep inside',
      withChange(`${step('curves')}.main.0.steps.1.kind`, 'dance'),
      `${step('curves')}.main.0.steps.1`,
    ],
    ['uses an unknown parameter', withChange(`${step('light')}.minimum`, { param: 'brightness' }), '“brightness”'],
    ['uses an unknown role', withChange(`${step('light')}.role`, 'lamp'), '“lamp”'],
    ['makes an unknown role safe', withChange(`${step('curves')}.teardown.0.roles.0`, 'lamp'), '“lamp”'],
    ['uses an unknown result', withChange('criteria.0.value', { result: 'weight.kg' }), '“weight”'],
    ['prints an unknown result', withChange('report.headline.0.value', { result: 'weight.kg' }), '“weight”'],
    ['names an unknown result for the curves of the report', withChange('report.curves', 'weight'), 'report.curves'],
    ['names an unknown result for the budget', withChange('report.budget', 'weight'), 'report.budget'],
    [
      'uses a result before it is computed',
      withChange(`${step('extract')}.inputs.rule`, { result: 'power.pmaxW' }),
      step('extract'),
    ],
    ['asks for an unknown method', withChange(`${step('extract')}.method`, 'iv.guess'), '“iv.guess”'],
    ['has a step id twice', withChange(`${step('light')}.id`, 'mount'), '“mount”'],
    ['computes two results under one name', withChange(`${step('correct')}.output`, 'measured'), '“measured”'],
    ['has a parameter twice', withCopy('parameters', 'points'), '“points”'],
    ['has a role twice', withCopy('roles', 'ivSource'), '“ivSource”'],
    ['has a criterion twice', withCopy('criteria', 'gate1Pmax'), '“gate1Pmax”'],
    ['has a default outside its range', withChange(`${parameter('points')}.default`, 10), 'parameters.points.default'],
    [
      'has a default of another type',
      withChange(`${parameter('points')}.default`, 'many'),
      'parameters.points.default',
    ],
    [
      'has a default that is no choice',
      withChange(`${parameter('extractionRule')}.default`, 'best'),
      'parameters.extractionRule.default',
    ],
    ['has a range without room', withChange(`${parameter('sweepStopV')}.minimum`, 2000), parameter('sweepStopV')],
    [
      'has a choice without choices',
      withChange(`${parameter('extractionRule')}.choices`, []),
      parameter('extractionRule'),
    ],
    ['has a criterion without a limit', withChange('criteria.0.maximum', undefined), 'criteria.0'],
    ['has an infinite figure', example.replace('"default": 200', '"default": 1e999'), 'default'],
  ]

  it.each(cases)('that %s', (_what, text, place) => {
    const { code, detail } = refusalOf(text)
    expect(code).toBe('protocol.invalid')
    expect(detail).toContain('made-up.json')
    expect(detail).toContain(place)
  })

  it('and PVTP-001 itself is not', () => expect(refusalOf(example).code).toBe('accepted'))
})
