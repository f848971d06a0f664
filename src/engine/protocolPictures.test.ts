import { expect, it } from 'vitest'
import { confirmStep, tinyTemplate } from '../../test/support/tinyTemplate.ts'
import { analysisMethods } from '../analysis/methods/methods.ts'
import { discoverParts } from './discover.ts'
import { createProtocols, templateHash } from './protocols.ts'

const { kinds } = await discoverParts()
const dot = 'data:image/png;base64,iVBORw0KGgo='

const load = (picture: string, pictures: Record<string, string> = { 'pictures/clamp.png': dot }) => {
  const inner = { id: 'all', kind: 'sequence', title: 'All', steps: [confirmStep('outer', { picture })] }
  const text = JSON.stringify(tinyTemplate({ steps: [inner, confirmStep('plain')] }))
  return createProtocols({
    ...{ texts: [{ file: 'PVTP-054.json', text }], kinds, methods: analysisMethods },
    pictures: new Map(Object.entries(pictures)),
  })
}

it('a picture beside the protocols is in the snapshot, and another one makes another template', () => {
  const template = load('pictures/clamp.png').get('PVTP-054')
  expect(template.steps[0]).toMatchObject({ steps: [{ picture: dot }] })
  expect(template.steps[1]).not.toHaveProperty('picture')
  const other = 'data:image/png;base64,iVBORw0KGgoA'
  const changed = load('pictures/clamp.png', { 'pictures/clamp.png': other }).get('PVTP-054')
  expect(templateHash(changed)).not.toBe(templateHash(template))
  expect(load(dot).get('PVTP-054').steps[0]).toMatchObject({ steps: [{ picture: dot }] })
})

it.each([
  ['pictures/missing.png', 'there is no pictures/missing.png'],
  ['../secret.png', 'is no PNG, JPEG or WebP file in the folder'],
  ['pictures/../../etc/passwd', 'is no PNG, JPEG or WebP file in the folder'],
  ['/etc/clamp.png', 'is no PNG, JPEG or WebP file in the folder'],
  ['https://example.com/clamp.png', 'is no PNG, JPEG or WebP file in the folder'],
  ['data:text/html;base64,PGI+', 'is no PNG, JPEG or WebP picture'],
])('refuses %s, and names the step', (picture, says) => {
  const { refused } = load(picture)
  expect(refused).toHaveLength(1)
  expect(refused[0]!.happened).toContain('step outer, picture')
  expect(refused[0]!.happened).toContain(says)
})

it('refuses a picture that is too large to be sent around', () => {
  const large = `data:image/png;base64,${'A'.repeat(420_000)}`
  expect(load('pictures/clamp.png', { 'pictures/clamp.png': large }).refused[0]!.happened).toContain('300 kB')
})
