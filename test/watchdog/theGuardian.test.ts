import { expect, it } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../src/base/virtualClock.ts'
import { discoverParts, loadDriver } from '../../src/engine/discover.ts'
import { createSimulatedLab } from '../../src/engine/simulatedLab.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { createGuardian } from '../../src/engine/watchdog/guardian.ts'
import type { FromWatchdog, LogLine } from '../../src/engine/watchdog/messages.ts'

const beat = (isDebugged = false) => ({ kind: 'beat' as const, isDebugged })

/** A guardian in virtual time with the simulated lab's source meter, which the test switches on. */
async function createScene(flush: (clock: VirtualClock) => Promise<void> = async () => undefined) {
  const clock = createVirtualClock(Date.UTC(2026, 5, 1), () => new Promise<void>((turn) => setImmediate(turn)))
  const { simulators, drivers } = await discoverParts()
  const lab = createSimulatedLab({ clock, seed: 1, simulators })
  const opener = createLinkOpener({ clock, attachSimulated: lab.attach })
  const [told, lines, kills]: [FromWatchdog[], LogLine[], number[]] = [[], [], []]
  // The PC's own time: what the guardian's clock says is moved by it when the PC sleeps.
  const asleep = { ms: 0 }
  const guardian = createGuardian({
    clock: { ...clock, monotonicMs: () => clock.monotonicMs() + asleep.ms },
    ...{ opener, loadDriver, pid: 2, enginePid: 1, killEngine: () => kills.push(clock.monotonicMs()) },
    tell: (message) => told.push(message),
    log: async (line) => {
      lines.push(line)
      await flush(clock)
    },
  })
  const config = lab.instruments.find(({ id }) => id === 'sim-smu')!
  const driver = drivers.get(config.driver)
  if (driver?.link !== 'line') throw new Error('the source meter speaks lines of text')
  const { link } = await opener.openLine(config.link, driver.lineSettings)
  const ask = (query: string) => clock.run(link.query(query))
  const hold = async () => {
    guardian.hear({ kind: 'hold', runId: 'r', instruments: [{ config, parts: [] }] })
    while (told.length === 0) await new Promise((turn) => setImmediate(turn))
    await clock.run(link.write(':OUTP 1'))
  }
  /** Signs of life for so long. */
  const live = async (ms: number) => {
    for (let t = 0; t < ms; t += 500) {
      guardian.hear(beat())
      await clock.sleep(500)
    }
  }
  const isOn = async () => (await ask(':OUTP?')).trim() === '1'
  return { clock, guardian, told, lines, kills, asleep, hold, live, isOn }
}

it('ends a silent engine after 1.5 s, and switches off what it held, with the proof', async () => {
  const { clock, guardian, lines, kills, hold, live, isOn } = await createScene()
  await hold()
  await clock.run(live(5000))
  expect(await isOn()).toBe(true)
  const lastMs = clock.monotonicMs() - 500
  await clock.run(guardian.finished)
  expect(kills).toHaveLength(1)
  expect(kills[0]! - lastMs).toBeGreaterThan(1499)
  expect(kills[0]! - lastMs).toBeLessThan(1700)
  expect(await isOn()).toBe(false)
  expect(lines.map(({ kind }) => kind)).toEqual(['acts', 'proof', 'done'])
  expect(lines[0]).toMatchObject({ reason: 'hung', enginePid: 1, runIds: ['r'] })
  expect(lines[1]).toMatchObject({ safe: true, attempts: 1, instrument: 'I-V tracer' })
})

it('doesn’t wait for a slow disk', async () => {
  const { clock, guardian, lines, hold, isOn } = await createScene((time) => time.sleep(60_000))
  await hold()
  const diedMs = clock.monotonicMs()
  guardian.engineIsGone()
  while (await isOn()) expect(clock.monotonicMs() - diedMs).toBeLessThan(1000)
  await clock.run(guardian.finished)
  expect(clock.monotonicMs() - diedMs).toBeGreaterThan(60_000)
  expect(lines.map(({ kind }) => kind)).toEqual(['acts', 'proof', 'done'])
})

it('takes a PC that slept, or that kept it waiting, for no silence of the engine', async () => {
  const { clock, guardian, asleep, kills, hold, live, isOn } = await createScene()
  await hold()
  for (let i = 0; i < 5; i++) {
    await clock.run(live(500))
    asleep.ms += 600_000
    // The engine comes to run a little later than the guardian.
    await clock.run(clock.sleep(700))
  }
  expect(kills).toEqual([])
  expect(await isOn()).toBe(true)
  guardian.hear({ kind: 'farewell' })
  await clock.run(guardian.finished)
})

it('lets an engine under a debugger stand still, but not die', async () => {
  const { clock, guardian, kills, lines, hold, isOn } = await createScene()
  await hold()
  guardian.hear(beat(true))
  await clock.run(clock.sleep(60_000))
  expect(kills).toEqual([])
  expect(await isOn()).toBe(true)
  guardian.engineIsGone()
  await clock.run(guardian.finished)
  expect(lines[0]).toMatchObject({ kind: 'acts', reason: 'died' })
  expect(kills).toEqual([])
  expect(await isOn()).toBe(false)
})

it.each(['a farewell', 'a release of all'])('does nothing after %s', async (what) => {
  const { clock, guardian, kills, lines, hold, isOn } = await createScene()
  await hold()
  guardian.hear(what === 'a farewell' ? { kind: 'farewell' } : { kind: 'release', runId: 'r' })
  await clock.run(clock.sleep(10_000))
  guardian.engineIsGone()
  await clock.run(guardian.finished)
  expect({ kills, lines }).toEqual({ kills: [], lines: [] })
  expect(await isOn()).toBe(true)
})

it('says which driver it can’t read', async () => {
  const { clock, guardian, told } = await createScene()
  const config = {
    id: 'x',
    name: 'X',
    driver: 'acme-none',
    link: 'tcp://127.0.0.1:1',
    deviations: [],
    calibration: null,
  }
  guardian.hear({ kind: 'hold', runId: 'r', instruments: [{ config, parts: [] }] })
  while (told.length === 0) await new Promise((turn) => setTimeout(turn, 5))
  expect(told[0]).toMatchObject({ kind: 'refused', runId: 'r' })
  guardian.hear({ kind: 'farewell' })
  await clock.run(guardian.finished)
})
