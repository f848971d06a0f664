import { describe, expect, it } from 'vitest'
import type { PreflightLine } from '../../src/contract/run.ts'
import { discoverParts } from '../../src/engine/discover.ts'
import { plannedDurationS } from '../../src/engine/plannedDuration.ts'
import { checkInterlock } from '../../src/engine/preflightPlan.ts'
import { openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'

const parts = await discoverParts()
const lab = await openVirtualStation({ modules: ['M-1', 'M-2'] })

const defaultsOf = (id: string) =>
  Object.fromEntries(lab.station.protocols.get(id).parameters.map((each) => [each.name, each.default]))

const hours = (id: string, more: object = {}): number =>
  plannedDurationS({ template: lab.station.protocols.get(id), parameters: { ...defaultsOf(id), ...more }, lanes: 1 }) /
  3600

describe('the planned duration, by hand', () => {
  it.each([
    // 1000 h, two ramps of 60 K at 60 K/h, 2 h of recovery.
    ['PVTP-017', {}, 1000 + 2 + 2],
    // Per cycle 2 × 125 K at 88 K/h and two dwells of 10.5 min; the first one begins at 25 °C, the last one ends at 85 °C.
    ['PVTP-015', { cycles: 200 }, 200 * (250 / 88 + 21 / 60) - 60 / 88 + 60 / 88 + 2],
    // 96 h, ramps of 60 K up and down, half an hour to settle, 2 h.
    ['PVTP-030', {}, 96 + 2 + 0.5 + 2],
  ])('%s', (id, more, expected) => {
    expect(parts.protocols.some(({ file }) => file === `${id}.json`)).toBe(true)
    // Questions and sweeps come on top: some minutes.
    expect(hours(id, more)).toBeGreaterThan(expected - 0.01)
    expect(hours(id, more)).toBeLessThan(expected + 0.5)
  })
})

const preflight = (
  station: VirtualStation,
  protocolId: string,
  more: { parameters?: object; modules?: string[]; roles?: object } = {},
) => {
  const template = station.station.protocols.get(protocolId)
  const states = station.station.instruments.states()
  const roles = Object.fromEntries(
    template.roles.map((need) => [
      need.name,
      states
        .filter((state) => state.roles.includes(need.role))
        .map((state) => state.config.id)
        .slice(0, need.maximum),
    ]),
  )
  const offered = station.station.info().simulatedModule?.parameters ?? {}
  const known = template.parameters.map((each) => each.name)
  return station.run(
    station.station.preflight({
      protocolId,
      module: { id: 'M-1', maker: '', model: '' },
      operator: 'Test operator',
      lanes: (more.modules ?? ['M-1']).map((id) => ({ module: { id, maker: '', model: '' }, parameters: {} })),
      parameters: {
        ...Object.fromEntries(Object.entries(offered).filter(([name]) => known.includes(name))),
        ...more.parameters,
      },
      roles: { ...roles, ...more.roles },
    }),
  )
}
const find = (lines: readonly PreflightLine[], id: string): PreflightLine | undefined =>
  lines.find((each) => each.id === id)

describe('the pre-flight page', () => {
  it('says how long it takes and for how many modules', async () => {
    const lines = await preflight(lab, 'PVTP-017', { modules: ['M-1', 'M-2'] })
    expect(lines.filter(({ state }) => state === 'problem')).toEqual([])
    expect(find(lines, 'duration')?.detail).toContain('41.8 days')
    expect(find(lines, 'lanes')?.detail).toBe('2 in the run')
  })

  it('refuses a set-point that the assigned chamber can’t take', async () => {
    const lines = await preflight(lab, 'PVTP-030', { parameters: { systemVoltageV: 2000, biasCurrentLimitA: 0.009 } })
    expect(find(lines, 'limit.sim-hv.currentLimitA')).toMatchObject({ state: 'problem' })
    expect(find(lines, 'limit.sim-hv.currentLimitA')?.detail).toContain('0.009 A; it takes')
  })

  it('refuses more modules than there are leakage channels, and one given twice', async () => {
    const many = await preflight(lab, 'PVTP-030', { modules: ['1', '2', '3', '4', '5'] })
    expect(find(many, 'lanes.leakage')?.detail).toBe('there are 4 for 5 modules; nothing serves E')
    const twice = await preflight(lab, 'PVTP-030', { modules: ['1', '1'] })
    expect(find(twice, 'lanes')?.detail).toContain('1 is given twice')
  })

  it('warns of high voltage for which no interlock is read', async () => {
    expect(find(await preflight(lab, 'PVTP-030'), 'interlock')).toBeUndefined()
    const textOf = (id: string) => parts.protocols.find(({ file }) => file === `${id}.json`)!.text
    const without = (key: string, value: unknown) => (key === 'interlock' ? undefined : value)
    const templates = [JSON.parse(textOf('PVTP-030'), without), JSON.parse(textOf('PVTP-001'))] as object[]
    const unread = await openVirtualStation({ templates })
    expect(find(await preflight(unread, 'PVTP-030'), 'interlock')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('no interlock is read') as unknown,
    })
    const of = (systemVoltageV: number) =>
      checkInterlock(unread.station.protocols.get('PVTP-030'), { ...defaultsOf('PVTP-030'), systemVoltageV })
    expect([of(60), of(61)]).toMatchObject([[], [{ state: 'warning' }]])
  })

  it('takes single channels of an instrument', async () => {
    const one = { roles: { leakage: ['sim-hv#leakage.2'] } }
    expect((await preflight(lab, 'PVTP-030', one)).filter(({ state }) => state === 'problem')).toEqual([])
  })
})
