import type { Dossier } from '../../../contract/dossier.ts'
import type { ReportSection } from '../../../contract/report.ts'
import type { CorrectedCurves } from '../../../contract/results.ts'
import type { RecordedSweep } from '../../../contract/sample.ts'
import { correctedCurves, measuredCurves } from './curveTables.ts'
import { decimalsFor, formatNumber, plural } from './format.ts'
import { sectionTitles } from './titles.ts'

type Chart = Extract<ReportSection, { kind: 'chart' }>
type Series = Chart['series'][number]
type Marker = Chart['markers'][number]
type CorrectedCurve = CorrectedCurves['curves'][number]

/** More points than a printed chart can show; every point is in the CSV. */
const mostDrawnPoints = 250

interface Points {
  voltageV: readonly number[]
  currentA: readonly number[]
}

const thin = ({ voltageV, currentA }: Points): { x: number[]; y: number[] } => {
  const count = Math.min(voltageV.length, currentA.length)
  const step = Math.max(1, Math.ceil((count - 1) / (mostDrawnPoints - 1)))
  const kept: number[] = []
  for (let i = 0; i < count; i += step) kept.push(i)
  if (count > 0 && kept.at(-1) !== count - 1) kept.push(count - 1)
  return { x: kept.map((i) => voltageV[i]!), y: kept.map((i) => currentA[i]!) }
}

export const currentSeries = (points: Points, label: string, style: Series['style']): Series => ({
  label,
  axis: 'left',
  style,
  ...thin(points),
})

const powerSeries = (points: Points, label: string, style: Series['style']): Series => {
  const { x, y } = thin(points)
  return { label, axis: 'right', style, x, y: y.map((current, i) => current * x[i]!) }
}

/** The curve whose Pmax is in the middle of its direction’s: a real curve, not a constructed one. */
export const middleCurve = (
  curves: readonly CorrectedCurve[],
  direction: CorrectedCurve['direction'],
): CorrectedCurve | null => {
  const own = curves.filter((curve) => curve.direction === direction && curve.pmaxW !== null)
  return own.sort((a, b) => a.pmaxW! - b.pmaxW!)[(own.length - 1) >> 1] ?? null
}

const correctedSeries = (corrected: CorrectedCurves): { series: Series[]; shown: CorrectedCurve | null } => {
  const shown = (['forward', 'reverse', null] as const)
    .map((direction) => middleCurve(corrected.curves, direction))
    .filter((curve) => curve !== null)
  const series = shown.flatMap((curve, k) => {
    const name = `corrected, ${curve.id}${curve.direction === null ? '' : ` (${curve.direction})`}`
    const style = k === 0 ? 'solid' : 'dashed'
    const current = currentSeries(curve, `I-V ${name}`, style)
    return k === 0 ? [current, powerSeries(curve, `P-V ${name}`, 'solid')] : [current]
  })
  return { series, shown: shown[0] ?? null }
}

const markersOf = (point: { id: string; vmpV: number | null; impA: number | null; pmaxW: number | null }): Marker[] => {
  const { vmpV, impA, pmaxW } = point
  if (vmpV === null || impA === null || pmaxW === null) return []
  const power = `MPP of ${point.id}: ${formatNumber(pmaxW, decimalsFor([pmaxW]))} W`
  const at = `${formatNumber(vmpV, decimalsFor([vmpV], 4))} V, ${formatNumber(impA, decimalsFor([impA], 4))} A`
  return [
    { label: `${power} at ${at}`, axis: 'right', x: vmpV, y: pmaxW },
    { label: '', axis: 'left', x: vmpV, y: impA },
  ]
}

const measuredSeries = (sweeps: readonly RecordedSweep[]): Series[] => {
  const directions = [...new Set(sweeps.map((sweep) => sweep.direction))]
  return directions.flatMap((direction) => {
    const own = sweeps.filter((sweep) => sweep.direction === direction)
    const label = `Measured${direction === null ? '' : ` ${direction}`} (${plural(own.length, 'sweep')})`
    return own.map((sweep) => currentSeries(sweep, label, direction === 'reverse' ? 'dashed' : 'solid'))
  })
}

/**
 * Measured sweeps as they are, and of the corrected curves the middle one of each direction. Series that share a label
 * belong together: they are drawn thin, with one entry in the legend.
 */
export const chartSection = (dossier: Dossier): Chart | null => {
  const sweeps = dossier.sweeps.filter((sweep) => sweep.voltageV.length > 1)
  if (sweeps.length === 0) return null
  const corrected = correctedCurves(dossier)
  const drawn = corrected ? correctedSeries(corrected) : { series: [], shown: null }
  const first = measuredCurves(dossier)?.curves[0] ?? null
  const alone = drawn.series.length === 0 ? [powerSeries(sweeps[0]!, `P-V measured, ${sweeps[0]!.id}`, 'solid')] : []
  const marked = drawn.shown ?? (first?.id === sweeps[0]!.id ? first : null)
  return {
    kind: 'chart',
    title: sectionTitles.chart,
    x: { label: 'Voltage', unit: 'V' },
    left: { label: 'Current', unit: 'A' },
    right: { label: 'Power', unit: 'W' },
    series: [...measuredSeries(sweeps), ...drawn.series, ...alone],
    markers: marked ? markersOf(marked) : [],
  }
}
