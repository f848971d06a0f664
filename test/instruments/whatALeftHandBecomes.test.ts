import { expect, it } from 'vitest'
import type { DriverModule } from '../../src/contract/instrument.ts'
import { loadDriver } from '../../src/engine/discover.ts'
import type { AuditRow } from '../../src/engine/storage/audit.ts'
import { createLinkOpener } from '../../src/engine/transport/openLink.ts'
import { openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'
import { failureOf } from '../transport/support.ts'

const driver = (await loadDriver('iseg-shr')) as Extract<DriverModule, { link: 'line' }>
const { lineSettings } = driver
const hv = 'sim-hv'
const ann = { who: 'Ann', window: 'window-of-Ann' }
const bob = { who: 'Bob', window: 'window-of-Bob' }
const instrumentsOf = ({ station }: VirtualStation) => station.instruments
const handOf = (lab: VirtualStation, id = hv) => instrumentsOf(lab).state(id).hand

/** By another connection, which stays: bit 3 of the channel's status. */
async function isOn({ clock, lab }: VirtualStation): Promise<boolean> {
  const opener = createLinkOpener({ clock, attachSimulated: lab.attach })
  const { link } = await opener.openLine('sim:hv', lineSettings)
  const status = await link.query(':READ:CHAN:STAT? (@0)')
  return (Number(/\d+$/.exec(status.trim())?.[0]) & 8) !== 0
}
const told = (lab: VirtualStation): string[] =>
  lab.events.flatMap((event) => (event.type === 'log' && event.event.kind === 'hand' ? [event.event.text] : []))

async function actions(lab: VirtualStation, id = hv): Promise<string[]> {
  await new Promise((turn) => setImmediate(turn))
  const rows: AuditRow[] = await lab.station.reader.auditRows(id)
  return rows.map(({ actor, action }) => `${actor} ${action}`)
}

/** High voltage on by hand; gives what makes the window go. */
async function switchOn(lab: VirtualStation, by = ann): Promise<() => void> {
  const leave = lab.station.windows.enter(by.window)
  await instrumentsOf(lab).lock(hv, by)
  await instrumentsOf(lab).set({ id: hv, name: 'voltageV', value: 200, who: by.who })
  await instrumentsOf(lab).set({ id: hv, name: 'output', value: true, who: by.who })
  await lab.clock.sleep(120_000)
  return leave
}

it('what is on stays on when its window goes, and everybody is told until somebody takes it over', async () => {
  const lab = await openVirtualStation()
  const instruments = instrumentsOf(lab)
  const work = async () => {
    const leave = await switchOn(lab)
    expect(handOf(lab)).toEqual({ who: 'Ann', leftUtcMs: null, mayBeOn: true })
    expect(await failureOf(instruments.takeOver(hv, bob))).toMatchObject({ code: 'device.locked' })
    leave()
    await lab.clock.sleep(5000)
    expect(handOf(lab)?.leftUtcMs).toBeNull()
    await lab.clock.sleep(7000)
    expect(handOf(lab)?.leftUtcMs).toBeGreaterThan(0)
    await lab.clock.sleep(3_600_000)
    expect(await isOn(lab)).toBe(true)
    expect(told(lab)).toHaveLength(1)
    expect(await failureOf(instruments.lock(hv, bob))).toMatchObject({ code: 'device.locked' })
    const leaveBob = lab.station.windows.enter(bob.window)
    await instruments.takeOver(hv, bob)
    expect(handOf(lab)).toEqual({ who: 'Bob', leftUtcMs: null, mayBeOn: true })
    await lab.clock.sleep(60_000)
    expect(await instruments.unlock(hv, 'Bob')).toMatchObject({ safe: true })
    leaveBob()
    expect(handOf(lab)).toBeNull()
    expect(await isOn(lab)).toBe(false)
  }
  await lab.run(work())
  expect(await actions(lab)).toEqual(expect.arrayContaining(['Bob instrument.takeOver', 'Bob instrument.safeStop']))
  expect(lab.errors).toEqual([])
})

it('a window that comes back in time, or later, has what it had', async () => {
  const lab = await openVirtualStation()
  const work = async () => {
    const leave = await switchOn(lab)
    leave()
    await lab.clock.sleep(6000)
    const again = lab.station.windows.enter(ann.window)
    await lab.clock.sleep(60_000)
    expect(told(lab)).toEqual([])
    again()
    await lab.clock.sleep(60_000)
    lab.station.windows.enter(ann.window)
    await lab.clock.sleep(2000)
    expect(handOf(lab)).toMatchObject({ who: 'Ann', leftUtcMs: null })
  }
  await lab.run(work())
  expect(told(lab)).toEqual([
    expect.stringContaining('may still be on'),
    expect.stringContaining('in the hand of Ann again'),
  ])
})

it('what has nothing on is given back, also by a script that has no window and says nothing', async () => {
  const lab = await openVirtualStation()
  const instruments = instrumentsOf(lab)
  const work = async () => {
    await instruments.lock(hv, { who: 'Ann' })
    for (let i = 0; i < 5; i++) {
      await lab.clock.sleep(6000)
      // Refused before a byte is sent: nothing is on by it.
      expect(await failureOf(instruments.set({ id: hv, name: 'voltageV', value: 1e6, who: 'Ann' }))).toMatchObject({
        code: 'device.limit',
      })
    }
    expect(instruments.state(hv).lockedBy).toBe('manual: Ann')
    await lab.clock.sleep(12_000)
    expect(instruments.state(hv)).toMatchObject({ lockedBy: null, hand: null })
  }
  await lab.run(work())
  expect(told(lab)).toEqual([expect.stringContaining('nothing is on')])
  expect(await actions(lab)).toContain('station instrument.unlock')
})

it('what is left on by decision is told, can’t be forgotten, and is a run’s once that has it', async () => {
  const lab = await openVirtualStation()
  const instruments = instrumentsOf(lab)
  const work = async () => {
    const leave = await switchOn(lab)
    expect(await instruments.unlock(hv, 'Ann', { leaveOn: true })).toBeNull()
    leave()
    await lab.clock.sleep(60_000)
    expect(instruments.state(hv)).toMatchObject({ lockedBy: null, hand: { who: 'Ann', mayBeOn: true } })
    expect(() => instruments.remove(hv)).toThrow('left it on')
    await instruments.takeOver(hv, bob)
    expect(instruments.state(hv)).toMatchObject({ lockedBy: 'manual: Bob', hand: { who: 'Bob', leftUtcMs: null } })
    await instruments.unlock(hv, 'Bob', { leaveOn: true })
    await instruments.handOver([hv])
    expect(handOf(lab)).toBeNull()
    expect(await isOn(lab)).toBe(true)
  }
  await lab.run(work())
})

it('a stop by anybody that is not proved leaves the warning', async () => {
  const lab = await openVirtualStation()
  const instruments = instrumentsOf(lab)
  const work = async () => {
    const leave = await switchOn(lab)
    leave()
    lab.setFault('iseg-shr', 'stuck-output')
    expect(await instruments.safeStop(hv, 'Bob')).toMatchObject({ safe: false })
    await lab.clock.sleep(60_000)
    expect(handOf(lab)).toMatchObject({ mayBeOn: true })
    lab.setFault('iseg-shr', '')
    expect(await instruments.safeStop(hv, 'Bob')).toMatchObject({ safe: true })
    await lab.clock.sleep(2000)
    expect(instruments.state(hv)).toMatchObject({ lockedBy: null, hand: null })
  }
  await lab.run(work())
})

it('what was on by hand is commanded off at the start after a power cut, and what was meant to stay on is not', async () => {
  const lab = await openVirtualStation()
  const work = async () => {
    await switchOn(lab)
    expect(await isOn(lab)).toBe(true)
    const second = await lab.killAndRestart(60_000)
    expect(await isOn(second)).toBe(false)
    expect(handOf(second)).toBeNull()
    const said = (await second.station.reader.stationEvents(100)).map(({ text }) => text)
    expect(said.filter((text) => text.includes('safe state confirmed, at the start'))).toHaveLength(1)
    await switchOn(second)
    await instrumentsOf(second).unlock(hv, 'Ann', { leaveOn: true })
    await second.station.shutDown()
    const third = await second.killAndRestart(60_000)
    expect(await isOn(third)).toBe(true)
    expect(handOf(third)).toMatchObject({ who: 'Ann', mayBeOn: true })
  }
  await lab.run(work())
})
