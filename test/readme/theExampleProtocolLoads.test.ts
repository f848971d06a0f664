import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { analysisMethods } from '../../src/analysis/methods/methods.ts'
import { stepBaseShape } from '../../src/contract/template.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { loadProtocol } from '../../src/engine/executor/template.ts'
import { root } from '../support/cli.ts'
import { openVirtualStation } from '../support/virtualStation.ts'

const page = readFileSync(join(root, 'docs', 'protocol-language.md'), 'utf8')
const text = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
const parts = await discoverParts()
const kinds = [...parts.kinds.values()]
const profiles = [...parts.drivers.values()].map((driver) => driver.profile)
const methods = new Set(analysisMethods.keys())

describe('the example of docs/protocol-language.md', () => {
  it('is accepted as it stands, and not with a soak that never ends', () => {
    const load = (json: string) => loadProtocol(json, { file: 'PVTP-054.json', kinds, methods, profiles })
    expect(load(text).id).toBe('PVTP-054')
    const endless = text.replace(/"timeoutS": \{[^}]*\}/, '"timeoutS": 0')
    expect(endless).not.toBe(text)
    expect(() => load(endless)).toThrow(/timeoutS: 0 is not above 0/)
  })

  it('runs in the simulated lab, credits its hours and passes', async () => {
    const answer = () => ({ value: 'confirmed', who: 'Test operator' })
    const lab = await openVirtualStation({ templates: [JSON.parse(text) as object], automaticAnswer: answer })
    const run = await lab.run(lab.start({ hours: 0.5 }).then(({ id }) => lab.station.whenEnded(id)))
    expect(run).toMatchObject({ status: 'completed', verdict: 'pass', problem: null })
    expect(await lab.station.reader.results(run.id)).toContainEqual(
      expect.objectContaining({ name: 'account', value: expect.objectContaining({ credited: 0.5 }) as unknown }),
    )
  })
})

describe('its table of step kinds', () => {
  const rows = new Map([...page.matchAll(/^\| `(\w+)` \| (.*?) \| .* \| (\S+) \|$/gm)].map((row) => [row[1]!, row]))

  it('has every kind there is, and no other', () =>
    expect([...rows.keys()].toSorted()).toEqual(kinds.map(({ kind }) => kind).toSorted()))

  it.each(kinds.map((kind) => [kind.kind, kind] as const))('says what %s takes, and how it recovers', (name, kind) => {
    const [, , fields = '', recovery] = rows.get(name) ?? []
    const shape = kind.schema(z.any()).shape as Record<string, z.ZodType>
    const own = Object.keys(shape).filter((field) => field === 'when' || !(field in stepBaseShape))
    const taken = own.filter((field) => field !== 'when' || shape[field] !== stepBaseShape.when)
    for (const field of taken) {
      const isOptional = shape[field]!.safeParse(undefined).success
      expect(fields).toMatch(new RegExp(`\`${field}${isOptional ? '\\?' : ''}\``))
    }
    if (name !== 'protocol') expect(recovery).toBe(kind.recovery)
  })
})
