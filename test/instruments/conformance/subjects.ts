import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../../src/contract/errors.ts'
import type { DriverModule, SimulatorModule } from '../../../src/contract/instrument.ts'
import { readDriver } from '../../../src/engine/discover.ts'
import { openRig, type DriverRig, type RigOptions } from '../../support/driverRig.ts'

/** A driver together with its simulator: what the conformance suite holds to the contract. */
export interface Subject {
  id: string
  driver: DriverModule
  simulator: SimulatorModule
}

const folder = new URL('../../../drivers/', import.meta.url)
const load = (file: string): Promise<Record<string, unknown>> =>
  import(new URL(file, folder).href) as Promise<Record<string, unknown>>

/** @returns null for one that is made of other instruments: those are held to the contract themselves */
async function loadSubject(id: string): Promise<Subject | null> {
  const driver = readDriver(id, await load(`${id}/driver.ts`))
  if (driver.link === 'parts') return null
  const simulator = (await load(`${id}/simulator.ts`))['simulator'] as SimulatorModule | undefined
  if (!simulator) throw new Error(`drivers/${id}/simulator.ts exports no simulator`)
  return { id, driver, simulator }
}

/**
 * Every driver there is. One that doesn't load fails its own test and leaves the others alone. `PVTP_DRIVER=id,id` looks at
 * these only.
 */
export async function findSubjects(): Promise<{ subjects: Subject[]; broken: { id: string; problem: string }[] }> {
  const only = process.env['PVTP_DRIVER']?.split(',')
  const isThere = (id: string): boolean =>
    existsSync(fileURLToPath(new URL(`${id}/driver.ts`, folder))) && (only?.includes(id) ?? true)
  const subjects: Subject[] = []
  const broken: { id: string; problem: string }[] = []
  for (const id of readdirSync(folder).filter(isThere).sort()) {
    try {
      const subject = await loadSubject(id)
      if (subject) subjects.push(subject)
    } catch (error) {
      broken.push({ id, problem: messageOf(error) })
    }
  }
  return { subjects, broken }
}

/** The unit that the profile's example link names; 1 where it names none. */
const unitOf = (driver: DriverModule): number => Number(/[?&]unit=(\d+)/.exec(driver.profile.exampleLink)?.[1] ?? 1)

const rigs: DriverRig[] = []

/** @param simulator of another instrument, for what a driver makes of it; its own unless given */
export async function openSubject(subject: Subject, more: RigOptions & { on?: Subject } = {}): Promise<DriverRig> {
  const { driver } = subject
  const device = more.on ?? subject
  const unit = unitOf(driver)
  const address: Record<string, string> = device.driver.link === 'registers' ? { unit: String(unit) } : {}
  const options = { hardware: '9.99', ...address, ...more.options }
  const rig = await openRig(driver, device.simulator, { ...more, unit, options })
  rigs.push(rig)
  return rig
}

export async function closeSubjects(): Promise<void> {
  for (const rig of rigs.splice(0)) await rig.close()
}
