import type { Dossier, Trend } from '../contract/dossier.ts'
import type { Channel, ChannelView } from '../contract/sample.ts'
import { viewFilled } from './filledView.ts'
import type { Reader } from './storage/store.ts'

/** More than a page can show. */
const pixels = 1200
/** Beside the time that counts, so much of it before and after is shown. */
const margin = 0.05
/** Digits that a printed chart can show: more would only make the dossier long. */
const digits = 5

const units: readonly string[] = ['°C', '%', 'V', 'A', 'W/m²']
/** What channels of a role are called, where their values are shown only in tests that count them. */
const counted = {
  TemperatureSensor: 'temperature',
  HumiditySensor: 'humidity',
  IrradianceSensor: 'irradiance',
} as const

/** What makes the stress, and what the exposures are counted by; not what only belongs to the curves. */
const shownPlaces = ({ template }: Dossier): ReadonlySet<string> => {
  const places = (template.exposure ?? []).flatMap(({ bands, amount }) => [...bands, ...(amount ? [amount] : [])])
  const roles = new Set(places.map(({ role }) => role))
  const kinds = template.roles.filter(({ name }) => roles.has(name)).map(({ role }) => role)
  const more = Object.entries(counted).filter(([role]) => kinds.some((kind) => kind === role))
  return new Set(['chamber', 'bias', 'leakage', 'supply', ...more.map(([, place]) => place)])
}

const rounded = (value: number): number => Number(value.toPrecision(digits))

interface Scale {
  fromMs: number
  stepMs: number
  /** Values further apart leave the time between them unknown, in the ledger as in the chart. */
  longestGapMs: number
}

const trendOf = (channel: Channel, view: Omit<ChannelView, 'gaps' | 'lastSeq'>, at: Scale): Trend | null => {
  const pixel = Array.from(view.count.keys()).filter((i) => view.count[i]! > 0)
  if (pixel.length === 0) return null
  const isBreak = (k: number): boolean =>
    k > 0 && (pixel[k]! - pixel[k - 1]! - 1) * at.stepMs > at.longestGapMs + at.stepMs
  return {
    ...{ channel: channel.name, unit: channel.unit, fromUtcMs: at.fromMs, stepMs: at.stepMs, pixel },
    minimum: pixel.map((i) => rounded(view.minimum[i]!)),
    maximum: pixel.map((i) => rounded(view.maximum[i]!)),
    breaks: Array.from(pixel.keys()).filter(isBreak),
  }
}

/** What the ledger takes for a gap; where it says nothing, ten minutes. */
const longestGapMs = ({ exposures = [] }: Dossier): number => {
  const known = exposures.map((each) => each.longestGapS).filter((gap) => gap !== null)
  return (known.length > 0 ? Math.max(...known) : 600) * 1000
}

/** The dossier with what the instruments measured during the stress, as a chart shows it: the papers need no samples. */
export async function withTrends(store: Pick<Reader, 'view'>, dossier: Dossier): Promise<Dossier> {
  const { exposure = [], channels, run } = dossier
  const places = shownPlaces(dossier)
  const shown = channels.filter(({ name, unit }) => places.has(/^[a-z]+/.exec(name)?.[0] ?? '') && units.includes(unit))
  if (dossier.layout !== 2 || exposure.length === 0 || shown.length === 0) return dossier
  const from = exposure.reduce((least, each) => Math.min(least, each.fromUtcMs), Infinity)
  const to = exposure.reduce((most, each) => Math.max(most, each.toUtcMs), -Infinity)
  const more = (to - from) * margin
  const window = { fromMs: Math.max(run.startedUtcMs, from - more), toMs: to + more }
  const view = await store.view({ runId: run.id, channelIds: shown.map(({ id }) => id), ...window, pixels })
  const stepMs = (view.toMs - view.fromMs) / pixels
  const at = { fromMs: view.fromMs, stepMs, longestGapMs: longestGapMs(dossier) }
  const trends = shown.flatMap((channel) => {
    const found = view.channels.find((each) => each.channelId === channel.id)
    const trend = found ? trendOf(channel, found, at) : null
    const filled = viewFilled(dossier.backFills ?? [], channel, view)
    const beside = filled ? trendOf(channel, filled, at) : null
    return [...(trend ? [trend] : []), ...(filled && beside ? [{ ...beside, filledFrom: filled.fileNames }] : [])]
  })
  return trends.length > 0 ? { ...dossier, trends } : dossier
}
