import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../../base/virtualClock.ts'
import { StationError } from '../../contract/errors.ts'
import type { DriverModule, Identity, Instrument, Profile } from '../../contract/instrument.ts'
import { reconnectWaitMs } from './connection.ts'
import type { InstrumentGap } from './connections.ts'
import { createInstrumentManager } from './manager.ts'

const profile: Profile = {
  id: 'any-supply',
  title: 'Any supply',
  manual: 'none',
  roles: ['PowerSupply'],
  link: 'registers',
  exampleLink: '',
  energises: true,
  models: [],
  channels: [],
  settings: [],
  limits: {},
  deviations: [],
  checks: ['Look at the fuse.'],
  facts: {},
}

/** One instrument whose cable, unit and voice the test has in its hands. */
const setUp = (more: { keepConnected?: boolean } = {}) => {
  const clock = createVirtualClock(0, () => new Promise((resolve) => setImmediate(resolve)))
  const device = { serial: '1', isPlugged: true, isMute: false, isOn: false, opens: 0, reads: 0, stops: 0 }
  const listeners = new Set<(reason: string) => void>()
  const gaps: InstrumentGap[] = []
  const commands: string[] = []
  const readings: number[] = []
  const states: string[] = []
  const silent = () => new StationError('device.timeout', { instrument: 'supply', request: '?', timeoutMs: 500 })
  const answer = async <T>(value: T): Promise<T> => {
    if (!device.isPlugged) throw new StationError('device.closed', { link: 'x' })
    await clock.sleep(device.isMute ? 500 : 5)
    if (!device.isPlugged) throw new StationError('device.closed', { link: 'x' })
    if (device.isMute) throw silent()
    return value
  }
  const identity = (): Identity => ({ maker: 'Any', model: 'Supply', serialNumber: device.serial, firmware: null })
  const driver: DriverModule = {
    profile,
    link: 'registers',
    createInstrument: (): Instrument => ({
      identify: () => answer(0).then(identity),
      read: async () => {
        device.reads++
        return [{ channel: 'voltage', value: await answer(device.isOn ? 20 : 0), unit: 'V' }]
      },
      set: async (name, value) => {
        const actual = await answer(value)
        device.isOn = value === true
        return { name, asked: value, actual }
      },
      safeStop: async (onSent) => {
        device.stops++
        if (device.isPlugged) device.isOn = false
        onSent?.()
        const safe = await answer(true).catch(() => false)
        return { safe, evidence: [], detail: safe ? null : 'no answer' }
      },
    }),
  }
  const opener = {
    openLine: () => Promise.reject(new Error('not used')),
    openFrames: () => Promise.reject(new Error('not used')),
    openRegisters: async () => {
      await clock.sleep(10)
      if (!device.isPlugged) throw new StationError('device.linkFailed', { link: 'x', detail: 'no such port' })
      device.opens++
      let off = (): void => undefined
      return {
        link: {} as never,
        wireName: 'serial:x',
        onClose: (listener: (reason: string) => void) => {
          listeners.add(listener)
          off = () => void listeners.delete(listener)
          return off
        },
        close: async () => off(),
      }
    },
  }
  const errors: unknown[] = []
  const manager = createInstrumentManager({
    clock,
    opener,
    drivers: new Map([[profile.id, driver]]),
    changed: (all) => {
      const now = all.map((each) => each.health).join()
      if (states.at(-1) !== now) states.push(now)
    },
    onGap: (gap) => gaps.push(gap),
    onCommand: ({ call, who, failed }) => commands.push(`${who}: ${call}${failed ? ' failed' : ''}`),
    onReading: ({ readings: [first] }) => readings.push(first?.value ?? NaN),
    auditLevel: () => 'commands',
    onError: (error) => errors.push(error),
  })
  manager.put({
    id: 'supply',
    name: 'Supply',
    driver: profile.id,
    link: 'x:',
    deviations: [],
    calibration: null,
    ...more,
  })
  const unplug = (): void => {
    device.isPlugged = false
    for (const listener of [...listeners]) listener('the device is gone')
  }
  const plug = (serial = device.serial): void => void Object.assign(device, { isPlugged: true, serial })
  const pass = (ms: number): Promise<void> => clock.run(clock.sleep(ms))
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    clock.run(
      work.then(
        () => 'none',
        (error: unknown) => (error instanceof StationError ? error.code : String(error)),
      ),
    )
  return {
    clock,
    device,
    manager,
    gaps,
    commands,
    readings,
    states,
    errors,
    listeners,
    unplug,
    plug,
    pass,
    codeOf,
    run: <T>(work: Promise<T>) => clock.run(work),
  }
}

