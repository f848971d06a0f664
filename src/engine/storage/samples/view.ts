import type Database from 'better-sqlite3'
import { assert } from '../../../base/assert.ts'
import type { ChannelView, View, ViewGap, ViewRequest } from '../../../contract/sample.ts'
import type { RunEvent } from '../../../contract/run.ts'
import type { BlockCodec } from '../codec/block.ts'
import { createColumnCodec } from '../codec/column.ts'
import { binsOf, createBuckets, type Buckets, type Points } from './buckets.ts'
import type { Piece } from './chunks.ts'
import { binSamples, groupEntries } from './entries.ts'
import { createGapReader } from './gapReads.ts'
import { createPyramidReader, type Placed, type PyramidReader, type Span } from './pyramid.ts'
import type { Epoch, RangeReader } from './range.ts'
import { chunkSamples } from './seal.ts'

const mostPixels = 16_384
const mostEvents = 1000
/** Levels whose entries are this long, the shortest first. */
const levelSamples = [binSamples, ...Array.from({ length: 8 }, (_each, i) => chunkSamples * groupEntries ** i)]

export interface ViewDeps {
  reader: RangeReader
  block: BlockCodec
}

interface Window {
  fromMs: number
  toMs: number
  pixels: number
  exact: boolean
}

/** The coarsest summaries that still give each pixel one of its own; -1: the samples themselves. */
const levelFor = (samples: number, pixels: number): number =>
  levelSamples.findLastIndex((each) => each <= samples / pixels)

/** Reads what a chart shows: one transaction, so that chunks, tail, gaps and log are of one moment. */
export function createViewReader(db: Database.Database, deps: ViewDeps) {
  const pyramid = createPyramidReader(db, createColumnCodec())
  const gapsOf = createGapReader(db, pyramid.extent)
  const points = createPointReader(deps)
  const extentOf = createExtent(pyramid, deps.reader)
  const events = db.prepare(
    `SELECT seq, run_id AS runId, utc_ms AS utcMs, level, kind, text FROM events
     WHERE run_id = ? AND utc_ms BETWEEN ? AND ? ORDER BY seq LIMIT ${mostEvents}`,
  )
  const place = createPlacing({ pyramid, points })

  const viewChannel = (channelId: number, window: Window): ChannelView => {
    const buckets = createBuckets(window)
    const tail = deps.reader.readTail(channelId)
    const epochs = deps.reader.epochs(channelId)
    const spans = epochs.map((epoch) => ({ epoch, span: spanOf(channelId, epoch, window) }))
    const inChunks = spans.reduce((sum, { span }) => sum + pyramid.count(span), 0)
    const inTail = tail.reduce((sum, each) => sum + each.value.length, 0)
    const level = levelFor(inChunks + inTail, window.pixels)
    for (const { epoch, span } of spans) {
      place(span, { level, exact: window.exact, buckets, originMs: epoch.originMs })
      for (const piece of tail) if (piece.epochId === epoch.id) addTail(piece, { level, window, buckets, epoch })
    }
    const lastSeq = deps.reader.nextSeq(channelId) - 1
    const gaps: ViewGap[] = gapsOf(channelId, { epochs, window, tail })
    return { channelId, ...buckets.columns, gaps, lastSeq }
  }

  return (request: ViewRequest): View => {
    const { runId, channelIds, pixels } = request
    assert(Number.isInteger(pixels) && pixels > 0 && pixels <= mostPixels, `a view has 1 to ${mostPixels} pixels`)
    const extent = channelIds.map(extentOf)
    const fromMs = request.fromMs ?? Math.min(...extent.map((each) => each.fromMs))
    const toMs = request.toMs ?? Math.max(...extent.map((each) => each.toMs))
    const window = Number.isFinite(fromMs) && Number.isFinite(toMs) ? { fromMs, toMs } : { fromMs: 0, toMs: 0 }
    return {
      ...window,
      pixels,
      channels: channelIds.map((each) => viewChannel(each, { ...window, pixels, exact: request.exact ?? false })),
      events: events.all(runId, window.fromMs, window.toMs) as RunEvent[],
    }
  }
}

