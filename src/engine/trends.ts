import type { Dossier, Trend } from '../contract/dossier.ts'
import type { Channel, ChannelView } from '../contract/sample.ts'
import type { Reader } from './storage/store.ts'

/** More than a page can show. */
const pixels = 1200
/** Beside the time that counts, so much of it before and after is shown. */
const margin = 0.05
/** Digits that a printed chart can show: more would only make the dossier long. */
const digits = 5

const isShown = ({ name, unit }: Channel): boolean =>
  /^(?:chamber|bias|leakage|supply|temperature|humidity|irradiance)/.test(name) &&
  ['°C', '%', 'V', 'A', 'W/m²'].includes(unit)

const rounded = (value: number): number => Number(value.toPrecision(digits))

/** Whether values are missing between two moments. */
const isBroken = ({ gaps }: ChannelView, fromMs: number, toMs: number): boolean =>
  gaps.some((gap) => gap.fromMs < toMs && gap.toMs > fromMs)

const trendOf = (channel: Channel, view: ChannelView, at: { fromMs: number; stepMs: number }): Trend | null => {
  const pixel = Array.from(view.count.keys()).filter((i) => view.count[i]! > 0)
  if (pixel.length === 0) return null
  const middle = (i: number): number => at.fromMs + (i + 0.5) * at.stepMs
  const isBreak = (k: number): boolean =>
    k > 0 && pixel[k]! - pixel[k - 1]! > 1 && isBroken(view, middle(pixel[k - 1]!), middle(pixel[k]!))
  return {
    ...{ channel: channel.name, unit: channel.unit, fromUtcMs: at.fromMs, stepMs: at.stepMs, pixel },
    minimum: pixel.map((i) => rounded(view.minimum[i]!)),
    maximum: pixel.map((i) => rounded(view.maximum[i]!)),
    breaks: Array.from(pixel.keys()).filter(isBreak),
  }
}

/** The dossier with what the instruments measured during the stress, as a chart shows it: the papers need no samples. */
export async function withTrends(store: Pick<Reader, 'view'>, dossier: Dossier): Promise<Dossier> {
  const { exposure = [], channels, run } = dossier
  const shown = channels.filter(isShown)
  if (dossier.layout !== 2 || exposure.length === 0 || shown.length === 0) return dossier
  const from = exposure.reduce((least, each) => Math.min(least, each.fromUtcMs), Infinity)
  const to = exposure.reduce((most, each) => Math.max(most, each.toUtcMs), -Infinity)
  const more = (to - from) * margin
  const window = { fromMs: Math.max(run.startedUtcMs, from - more), toMs: to + more }
  const view = await store.view({ runId: run.id, channelIds: shown.map(({ id }) => id), ...window, pixels })
  const at = { fromMs: view.fromMs, stepMs: (view.toMs - view.fromMs) / pixels }
  const trends = shown.flatMap((channel) => {
    const found = view.channels.find((each) => each.channelId === channel.id)
    const trend = found ? trendOf(channel, found, at) : null
    return trend ? [trend] : []
  })
  return trends.length > 0 ? { ...dossier, trends } : dossier
}
