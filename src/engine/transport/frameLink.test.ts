import { expect, it } from 'vitest'
import { createBench, failureOf, type Bench } from '../../../test/transport/support.ts'
import { createChannel } from './channel.ts'
import { frameLinkOn } from './frameLink.ts'

const settings = { start: 0x02, end: 0x03, longestBytes: 20, quietMs: 100, defaultTimeoutMs: 500 }
const frame = (letter: string): Uint8Array => Uint8Array.of(0x02, letter.charCodeAt(0), 0x03)
const linkOn = (bench: Bench) => frameLinkOn(createChannel(bench), settings, 'chamber').link

/** Answers each frame with itself. */
const echoing = () => {
  const sentAtMs: number[] = []
  const bench: Bench = createBench(() => undefined)
  bench.far.onData((bytes) => {
    sentAtMs.push(bench.clock.monotonicMs())
    void bench.clock.sleep(10).then(() => bench.far.send(bytes))
  })
  return { bench, link: linkOn(bench), sentAtMs }
}

it('finds the frame among what comes', async () => {
  const { bench, link } = echoing()
  expect(await bench.run(link.query(frame('A')))).toEqual(frame('A'))
})

it('keeps the gap that a request asks for, and another needn’t', async () => {
  const { bench, link, sentAtMs } = echoing()
  for (const gapMs of [5000, 5000, 0, 200]) await bench.run(link.query(frame('A'), { gapMs }))
  expect(sentAtMs).toEqual([0, 5010, 5020, 5230])
})

it('ends at once while it keeps a gap and the cable is pulled', async () => {
  const { bench, link } = echoing()
  await bench.run(link.query(frame('A')))
  const failure = failureOf(link.query(frame('B'), { gapMs: 5000 }))
  await bench.run(bench.clock.sleep(100))
  bench.far.unplug('unplugged')
  expect((await bench.run(failure)).code).toBe('device.closed')
  expect(bench.clock.monotonicMs()).toBe(110)
})

it('keeps the gap from a late answer, too', async () => {
  const sentAtMs: number[] = []
  const bench: Bench = createBench(() => undefined)
  bench.far.onData((bytes) => {
    sentAtMs.push(bench.clock.monotonicMs())
    void bench.clock.sleep(sentAtMs.length === 1 ? 2500 : 10).then(() => bench.far.send(bytes))
  })
  const link = linkOn(bench)
  expect((await bench.run(failureOf(link.query(frame('A'), { gapMs: 5000 })))).code).toBe('device.timeout')
  expect(await bench.run(link.query(frame('B'), { gapMs: 5000 }))).toEqual(frame('B'))
  expect(sentAtMs).toEqual([0, 7500])
})
