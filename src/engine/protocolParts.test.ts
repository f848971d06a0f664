import { expect, it } from 'vitest'
import { analysisMethods } from '../analysis/methods/methods.ts'
import { discoverParts } from './discover.ts'
import { partsOf } from './protocolParts.ts'
import { createProtocols } from './protocols.ts'

const { kinds, protocols } = await discoverParts()
const loaded = createProtocols({ texts: protocols, kinds, methods: analysisMethods })
const all = loaded.all()

it('finds the power measurement in damp heat, with the parameters that came with it', () => {
  const parts = partsOf(loaded.get('PVTP-017'), all)
  expect(parts.map(({ protocolId }) => protocolId)).toEqual(['PVTP-001'])
  expect(parts[0]!.parameters).toContain('sweepStopV')
  expect(parts[0]!.parameters).not.toContain('durationH')
})
it('finds nothing in what contains nothing', () => {
  expect(partsOf(loaded.get('PVTP-001'), all)).toEqual([])
})
