/// <reference types="vite/client" />
import type { DriverModule, SimulatorModule } from '../contract/instrument.ts'
import { readDriver, type Parts } from './discover.ts'
import type { StepKind } from './executor/stepKind.ts'

// The desktop bundle has no folders to look into: the bundler looks into them when it is built.
const drivers = import.meta.glob<Record<string, unknown>>('../../drivers/*/driver.ts', { eager: true })
const simulators = import.meta.glob<{ simulator: SimulatorModule }>('../../drivers/*/simulator.ts', { eager: true })
const steps = import.meta.glob<{ stepKind: StepKind }>(['./executor/steps/*.ts', '!**/*.test.ts'], { eager: true })
const protocols = import.meta.glob<string>('../../protocols/PVTP-*.json', {
  eager: true,
  query: '?raw',
  import: 'default',
})

// `?inline` gives them as data URLs.
const pictures = import.meta.glob<string>('../../protocols/pictures/*.{png,jpg,jpeg,webp}', {
  eager: true,
  query: '?inline',
  import: 'default',
})

const folderOf = (path: string): string => path.split('/').at(-2) ?? path
const fileOf = (path: string): string => path.split('/').at(-1) ?? path

export async function loadDriver(id: string): Promise<DriverModule> {
  const loaded = drivers[`../../drivers/${id}/driver.ts`]
  if (!loaded) throw new Error(`there is no driver ${id}`)
  return readDriver(id, loaded)
}

export function discoverParts(): Parts {
  const loadedDrivers = Object.entries(drivers).map(([path, loaded]): [string, DriverModule] => [
    folderOf(path),
    readDriver(folderOf(path), loaded),
  ])
  return {
    drivers: new Map(loadedDrivers),
    simulators: new Map(Object.entries(simulators).map(([path, loaded]) => [folderOf(path), loaded.simulator])),
    kinds: new Map(Object.values(steps).map(({ stepKind }) => [stepKind.kind, stepKind])),
    pictures: new Map(Object.entries(pictures).map(([path, url]) => [`pictures/${fileOf(path)}`, url])),
    protocols: Object.entries(protocols).map(([path, text]) => ({ file: fileOf(path), text })),
  }
}