const spanOf = (channelId: number, { id, originMs }: Epoch, window: Window): Span => ({
  channelId,
  epochId: id,
  // Rounding must not leave out a sample at the very edge; what lies outside is left out by its pixel.
  fromMs: window.fromMs - originMs - 1e-3,
  toMs: window.toMs - originMs + 1e-3,
})

function addTail(piece: Piece, given: { level: number; window: Window; buckets: Buckets; epoch: Epoch }): void {
  const { buckets, epoch } = given
  if (given.level < 0 || given.window.exact) buckets.addPoints(piece, epoch.originMs)
  else for (const bin of binsOf(piece)) buckets.addSnapped(bin, epoch.originMs)
}

type ReadPoints = (channelId: number, chunkSeq: number, span: { firstSeq: number; samples: number }) => Points

/** Parts of chunks as points: only the segments that are needed, and only the times that are. */
function createPointReader({ reader, block }: ViewDeps): ReadPoints {
  return (channelId, chunkSeq, span) => {
    const bytes = reader.chunks.bytesAt(channelId, chunkSeq)
    const from = span.firstSeq - chunkSeq
    const to = from + span.samples
    const { value, first } = block.decodeValuesPart(bytes.values, from, to)
    const times = block.decodeMonotonicPart(bytes.times, from, to)
    return {
      monotonicMs: times.monotonicMs.subarray(from - times.first, to - times.first),
      value: value.subarray(from - first, to - first),
    }
  }
}

interface Placing {
  level: number
  exact: boolean
  buckets: Buckets
  originMs: number
}

/** Puts what a span has in chunks into its pixels. */
function createPlacing({ pyramid, points }: { pyramid: PyramidReader; points: ReadPoints }) {
  /** An entry with an edge through it is looked at more closely, down to its samples. */
  const placeParts = (channelId: number, entry: { level: number; firstSeq: number }, to: Placing): void => {
    const parts = pyramid.childrenOf(channelId, entry)
    let { firstSeq } = entry
    for (let i = 0; i < parts.count; i++) {
      const samples = parts.samples[i]!
      const pixel = to.buckets.onlyPixel(parts.t0[i]!, parts.t1[i]!, to.originMs)
      if (pixel !== null) to.buckets.mergeOf(pixel, parts, i)
      else if (entry.level > 1) placeParts(channelId, { level: entry.level - 1, firstSeq }, to)
      else to.buckets.addPoints(points(channelId, entry.firstSeq, { firstSeq, samples }), to.originMs)
      firstSeq += samples
    }
  }

  const placeExactly = (channelId: number, entry: Placed, to: Placing): void => {
    const pixel = to.buckets.onlyPixel(entry.t0, entry.t1, to.originMs)
    if (pixel === null) placeParts(channelId, entry, to)
    else to.buckets.merge(pixel, entry)
  }

  return (span: Span, to: Placing): void => {
    if (to.level < 0) {
      for (const chunk of pyramid.chunksOf(span))
        to.buckets.addPoints(points(span.channelId, chunk.firstSeq, chunk), to.originMs)
      return
    }
    // Bins don't say which chunk they are of: exact edges begin with the chunks.
    for (const entry of pyramid.entriesAt(span, to.exact ? Math.max(1, to.level) : to.level)) {
      if (entry.t1 < span.fromMs || entry.t0 > span.toMs) continue
      if (to.exact) placeExactly(span.channelId, entry, to)
      else to.buckets.addSnapped(entry, to.originMs)
    }
  }
}

/** From when to when a channel has samples, in station time. */
function createExtent(pyramid: PyramidReader, reader: RangeReader) {
  return (channelId: number): { fromMs: number; toMs: number } => {
    let [fromMs, toMs] = [Infinity, -Infinity]
    const extend = (from: number, to: number): void => {
      fromMs = Math.min(fromMs, from)
      toMs = Math.max(toMs, to)
    }
    const epochs = reader.epochs(channelId)
    for (const { id, originMs } of epochs) {
      const inChunks = pyramid.extent(channelId, id)
      if (inChunks) extend(inChunks.t0 + originMs, inChunks.t1 + originMs)
    }
    for (const piece of reader.readTail(channelId)) {
      const origin = epochs.find((each) => each.id === piece.epochId)?.originMs ?? 0
      for (const time of piece.monotonicMs) extend(time + origin, time + origin)
    }
    return { fromMs, toMs }
  }
}
