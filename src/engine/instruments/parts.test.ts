import { describe, expect, it } from 'vitest'
import { StationError } from '../../contract/errors.ts'
import type { DriverModule, Instrument, Profile, SafeStateProof } from '../../contract/instrument.ts'
import type { InstrumentConfig } from '../../contract/run.ts'
import { effectiveProfile } from './effectiveProfile.ts'
import { createInstrumentManager } from './manager.ts'
import { createVirtualClock } from '../../base/virtualClock.ts'

const safe: SafeStateProof = { safe: true, evidence: [{ command: 'off', readBack: '0' }], detail: null }

const profileOf = (id: string, link: Profile['link'], roles: Profile['roles']): Profile => ({
  id,
  title: id,
  manual: 'none',
  roles,
  link,
  exampleLink: '',
  energises: true,
  models: [],
  channels: [],
  settings: [],
  limits: {},
  deviations: [],
  checks: [],
  facts: {},
})

/** A station of two supplies, one of them simulated, and a whole that forgets the second when it stops. */
const setUp = (more: { proof?: SafeStateProof; fails?: string } = {}) => {
  const stopped: string[] = []
  const closed: string[] = []
  const supply: DriverModule = {
    profile: profileOf('any-supply', 'registers', ['PowerSupply']),
    link: 'registers',
    createInstrument: (_link, { name }): Instrument => ({
      identify: async () => {
        if (name === more.fails) throw new StationError('device.timeout', { instrument: name })
        return { maker: 'Any', model: 'Supply', serialNumber: name === 'second' ? 'SIM2' : '1', firmware: null }
      },
      read: async () => [],
      safeStop: async () => {
        stopped.push(name)
        return name === 'second' ? (more.proof ?? safe) : safe
      },
    }),
  }
  const whole: DriverModule = {
    profile: profileOf('any-whole', 'parts', ['PowerSupply']),
    profileOf: (definition, parts) => ({
      ...profileOf('any-whole', 'parts', ['PowerSupply']),
      title: `whole of ${parts['supplies']?.length} (${String(definition)})`,
    }),
    link: 'parts',
    parts: [{ name: 'supplies', title: 'Supplies', role: 'PowerSupply', minimum: 2, maximum: 2 }],
    createInstrument: ({ supplies = [] }): Instrument => ({
      identify: async () => ({ maker: 'PVTP', model: 'whole', serialNumber: null, firmware: null }),
      read: async () => [],
      safeStop: async (onSent) => (await supplies[0]?.instrument.safeStop(onSent)) ?? safe,
    }),
  }
  const link = { link: {} as never }
  const pulled = new Set<string>()
  const ends = new Map<string, (reason: string) => void>()
  /** Pulls the cable of one part: its link ends, and can't be opened again. */
  const pull = (name: string): void => {
    pulled.add(name)
    ends.get(name)?.('unplugged')
  }
  const manager = createInstrumentManager({
    clock: createVirtualClock(0, async () => undefined),
    opener: {
      openLine: () => Promise.reject(new Error('not used')),
      openFrames: () => Promise.reject(new Error('not used')),
      openRegisters: async (url, name = '') => {
        if (pulled.has(name)) throw new StationError('device.linkFailed', { link: url, detail: `${name} is unplugged` })
        const onClose = (listener: (reason: string) => void) => {
          ends.set(name, listener)
          return () => undefined
        }
        return { ...link, onClose, close: async () => void closed.push(name) }
      },
    },
    drivers: new Map([supply, whole].map((each) => [each.profile.id, each])),
    changed: () => undefined,
    onError: (error) => {
      throw error
    },
  })
  const put = (id: string, driver: string, parts?: Record<string, string[]>): void =>
    manager.put({
      id,
      name: id,
      driver,
      link: 'modbus-tcp://h:1',
      deviations: [],
      calibration: null,
      definition: 7,
      parts,
    })
  put('first', 'any-supply')
  put('second', 'any-supply')
  put('whole', 'any-whole', { supplies: ['first', 'second'] })
  return {
    manager,
    put,
    pull,
    stopped,
    closed,
    drivers: new Map([supply, whole].map((each) => [each.profile.id, each])),
  }
}

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof StationError ? error.code : String(error)),
  )

