import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createProfileTrack, type ProfilePlace, type ProfileStep, type SetPoint } from './profileTrack.ts'

const minuteMs = 60_000
const start: SetPoint = { temperatureC: 20, humidityPercent: null }

const setUp = (profiles: Readonly<Record<number, readonly ProfileStep[]>>) => {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const log: string[] = []
  const track = createProfileTrack({
    clock,
    stepAt: ({ profile, step }: ProfilePlace) => profiles[profile]?.[step - 1] ?? null,
    drive: ({ temperatureC }, rampKPerMin) =>
      void log.push(`${temperatureC}${rampKPerMin === null ? '' : ` by ${rampKPerMin}`}`),
    ended: (end) => void log.push(end ? 'end step' : 'no more steps'),
  })
  return { track, log, wait: (minutes: number) => clock.run(clock.sleep(minutes * minuteMs)) }
}

const ramp = (temperatureC: number, minutes: number): ProfileStep => ({
  kind: 'ramp',
  durationMs: minutes * minuteMs,
  target: { temperatureC },
})
const soak = (minutes: number): ProfileStep => ({ kind: 'soak', durationMs: minutes * minuteMs, target: {} })
const jump = (step: number, count: number, profile = 1): ProfileStep => ({
  kind: 'jump',
  durationMs: 0,
  target: {},
  jump: { profile, step, count },
})
const end: ProfileStep = { kind: 'end', durationMs: 0, target: {} }

describe('a profile', () => {
  it('goes along its ramps and soaks, and ends with its end step', async () => {
    const { track, log, wait } = setUp({ 1: [ramp(60, 40), soak(10), end, soak(99)] })
    expect(track.start({ profile: 1, step: 1 }, start)).toBe(true)
    await wait(10)
    expect(track.setPoint().temperatureC).toBeCloseTo(30, 6)
    expect(track.place()).toEqual({ profile: 1, step: 1 })
    await wait(35)
    expect(track.setPoint().temperatureC).toBe(60)
    expect(track.remainingMs()).toBe(5 * minuteMs)
    await wait(5.1)
    expect([track.state(), track.setPoint().temperatureC]).toEqual(['idle', 60])
    expect(log).toEqual(['60 by 1', '60', 'end step'])
  })

  it('takes as long as the rate says, and moves each loop by its own', async () => {
    const step: ProfileStep = {
      kind: 'rate',
      durationMs: 0,
      target: { temperatureC: 40, humidityPercent: 80 },
      rate: { temperatureC: 2, humidityPercent: 1 },
    }
    const { track, wait } = setUp({ 1: [step, soak(10)] })
    track.start({ profile: 1, step: 1 }, { temperatureC: 20, humidityPercent: 40 })
    expect(track.remainingMs()).toBe(40 * minuteMs)
    await wait(5)
    expect(track.setPoint()).toEqual({ temperatureC: 30, humidityPercent: 45 })
    await wait(15)
    expect(track.setPoint()).toEqual({ temperatureC: 40, humidityPercent: 60 })
  })

  it('counts nested jumps anew each time round', async () => {
    const { track, wait } = setUp({ 1: [soak(1), soak(1), jump(2, 2), jump(1, 1), end] })
    track.start({ profile: 1, step: 1 }, start)
    // (1 + 3 × 1) twice.
    await wait(7.5)
    expect([track.state(), track.place().step]).toEqual(['running', 2])
    expect(track.jump()).toEqual({ profile: 1, step: 3, done: 2 })
    await wait(1)
    expect(track.state()).toBe('idle')
  })

  it('jumps into another profile, and ends where there is no such step', async () => {
    const { track, log, wait } = setUp({ 1: [soak(1), jump(2, 1, 2)], 2: [soak(50), soak(3)] })
    track.start({ profile: 1, step: 1 }, start)
    await wait(2)
    expect(track.place()).toEqual({ profile: 2, step: 2 })
    await wait(3)
    expect(track.state()).toBe('idle')
    expect(log.at(-1)).toBe('no more steps')
  })

  it('starts at nothing that isn’t there, nor at jumps that go round in a circle', () => {
    const { track } = setUp({ 1: [soak(1)], 2: [jump(1, 9999, 2)] })
    expect(track.start({ profile: 1, step: 2 }, start)).toBe(false)
    expect(track.start({ profile: 3, step: 1 }, start)).toBe(false)
    expect(track.start({ profile: 2, step: 1 }, start)).toBe(false)
    expect(track.state()).toBe('idle')
  })

  it('stands still while it is paused, and goes on from there at the same rate', async () => {
    const { track, log, wait } = setUp({ 1: [ramp(60, 40)] })
    track.start({ profile: 1, step: 1 }, start)
    await wait(10)
    track.pause()
    await wait(500)
    expect([track.state(), track.setPoint().temperatureC]).toEqual(['paused', 30])
    track.resume()
    await wait(15)
    expect(track.setPoint().temperatureC).toBeCloseTo(45, 6)
    expect(log).toEqual(['60 by 1', '30', '60 by 1'])
    track.stop()
    await wait(100)
    expect([track.state(), log.length]).toEqual(['idle', 3])
  })

  it('waits for a guaranteed soak, with the step’s whole time left', async () => {
    const air = { isThere: false }
    const guaranteed = { ...soak(10), isReady: () => air.isThere }
    const { track, wait } = setUp({ 1: [guaranteed, end] })
    track.start({ profile: 1, step: 1 }, start)
    await wait(60)
    expect(track.remainingMs()).toBe(10 * minuteMs)
    air.isThere = true
    await wait(5)
    expect(track.remainingMs()).toBeLessThan(5.2 * minuteMs)
    await wait(6)
    expect(track.state()).toBe('idle')
  })

  it('leaves a loop alone that is off', async () => {
    const { track, wait } = setUp({ 1: [ramp(60, 40)] })
    track.start({ profile: 1, step: 1 }, { temperatureC: null, humidityPercent: 55 })
    await wait(1)
    expect(track.setPoint()).toEqual({ temperatureC: 60, humidityPercent: 55 })
  })
})
