import { expect, it } from 'vitest'
import protocol from '../../../protocols/PVTP-015.json'
import { templateSchema } from '../../contract/template.ts'
import type { LaneDraft } from './lanes.ts'
import { prepareRequest } from './request.ts'

const template = templateSchema.parse(protocol)
const lane = (id: string, texts = {}): LaneDraft => ({ id, maker: '', model: '', texts })
const prepare = (others: LaneDraft[]) =>
  prepareRequest(template, { module: lane('m1'), operator: 'A', texts: {}, roles: {}, others }, [])
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
