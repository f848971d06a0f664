import { expect, it } from 'vitest'
import protocol from '../../../protocols/PVTP-015.json'
import type { InstrumentState } from '../../contract/api.ts'
import { templateSchema } from '../../contract/template.ts'
import type { LaneDraft } from './lanes.ts'
import { draftOf, prepareRequest } from './request.ts'

const template = templateSchema.parse(protocol)
const role = template.roles[0]!.name
const lane = (id: string, texts = {}): LaneDraft => ({ id, maker: '', model: '', texts })
const prepare = (others: LaneDraft[], calibrationReasons = {}) =>
  prepareRequest(
    template,
    { module: lane('m1'), operator: 'A', texts: {}, roles: { [role]: ['cell'] }, others, calibrationReasons },
    [{ config: { id: 'cell' }, roles: [] } as unknown as InstrumentState],
  )
const number = template.parameters.find(({ type }) => type === 'number')!

it('puts every module into its lane, with only what differs of it', () => {
  const text = String(number.minimum ?? number.default)
  const { request, laneProblems } = prepare([lane(' m2 ', { [number.name]: text, [template.parameters[1]!.name]: '' })])
  expect(request.lanes?.map(({ module }) => module.id)).toEqual(['m1', 'm2'])
  expect(request.lanes?.[1]?.parameters).toEqual({ [number.name]: Number(text) })
  expect(laneProblems).toEqual([null, null])
})
it('counts a module that is there twice, and a label that can’t be', () => {
  const twice = prepare([lane('m1')])
  expect(twice.laneProblems[1]).toMatch(/lane A/)
  expect(twice.problemCount).toBeGreaterThan(prepare([]).problemCount)
  expect(prepare([lane('m2', { [number.name]: 'much' })]).laneProblems[1]).toMatch(/not a number/)
})

it('sends the reason for an instrument that the test uses, and no other', () => {
  expect(prepare([]).request).not.toHaveProperty('calibrationOverrides')
  const { request } = prepare([], { cell: 'compared this morning', gone: 'it was used before' })
  expect(request.calibrationOverrides).toEqual({ cell: 'compared this morning' })
})

it('finds the same request again from what was asked for', () => {
  const { request } = prepare([lane('m2', { [number.name]: String(number.minimum ?? number.default) })], {
    cell: 'compared',
  })
  const again = prepareRequest(template, draftOf(request), [
    { config: { id: 'cell' }, roles: [] } as unknown as InstrumentState,
  ])
  expect(again.request).toEqual(request)
})