describe('an instrument made of parts', () => {
  it('opens and locks its parts, is as simulated as the worst of them, and closes them', async () => {
    const { manager, closed } = setUp()
    const [opened] = await manager.acquire(['whole'], 'a run')
    expect(opened?.provenance).toBe('simulated')
    expect(opened?.profile.title).toBe('whole of 2 (7)')
    expect(manager.state('whole').driverTitle).toBe('whole of 2 (7)')
    expect(manager.states().map((each) => each.lockedBy)).toEqual(['a run', 'a run', 'a run'])
    expect(await codeOf(manager.read('first'))).toBe('device.locked')
    await manager.release('a run')
    expect(closed.sort()).toEqual(['first', 'second'])
    expect(manager.states().map((each) => each.lockedBy)).toEqual([null, null, null])
  })

  it('stops also the part that its driver left out, and says so', async () => {
    const { manager, stopped } = setUp()
    const [opened] = await manager.acquire(['whole'], 'a run')
    const proof = await opened?.instrument.safeStop()
    expect(stopped).toEqual(['first', 'second'])
    expect(proof).toMatchObject({ safe: true, evidence: [{ command: 'off' }, { command: 'second: off' }] })
  })

  it('is not safe where a part is not', async () => {
    const { manager } = setUp({ proof: { safe: false, evidence: [], detail: 'still 40 V' } })
    const [opened] = await manager.acquire(['whole'], 'a run')
    expect(await opened?.instrument.safeStop()).toMatchObject({ safe: false, detail: 'second: still 40 V' })
  })

  it.each([
    { part: 'second', reached: ['first'] },
    { part: 'first', reached: ['second'] },
  ])('stops the others also when the cable of $part is pulled, and is not safe', async ({ part, reached }) => {
    const { manager, pull, stopped } = setUp()
    const [opened] = await manager.acquire(['whole'], 'a run')
    pull(part)
    let told = 0
    const proof = await opened?.instrument.safeStop(() => told++)
    expect(stopped).toEqual(reached)
    expect(proof?.safe).toBe(false)
    expect(proof?.detail).toContain(`${part} is unplugged`)
  })

  it('is not opened where a part is not there, and leaves nothing open or locked', async () => {
    const { manager, closed } = setUp({ fails: 'second' })
    expect(await codeOf(manager.acquire(['whole'], 'a run'))).toBe('device.timeout')
    expect(closed.sort()).toEqual(['first', 'second'])
    expect(manager.states().map((each) => each.lockedBy)).toEqual([null, null, null])
  })

  it('is never in two hands', async () => {
    const { manager } = setUp()
    expect(await codeOf(manager.acquire(['whole', 'second'], 'a run'))).toBe('usage.invalidInput')
    expect(() => manager.remove('first')).toThrow('a part of whole')
  })

  it.each([
    [{ supplies: ['first'] }, 'parts.supplies: 1 given, 2 to 2'],
    [{ supplies: ['first', 'first'] }, 'parts.supplies: an instrument is named twice'],
    [{ supplies: ['first', 'second'], door: ['first'] }, 'parts.door'],
    [{ supplies: ['first', 'whole'] }, 'itself made of parts'],
    [{ supplies: ['first', 'third'] }, 'third'],
  ])('refuses parts that do not fit: %j', (parts, message) => {
    const { manager, drivers } = setUp()
    const config: InstrumentConfig = { ...manager.config('whole'), id: 'other', parts }
    expect(() => effectiveProfile(config, { drivers, configOf: manager.config })).toThrow(message)
  })
})