describe('an instrument that is kept connected', () => {
  it('is opened at the start, read at its pace, and never announced for each sample', async () => {
    const { manager, device, readings, states, pass } = setUp()
    manager.start()
    await pass(20_500)
    expect(device.opens).toBe(1)
    expect(readings.length).toBeGreaterThanOrEqual(10)
    expect(readings.length).toBeLessThanOrEqual(11)
    expect(states).toEqual(['unknown', 'connected'])
    expect(manager.state('supply')).toMatchObject({ health: 'connected', readings: [{ value: 0 }] })
    await manager.close()
  })

  it('is left alone where it shall not be kept', async () => {
    const { manager, device, pass } = setUp({ keepConnected: false })
    manager.start()
    await pass(10_000)
    expect(device.opens).toBe(0)
  })

  it('is lost at once when its cable is pulled, and found again by itself, with one gap told', async () => {
    const { manager, gaps, device, unplug, plug, pass, errors, listeners } = setUp()
    manager.start()
    await pass(5000)
    unplug()
    expect(manager.state('supply')).toMatchObject({
      health: 'lost',
      problem: { code: 'device.closed', check: expect.stringContaining('Look at the fuse.') as unknown },
    })
    await pass(60_000)
    expect(manager.state('supply').reconnect?.attempt).toBeGreaterThan(5)
    plug()
    await pass(40_000)
    expect(manager.state('supply')).toMatchObject({ health: 'connected', problem: null, reconnect: null })
    expect(gaps.map((each) => each.state)).toEqual(['lost', 'back'])
    expect(gaps[1]).toMatchObject({ id: 'supply', owner: null, toUtcMs: expect.any(Number) as unknown })
    expect(device.opens).toBe(2)
    expect(listeners.size).toBe(1)
    expect(errors).toEqual([])
  })

  it('that falls silent on an open link is stale, then lost and opened anew', async () => {
    const { manager, device, states, pass } = setUp()
    manager.start()
    await pass(5000)
    device.isMute = true
    await pass(30_000)
    expect(states).toEqual(['unknown', 'connected', 'stale', 'lost'])
    device.isMute = false
    await pass(40_000)
    expect(manager.state('supply').health).toBe('connected')
    expect(device.opens).toBeGreaterThan(1)
  })

  it('is tried again after ever longer waits, up to half a minute, each a little different', () => {
    const middle = [1, 2, 3, 8, 50].map((attempt) => reconnectWaitMs(attempt, () => 0.5))
    expect(middle).toEqual([250, 500, 1000, 30_000, 30_000])
    expect(reconnectWaitMs(50, () => 0)).toBeCloseTo(24_000)
    expect(reconnectWaitMs(50, () => 0.999)).toBeCloseTo(36_000, -2)
  })

  it('leaks nothing over a hundred cables pulled and put back', async () => {
    const { manager, unplug, plug, pass, listeners, errors } = setUp()
    manager.start()
    for (let i = 0; i < 100; i++) {
      await pass(3000)
      unplug()
      await pass(2000)
      plug()
      await pass(3000)
      expect(manager.state('supply').health, `cycle ${i}`).toBe('connected')
    }
    expect(listeners.size).toBe(1)
    expect(manager.stats('supply')).toMatchObject({ opens: 101, losses: 100, wireName: 'serial:x' })
    await manager.close()
    expect(listeners.size).toBe(0)
    expect(errors).toEqual([])
  })
})

