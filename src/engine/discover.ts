import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { profileSchema, type DriverModule, type SimulatorModule } from '../contract/instrument.ts'
import type { StepKind } from './executor/stepKind.ts'

/** What lies in the folders: a driver, a step kind or a protocol is found by being there, not by being listed. */
export interface Parts {
  drivers: ReadonlyMap<string, DriverModule>
  simulators: ReadonlyMap<string, SimulatorModule>
  kinds: ReadonlyMap<string, StepKind>
  protocols: readonly { file: string; text: string }[]
  /** What lies in the folder pictures beside the protocols, as data URLs by names such as `pictures/clamp.png`. */
  pictures: ReadonlyMap<string, string>
}

type Loaded = Record<string, unknown>

const driversFolder = new URL('../../drivers/', import.meta.url)
const stepsFolder = new URL('./executor/steps/', import.meta.url)
const protocolsFolder = new URL('../../protocols/', import.meta.url)
const picturesFolder = new URL('pictures/', protocolsFolder)

/** Checks what a driver's folder exports. */
export function readDriver(id: string, loaded: Loaded): DriverModule {
  const driver = loaded['driver'] as DriverModule | undefined
  if (!driver) throw new Error(`drivers/${id}/driver.ts exports no driver`)
  const profile = profileSchema.parse(driver.profile)
  if (profile.id !== id) throw new Error(`drivers/${id}/profile.json has the id ${profile.id}`)
  if (profile.link !== driver.link) throw new Error(`drivers/${id}/profile.json has the link ${profile.link}`)
  return driver
}

const load = (url: URL): Promise<Loaded> => import(url.href) as Promise<Loaded>

/** One driver alone, for whoever needs no other. */
export const loadDriver = async (id: string): Promise<DriverModule> =>
  readDriver(id, await load(new URL(`${id}/driver.ts`, driversFolder)))

async function loadDrivers(): Promise<Pick<Parts, 'drivers' | 'simulators'>> {
  const drivers = new Map<string, DriverModule>()
  const simulators = new Map<string, SimulatorModule>()
  for (const id of (await readdir(driversFolder)).sort()) {
    const file = new URL(`${id}/driver.ts`, driversFolder)
    if (!existsSync(file)) continue
    drivers.set(id, readDriver(id, await load(file)))
    // An instrument made of others has none: its parts are simulated.
    const simulatorFile = new URL(`${id}/simulator.ts`, driversFolder)
    if (!existsSync(simulatorFile)) continue
    const found = (await load(simulatorFile))['simulator'] as SimulatorModule | undefined
    if (found) simulators.set(id, found)
  }
  return { drivers, simulators }
}

async function loadStepKinds(): Promise<Parts['kinds']> {
  const names = (await readdir(stepsFolder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const kinds = await Promise.all(
    names.sort().map(async (name) => (await load(new URL(name, stepsFolder)))['stepKind'] as StepKind),
  )
  return new Map(kinds.map((kind) => [kind.kind, kind]))
}

async function loadProtocolTexts(): Promise<Parts['protocols']> {
  const names = (await readdir(protocolsFolder)).filter((name) => /^PVTP-\d+\.json$/.test(name))
  return Promise.all(
    names.sort().map(async (file) => ({ file, text: await readFile(new URL(file, protocolsFolder), 'utf8') })),
  )
}

/** What a picture file has to be called, by its ending. */
const pictureTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
}

async function loadPictures(): Promise<Parts['pictures']> {
  if (!existsSync(picturesFolder)) return new Map()
  const pictures = new Map<string, string>()
  for (const name of (await readdir(picturesFolder)).sort()) {
    const type = pictureTypes[name.split('.').at(-1)?.toLowerCase() ?? '']
    if (type === undefined) continue
    const content = await readFile(new URL(encodeURIComponent(name), picturesFolder))
    pictures.set(`pictures/${name}`, `data:${type};base64,${content.toString('base64')}`)
  }
  return pictures
}

export async function discoverParts(): Promise<Parts> {
  const [protocols, pictures] = [await loadProtocolTexts(), await loadPictures()]
  return { ...(await loadDrivers()), kinds: await loadStepKinds(), protocols, pictures }
}
