import { expect, it } from 'vitest'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import { createProgramRunner, type StepPlan } from './programRunner.ts'

const setUp = (plans: StepPlan[], after?: (step: number) => number | null) => {
  const clock = createVirtualClock(0, () => new Promise<void>((turn) => setImmediate(turn)))
  const runner = createProgramRunner(clock)
  const log: string[] = []
  const say = (text: string): void => void log.push(`${clock.monotonicMs() / 1000} ${text}`)
  const start = (step = 1): void =>
    runner.start(
      {
        enter: (each, leftMs) => {
          say(leftMs === null ? `step ${each}` : `again ${each}, ${leftMs / 1000} left`)
          return plans[each - 1]!
        },
        after: after ?? ((each) => (each < plans.length ? each + 1 : null)),
        paused: () => say('paused'),
        ended: () => say('ended'),
      },
      step,
    )
  return { clock, runner, log, start, wait: (seconds: number) => clock.run(clock.sleep(seconds * 1000)) }
}

it('goes through its steps and says what is left of each', async () => {
  const { runner, log, start, wait } = setUp([{ durationMs: 10_000 }, { durationMs: 5000 }])
  start()
  await wait(4)
  expect([runner.state(), runner.step(), runner.remainingMs()]).toEqual(['running', 1, 6000])
  await wait(30)
  expect(log).toEqual(['0 step 1', '10 step 2', '15 ended'])
  expect(runner.state()).toBe('idle')
})

it('pauses without losing time, goes on, advances and stops', async () => {
  const { runner, log, start, wait } = setUp([{ durationMs: 10_000 }, { durationMs: 5000 }, { durationMs: 5000 }])
  start()
  await wait(4)
  runner.pause()
  await wait(100)
  expect([runner.state(), runner.remainingMs()]).toEqual(['paused', 6000])
  runner.resume()
  await wait(1)
  runner.advance()
  await wait(1)
  runner.stop()
  await wait(100)
  expect(log).toEqual(['0 step 1', '4 paused', '104 again 1, 6 left', '105 step 2'])
})

it('waits for a guaranteed soak, and behind a step that says so', async () => {
  let ready = false
  const { runner, log, start, wait } = setUp([
    { durationMs: 10_000, isReady: () => ready, pausesAtEnd: true },
    { durationMs: 5000 },
  ])
  start()
  await wait(25)
  expect([runner.isWaiting(), runner.remainingMs()]).toEqual([true, 10_000])
  ready = true
  await wait(4)
  expect(runner.isWaiting()).toBe(true)
  await wait(61)
  expect(log).toEqual(['0 step 1', '40 step 2', '40 paused'])
  expect(runner.state()).toBe('paused')
  runner.resume()
  await wait(6)
  expect(log.slice(3)).toEqual(['90 again 2, 5 left', '95 ended'])
})

it('jumps back as it is told, and gives up a loop of nothing', async () => {
  let jumps = 2
  const { log, start, wait } = setUp([{ durationMs: 1000 }], () => (jumps-- > 0 ? 1 : null))
  start()
  await wait(10)
  expect(log).toEqual(['0 step 1', '1 step 1', '2 step 1', '3 ended'])
  const endless = setUp([{ durationMs: 0 }], () => 1)
  endless.start()
  await endless.wait(1)
  expect(endless.log.at(-1)).toBe('0 ended')
})
