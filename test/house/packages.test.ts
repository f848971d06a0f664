import { describe, expect, it } from 'vitest'
import { readSource } from './sources.ts'

interface Manifest {
  name: string
  version: string
  engines: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}

interface Locked {
  name?: string
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
}

const json = (path: string): unknown => JSON.parse(readSource(path).text)
const manifest = json('package.json') as Manifest
const { packages, lockfileVersion } = json('package-lock.json') as {
  packages: Record<string, Locked & Partial<Manifest>>
  lockfileVersion: number
}
const wanted: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies }
const installed = Object.entries(packages).filter(([path]) => path !== '')

/** `1.2.3`, or another package under this name: `npm:name@1.2.3`. Nothing that a later day could read otherwise. */
const exact = /^(npm:(@[a-z0-9-]+\/)?[a-z0-9.-]+@)?\d+\.\d+\.\d+$/
const publicRegistry = 'https://registry.npmjs.org/'

/** The packages that the customer named, and the kinds of thing that the design chose for the rest. */
const agreed = {
  customer: [
    'electron',
    'electron-vite',
    'react',
    'zustand',
    'serialport',
    'modbus-serial',
    'better-sqlite3',
    'recharts',
  ],
  papers: ['pdf-lib', 'exceljs'],
  product: ['electron-updater', 'playwright'],
  design: ['@mui/material', 'zod', '@orpc/contract', '@orpc/server', '@orpc/client'],
}

describe('the packages', () => {
  it('have the version of the newest changes', () => {
    const newest = /^## (\S+)/m.exec(readSource('CHANGELOG.md').text)?.[1]
    const lock = json('package-lock.json') as Locked
    expect(newest).toMatch(/^\d+\.\d+\.\d+$/)
    expect([manifest.version, lock.version, packages['']?.version]).toEqual([newest, newest, newest])
  })

  it('are pinned to exact versions', () => {
    expect(Object.entries(wanted).filter(([, version]) => !exact.test(version))).toEqual([])
    expect(
      ['^1.2.3', '~1.2.3', '1.x', 'latest', '>=1.2.3', 'git+https://a.example/b', 'npm:a@^1.0.0'].filter((each) =>
        exact.test(each),
      ),
    ).toEqual([])
  })

  it('are those of the lockfile', () => {
    const root = packages['']
    expect({ name: root?.name, version: root?.version, engines: root?.engines }).toEqual({
      name: manifest.name,
      version: manifest.version,
      engines: manifest.engines,
    })
    expect(root?.dependencies).toEqual(manifest.dependencies)
    expect(root?.devDependencies).toEqual(manifest.devDependencies)
    const locked = Object.keys(wanted).map((name) => [name, packages[`node_modules/${name}`]] as const)
    const versions = locked.map(([name, found]) => [
      name,
      found?.name ? `npm:${found.name}@${found.version}` : found?.version,
    ])
    expect(Object.fromEntries(versions)).toEqual(wanted)
  })

  it('come from the public registry, each with its SHA-512', () => {
    expect(lockfileVersion).toBe(3)
    expect(installed.length).toBeGreaterThan(300)
    const elsewhere = installed.filter(
      ([, each]) => each.link || (each.resolved && !each.resolved.startsWith(publicRegistry)),
    )
    expect(elsewhere.map(([path, each]) => `${path}: ${each.resolved}`)).toEqual([])
    const unproved = installed.filter(([, each]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(each.integrity ?? ''))
    expect(unproved.map(([path]) => path)).toEqual([])
  })

  it('are the ones agreed with the customer', () => {
    expect(
      Object.values(agreed)
        .flat()
        .filter((name) => !(name in wanted)),
    ).toEqual([])
    // AES-256 at rest comes from the fork under the same name.
    expect(wanted['better-sqlite3']).toMatch(/^npm:better-sqlite3-multiple-ciphers@/)
    expect(wanted['node']).toMatch(/^24\./)
  })
})
