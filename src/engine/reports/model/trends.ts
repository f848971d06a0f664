import type { Dossier, Trend } from '../../../contract/dossier.ts'
import type { ReportSection } from '../../../contract/report.ts'
import { sectionTitles } from './titles.ts'

type Chart = Extract<ReportSection, { kind: 'chart' }>
type Series = Chart['series'][number]

const msPerH = 3_600_000

/** Where a small current would be all zeros on its axis. */
const scales: Readonly<Record<string, { unit: string; factor: number }>> = { A: { unit: 'µA', factor: 1e6 } }

const scaleOf = (trends: readonly Trend[], unit: string): { unit: string; factor: number } => {
  const most = trends.flatMap((each) => each.maximum).reduce((high, value) => Math.max(high, Math.abs(value)), 0)
  const scaled = scales[unit]
  return scaled && most < 0.01 ? scaled : { unit, factor: 1 }
}

/** `chamber.Climate chamber.temperature` reads as `Climate chamber temperature`. */
const labelOf = ({ channel, filledFrom }: Trend): string => {
  const [place = '', ...rest] = channel.split('.')
  const lane = /\[(\w+)\]/.exec(place)?.[1]
  return `${rest.join(' ')}${lane ? ` (${lane})` : ''}${filledFrom ? ', from the controller’s log' : ''}`
}

/** Of lines that the station didn't record: printed with the mark that such values have everywhere. */
const filledNote = (trends: readonly Trend[]): string => {
  const files = [...new Set(trends.flatMap(({ filledFrom = [] }) => filledFrom))]
  return files.length === 0
    ? ''
    : ` Dotted: BACK-FILLED from ${files.join(', ')}, not recorded by this station and not credited; its own line is broken there.`
}

/** Pieces between which values are missing are lines of their own: nothing is drawn where nothing was measured. */
const linesOf = (trend: Trend, given: { originUtcMs: number; factor: number; axis: Series['axis'] }): Series[] => {
  const breaks = new Set(trend.breaks)
  const lines: { x: number[]; y: number[] }[] = []
  for (const [k, pixel] of trend.pixel.entries()) {
    if (k === 0 || breaks.has(k)) lines.push({ x: [], y: [] })
    const line = lines.at(-1)!
    const [low, high] = [trend.minimum[k] ?? 0, trend.maximum[k] ?? 0]
    const x = (trend.fromUtcMs + (pixel + 0.5) * trend.stepMs - given.originUtcMs) / msPerH
    for (const value of low === high ? [low] : [low, high]) {
      line.x.push(x)
      line.y.push(value * given.factor)
    }
  }
  // A value that stands alone is a dot: a line of no length.
  for (const line of lines.filter(({ x }) => x.length === 1)) {
    line.x.push(line.x[0]!)
    line.y.push(line.y[0]!)
  }
  const style = trend.filledFrom ? 'dotted' : given.axis === 'right' ? 'dashed' : 'solid'
  return lines.map((line) => ({ label: labelOf(trend), axis: given.axis, style, ...line }))
}

interface Plan {
  title: string
  left: { label: string; unit: string }
  right: { label: string; unit: string } | null
}

const plans: readonly Plan[] = [
  {
    title: 'temperature and humidity',
    left: { label: 'Temperature', unit: '°C' },
    right: { label: 'Relative humidity', unit: '%' },
  },
  { title: 'voltage and current', left: { label: 'Voltage', unit: 'V' }, right: { label: 'Current', unit: 'A' } },
  { title: 'irradiance', left: { label: 'Irradiance', unit: 'W/m²' }, right: null },
]

const chartOf = (plan: Plan, dossier: Dossier): Chart | null => {
  const of = (unit: string | undefined): Trend[] => (dossier.trends ?? []).filter((trend) => trend.unit === unit)
  const [onLeft, onRight] = [of(plan.left.unit), of(plan.right?.unit)]
  if (onLeft.length + onRight.length === 0) return null
  const isRightOnly = onLeft.length === 0 && plan.right !== null
  const main = isRightOnly && plan.right ? plan.right : plan.left
  const second = isRightOnly || onRight.length === 0 ? null : plan.right
  const originUtcMs = dossier.run.startedUtcMs
  const mainTrends = isRightOnly ? onRight : onLeft
  const [scale, scaleRight] = [scaleOf(mainTrends, main.unit), scaleOf(onRight, plan.right?.unit ?? '')]
  return {
    ...{ kind: 'chart', title: `${sectionTitles.trends}: ${plan.title}`, fit: 'all' },
    x: { label: 'Time since the start of the run', unit: 'h' },
    left: { label: main.label, unit: scale.unit },
    right: second && { label: second.label, unit: scaleRight.unit },
    series: [
      ...mainTrends.flatMap((trend) => linesOf(trend, { originUtcMs, factor: scale.factor, axis: 'left' })),
      ...(second
        ? onRight.flatMap((trend) => linesOf(trend, { originUtcMs, factor: scaleRight.factor, axis: 'right' }))
        : []),
    ],
    markers: [],
    note: `Lowest and highest value of each of up to 1200 stretches of equal length; the line is broken where values are further apart than counts. Every sample is in the station’s database and can be exported.${filledNote([...mainTrends, ...onRight])}`,
  }
}

/** What the instruments of the stress measured while it went on. */
export const trendSections = (dossier: Dossier): ReportSection[] =>
  plans.map((plan) => chartOf(plan, dossier)).filter((chart) => chart !== null)
