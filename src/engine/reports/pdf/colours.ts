import { rgb } from 'pdf-lib'
import type { RGB } from 'pdf-lib'
import type { Verdict } from '../../../contract/run.ts'

const hex = (code: number): RGB => rgb(((code >> 16) & 255) / 255, ((code >> 8) & 255) / 255, (code & 255) / 255)

export const colours = {
  ink: hex(0x1b2530),
  soft: hex(0x5b6875),
  line: hex(0xd3dae1),
  band: hex(0xeef2f6),
  accent: hex(0x0b4f8a),
  warning: hex(0xb3261e),
  white: hex(0xffffff),
} as const

export const verdictColours: Readonly<Record<Verdict, RGB>> = {
  pass: hex(0x1b7f3b),
  marginal: hex(0xb26a00),
  fail: hex(0xb3261e),
  inconclusive: hex(0xb26a00),
  notMeasured: hex(0x5b6875),
  error: hex(0xb3261e),
}

/** Distinct also in grey and for the colour-blind, by lightness. */
export const seriesColours: readonly RGB[] = [
  ...[hex(0x0b4f8a), hex(0xc2410c), hex(0x3d8b40), hex(0x6d3fa0)],
  ...[hex(0x1b2530), hex(0xb8860b), hex(0x2a9d9d), hex(0xa03f6d)],
]
export const thinSeriesColours: readonly RGB[] = [hex(0x8fb4d6), hex(0xe0a884), hex(0xa9b2bb)]