describe('a run whose instrument is lost', () => {
  const started = async () => {
    const bench = setUp()
    const [opened] = await bench.run(bench.manager.acquire(['supply'], 'run-1'))
    return { ...bench, instrument: opened!.instrument }
  }

  it('has the same object again when it is back, and fails with device.lost meanwhile', async () => {
    const { instrument, unplug, plug, pass, codeOf, gaps, run } = await started()
    await run(instrument.set!('output', true))
    unplug()
    expect(await codeOf(instrument.read())).toBe('device.lost')
    await pass(10_000)
    expect(await codeOf(instrument.read())).toBe('device.lost')
    plug()
    await pass(30_000)
    expect(await codeOf(instrument.read())).toBe('none')
    expect(gaps.map(({ owner, state }) => `${owner} ${state}`)).toEqual(['run-1 lost', 'run-1 back'])
  })

  it('never gets another unit in its place', async () => {
    const { instrument, manager, unplug, plug, pass, codeOf, run } = await started()
    unplug()
    plug('2')
    await pass(60_000)
    expect(await codeOf(instrument.read())).toBe('device.lost')
    expect(manager.state('supply')).toMatchObject({ health: 'lost', problem: { code: 'device.otherUnit' } })
    expect(manager.state('supply').problem?.happened).toMatch(/serial number 1.*serial number 2/)
    expect(await run(instrument.safeStop())).toMatchObject({ safe: false })
    plug('1')
    await pass(40_000)
    expect(await codeOf(instrument.read())).toBe('none')
    await run(manager.release('run-1'))
    plug('2')
    expect(await codeOf(manager.identify('supply'))).toBe('none')
  })

  it('is stopped at once, without waiting for the next try, when the cable is back', async () => {
    const { instrument, clock, device, unplug, plug, pass, run } = await started()
    await run(instrument.set!('output', true))
    unplug()
    await pass(200_000)
    expect(await run(instrument.safeStop())).toMatchObject({
      safe: false,
      detail: expect.stringContaining('no such port') as unknown,
    })
    plug()
    const startMs = clock.monotonicMs()
    expect(await run(instrument.safeStop())).toMatchObject({ safe: true })
    expect(clock.monotonicMs() - startMs).toBeLessThan(100)
    expect(device.isOn).toBe(false)
  })

  it('is told to switch off though it doesn’t answer, which is no proof', async () => {
    const { instrument, device, pass, run } = await started()
    await run(instrument.set!('output', true))
    device.isMute = true
    for (let i = 0; i < 4; i++) await run(instrument.read().catch(() => undefined))
    await pass(1000)
    const sent: string[] = []
    expect(await run(instrument.safeStop(() => sent.push('sent')))).toMatchObject({ safe: false })
    expect(sent).toEqual(['sent'])
    expect(device.isOn).toBe(false)
  })

  it('isn’t polled behind its back', async () => {
    const { manager, device, pass, run } = setUp()
    manager.start()
    await pass(5000)
    await run(manager.acquire(['supply'], 'run-1'))
    const { reads } = device
    await pass(30_000)
    expect(device.reads).toBe(reads)
    expect(manager.state('supply').health).toBe('connected')
    await run(manager.release('run-1'))
    await pass(30_000)
    expect(device.reads).toBeGreaterThan(reads + 10)
  })

  it('has every command and its answer told in its name', async () => {
    const { instrument, commands, run } = await started()
    await run(instrument.read())
    await run(instrument.set!('output', true))
    await run(instrument.safeStop())
    expect(commands).toEqual(['run-1: set', 'run-1: safeStop'])
  })
})

describe('an instrument in hand', () => {
  it('is nobody else’s, and is told every command', async () => {
    const { manager, commands, codeOf, run, device } = setUp()
    expect(await codeOf(manager.set({ id: 'supply', name: 'output', value: true, who: 'Ann' }))).toBe(
      'usage.invalidInput',
    )
    await run(manager.lock('supply', { who: 'Ann' }))
    expect(await codeOf(manager.lock('supply', { who: 'Bob' }))).toBe('device.locked')
    expect(await codeOf(manager.acquire(['supply'], 'run-1'))).toBe('device.locked')
    expect(await codeOf(manager.set({ id: 'supply', name: 'output', value: true, who: 'Bob' }))).toBe('device.locked')
    expect(await run(manager.set({ id: 'supply', name: 'output', value: true, who: 'Ann' }))).toMatchObject({
      actual: true,
    })
    expect(await codeOf(manager.unlock('supply', 'Bob'))).toBe('device.locked')
    expect(await run(manager.unlock('supply', 'Ann'))).toMatchObject({ safe: true })
    expect(device.isOn).toBe(false)
    expect(commands).toEqual(['Ann: lock', 'Ann: set', 'Ann: safeStop', 'Ann: unlock'])
    expect(manager.state('supply').lockedBy).toBeNull()
  })

  it('may be left on, if somebody says so', async () => {
    const { manager, run, device } = setUp()
    await run(manager.lock('supply', { who: 'Ann' }))
    await run(manager.set({ id: 'supply', name: 'output', value: true, who: 'Ann' }))
    expect(await run(manager.unlock('supply', 'Ann', { leaveOn: true }))).toBeNull()
    expect(device.isOn).toBe(true)
  })

  it('can be stopped by anybody, also while a run has it', async () => {
    const { manager, run, device } = setUp()
    const [opened] = await run(manager.acquire(['supply'], 'run-1'))
    await run(opened!.instrument.set!('output', true))
    expect(await run(manager.safeStop('supply', 'Bob'))).toMatchObject({ safe: true })
    expect(device.isOn).toBe(false)
  })

  it('is switched off when the station ends', async () => {
    const { manager, run, device } = setUp()
    await run(manager.lock('supply', { who: 'Ann' }))
    await run(manager.set({ id: 'supply', name: 'output', value: true, who: 'Ann' }))
    await run(manager.close())
    expect(device.isOn).toBe(false)
  })
})
