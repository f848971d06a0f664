import { expect, it } from 'vitest'
import { analysisMethods } from '../analysis/methods/methods.ts'
import { discoverParts } from './discover.ts'
import { createProtocols } from './protocols.ts'

const { kinds, protocols } = await discoverParts()
const [good] = protocols
const text = good!.text

const load = (...texts: { file: string; text: string }[]) => createProtocols({ texts, kinds, methods: analysisMethods })

it('says why a malformed template was refused when it is asked for, and keeps the others', () => {
  const found = load(good!, { file: 'PVTP-002.json', text: '{"id": "PVTP-002"}' })
  expect(found.all().map((each) => each.id)).toEqual(['PVTP-001'])
  expect(found.refused).toHaveLength(1)
  expect(() => found.get('PVTP-002')).toThrow(/PVTP-002\.json is not valid: .*version/)
  expect(() => found.get('PVTP-003')).toThrow(/There is no protocol PVTP-003/)
})

it('refuses a second template with the id of the first, which stays as it is', () => {
  const other = text.replace('"version": "1.0.0"', '"version": "9.9.9"')
  const found = load(good!, { file: 'PVTP-002.json', text: other })
  expect(found.get('PVTP-001').version).toBe('1.0.0')
  expect(found.refused[0]?.happened).toMatch(/PVTP-002\.json.*it is PVTP-001/)
})
