import { generateKeyPairSync } from 'node:crypto'
import { unzipSync, zipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/base/random.ts'
import type { Dossier } from '../../src/contract/dossier.ts'
import { StationError } from '../../src/contract/errors.ts'
import { writeContainer } from '../../src/engine/reports/bundle/container.ts'
import { crc32, findChangedByte } from '../../src/engine/reports/bundle/crc32.ts'
import { openBundle } from '../../src/engine/reports/bundle/openBundle.ts'
import type { Recomputed } from '../../src/engine/reports/bundle/recomputeChecks.ts'
import { sealBundle } from '../../src/engine/reports/bundle/sealBundle.ts'
import { createSigner, keyFingerprint } from '../../src/engine/reports/bundle/signature.ts'
import { verifyBundle } from '../../src/engine/reports/bundle/verifyBundle.ts'
import type { Verification } from '../../src/engine/reports/bundle/verifyBundle.ts'
import { createReportFiles } from '../../src/engine/reports/create.ts'
import type { ReportFile } from '../../src/engine/reports/create.ts'
import { dataSeal } from '../../src/engine/reports/seal.ts'
import { runInThread } from '../../src/engine/reports/thread.ts'
import { createDossier, reseal } from './fixture.ts'

const newKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const privateKeyPem = newKey()
const sign = createSigner(privateKeyPem)

/** Stands for the station's methods: finds what the fixture holds. */
const recompute = (dossier: Dossier): Recomputed => ({
  results: dossier.results,
  criteria: dossier.criteria,
  verdict: dossier.run.verdict,
  verdictReasons: dossier.run.verdictReasons,
  dataSha256: dataSeal(dossier),
})

const verify = (bytes: Uint8Array, more: Partial<Parameters<typeof verifyBundle>[0]> = {}): Verification =>
  verifyBundle({ bytes, fileName: 'x.pvtp.zip', recompute, ...more })

const troubles = (verification: Verification): string =>
  verification.checks
    .filter((check) => !check.ok)
    .map((check) => `${check.name}: ${check.detail}`)
    .join('\n')

const flipped = (bytes: Uint8Array, at: number, bits: number): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  copy[at] = copy[at]! ^ bits
  return copy
}

const dossier = createDossier({ points: 60 })
let files: ReportFile[] = []
let bundle = new Uint8Array()

beforeAll(async () => {
  files = await createReportFiles({ dossier, sign })
  bundle = Uint8Array.from(files.at(-1)!.bytes)
})

/** The entries as a forger has them, to change and to pack again without the key. */
const repack = (change: (entries: Record<string, Uint8Array>) => void): Uint8Array => {
  const entries = unzipSync(bundle)
  change(entries)
  return writeContainer(Object.entries(entries).map(([name, bytes]) => ({ name, bytes })))
}

describe('the files of a run', () => {
  it('are report, workbook, certificate, raw data and bundle, the same for the same dossier', async () => {
    expect(files.map((file) => file.name)).toEqual([
      'report.pdf',
      'report.xlsx',
      'certificate.pdf',
      'curves.csv',
      'samples.csv',
      'PVTP-001-20261122-718293a4.pvtp.zip',
    ])
    const again = await createReportFiles({ dossier, sign })
    for (const [k, file] of files.entries()) expect(Buffer.compare(file.bytes, again[k]!.bytes), file.name).toBe(0)
  })

  it('have no certificate when the module failed', async () => {
    const names = (await createReportFiles({ dossier: createDossier({ verdict: 'fail', points: 50 }), sign })).map(
      (f) => f.name,
    )
    expect(names).not.toContain('certificate.pdf')
  })

  it('are made in a thread as well, and errors come back as what they are', async () => {
    const workerUrl = new URL('../../src/engine/reports/worker.ts', import.meta.url)
    const made = await runInThread(workerUrl, { dossier, privateKeyPem })
    expect(Buffer.compare(made.at(-1)!.bytes, bundle)).toBe(0)
    const running = { ...dossier, run: { ...dossier.run, status: 'running' as const } }
    const failed = runInThread(workerUrl, { dossier: running, privateKeyPem })
    await expect(failed).rejects.toBeInstanceOf(StationError)
    await expect(failed).rejects.toMatchObject({ code: 'report.noResults' })
  })
})

describe('an untouched bundle', () => {
  it('is accepted, with the files beside it', () => {
    const verification = verify(bundle, { outside: files })
    expect(troubles(verification)).toBe('')
    expect(verification.ok).toBe(true)
    expect(verification.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['container', 'signature', 'data seal', 'every printed number', 'file report.pdf']),
    )
  })

  it('opens, and gives back the dossier', () => {
    expect(openBundle(bundle).dossier).toEqual(JSON.parse(JSON.stringify(dossier)))
  })

  it('is a plain ZIP for others: every entry as it was given', () => {
    const entries = unzipSync(bundle)
    expect(Object.keys(entries)).toEqual([...Object.keys(entries)].sort())
    expect(Buffer.compare(entries['report.pdf']!, files[0]!.bytes)).toBe(0)
  })

  it('names files that are not beside it', () => {
    const verification = verify(bundle, { outside: files.filter((file) => file.name !== 'report.xlsx') })
    expect(verification.ok).toBe(true)
    expect(verification.checks.find((check) => check.name === 'missing files')?.detail).toContain('report.xlsx')
  })

  it('tells the key, and refuses one that is not trusted', () => {
    const fingerprint = keyFingerprint(sign(new Uint8Array()).publicKey)
    expect(verify(bundle, { trustedKeys: [fingerprint] }).ok).toBe(true)
    expect(troubles(verify(bundle, { trustedKeys: ['00'] }))).toContain('not one of the trusted keys')
  })
})

describe('a changed byte', () => {
  it('is found and named by its offset, wherever it is', () => {
    const random = createRandom(20261122)
    const end = bundle.length
    const everywhere = Array.from({ length: 100 }, () => Math.floor(random.uniform() * end))
    const directory = Array.from({ length: 90 }, (_, k) => end - 1 - k * 7)
    const heads = Array.from({ length: 46 }, (_, k) => k)
    for (const at of [...everywhere, ...directory, ...heads].filter((offset) => offset >= 0)) {
      const bits = 1 + Math.floor(random.uniform() * 255)
      const verification = verify(flipped(bundle, at, bits))
      expect(verification.ok, `offset ${at}`).toBe(false)
      expect(troubles(verification)).toContain(`offset ${at}`)
    }
  })

  it('is named with the sealed value, in manifest and signature too', () => {
    for (const name of ['dossier.json', 'manifest.json', 'manifest.sig.json', 'report.pdf', 'template.json']) {
      const content = unzipSync(bundle)[name]!
      const start = Buffer.from(bundle).lastIndexOf(Buffer.from(content))
      const text = troubles(verify(flipped(bundle, start + 33, 0x20)))
      const [sealed, found] = [content[33]!, content[33]! ^ 0x20].map((b) => `0x${b.toString(16).padStart(2, '0')}`)
      expect(text).toContain(
        `${name}: byte 33 (offset ${start + 33} of the bundle) was changed: found ${found}, sealed ${sealed}`,
      )
    }
  })

  it('is named in a file beside the bundle', () => {
    for (const file of files.slice(0, -1)) {
      const at = file.bytes.length >> 1
      const changed = { ...file, bytes: flipped(file.bytes, at, 1) }
      const verification = verify(bundle, { outside: [changed] })
      expect(troubles(verification)).toMatch(
        new RegExp(`${file.name}: byte ${at} was changed: found 0x.., sealed 0x..`),
      )
    }
  })

  it('is told from a cut or a longer file', () => {
    expect(troubles(verify(bundle.subarray(0, bundle.length - 5)))).toContain(`offset ${bundle.length - 5}`)
    expect(verify(bundle.subarray(0, 5000)).ok).toBe(false)
    expect(verify(Uint8Array.from([...bundle, 0])).ok).toBe(false)
    const report = files[0]!
    const shorter = { ...report, bytes: report.bytes.subarray(0, 100) }
    expect(troubles(verify(bundle, { outside: [shorter] }))).toContain('it has 100 bytes')
  })

  it('is placed within blocks of 1024 bytes when there are several', () => {
    const start = Buffer.from(bundle).indexOf(Buffer.from(unzipSync(bundle)['dossier.json']!))
    const twice = flipped(flipped(bundle, start + 1500, 7), start + 1600, 9)
    expect(troubles(verify(twice))).toContain('dossier.json: changed within bytes 1024 to 2047')
  })
})

describe('a forged bundle', () => {
  it('with another manifest does not fit the signature', () => {
    const forged = sealBundle({
      dossier: createDossier({ points: 60, verdict: 'fail' }),
      files: [],
      sign: createSigner(newKey()),
    })
    const mixed = repack((entries) => Object.assign(entries, { 'manifest.json': unzipSync(forged)['manifest.json'] }))
    expect(troubles(verify(mixed))).toContain('the signature in manifest.sig.json does not belong to manifest.json')
  })

  it('with an entry too many or too few is refused', () => {
    expect(troubles(verify(repack((entries) => void (entries['extra.txt'] = new Uint8Array(3)))))).toContain(
      'extra.txt',
    )
    expect(troubles(verify(repack((entries) => void delete entries['curves.csv'])))).toContain('curves.csv is missing')
    expect(troubles(verify(repack((entries) => void delete entries['manifest.sig.json'])))).toContain(
      'manifest.sig.json missing',
    )
  })

  it('sealed anew by somebody who changed a result is found by computing it again', () => {
    const changed = createDossier({ points: 60 })
    const power = changed.results.find((each) => each.name === 'power')!.value as { pmaxW: number }
    power.pmaxW = 999.9
    const forged = sealBundle({ dossier: reseal(changed), files: [], sign })
    const text = troubles(verifyBundle({ bytes: forged, fileName: 'x', recompute: () => recompute(dossier) }))
    expect(text).toMatch(/results\.power\.value\.pmaxW: sealed 999\.9, computed 267\.\d+/)
    expect(text).toMatch(/every printed number: report\.json\.headline\[0\]/)
  })

  it('with another verdict is found as well', () => {
    const text = troubles(verify(bundle, { recompute: (each) => ({ ...recompute(each), verdict: 'fail' }) }))
    expect(text).toContain('verdict.verdict: sealed "pass", computed "fail"')
  })

  it('allows for the last digit of another processor, and no more', () => {
    const nudged =
      (factor: number) =>
      (each: Dossier): Recomputed => {
        const results = structuredClone(each.results)
        const power = results.find((r) => r.name === 'power')!.value as { iscA: number }
        power.iscA *= factor
        return { ...recompute(each), results }
      }
    expect(verify(bundle, { recompute: nudged(1 + 1e-13) }).ok).toBe(true)
    expect(troubles(verify(bundle, { recompute: nudged(1 + 1e-7) }))).toContain('results.power.value.iscA')
  })

  it('whose data seal is another’s is refused', () => {
    const forged = sealBundle({ dossier: { ...dossier, dataSha256: 'f'.repeat(64) }, files: [], sign })
    expect(troubles(verify(forged))).toContain('data seal')
  })
})

describe('a hostile file', () => {
  const codeOf = (bytes: Uint8Array): unknown => {
    try {
      return openBundle(bytes)
    } catch (error) {
      return error instanceof StationError ? error.code : error
    }
  }

  it.each(['../evil', '/etc/passwd', 'a/b', 'C:evil', '.hidden', 'a\\b'])('with the name %s is refused', (name) => {
    expect(codeOf(zipSync({ [name]: [new Uint8Array(4), { level: 0 }] }))).toBe('report.bundleDamaged')
  })

  it('that is compressed, so that it could inflate, is refused', () => {
    expect(codeOf(zipSync({ 'manifest.json': new Uint8Array(10_000_000) }))).toBe('report.bundleDamaged')
  })

  it('of noise, of nothing, or of another kind is refused', () => {
    const random = createRandom(3)
    for (const length of [0, 1, 21, 22, 100, 5000])
      expect(codeOf(Uint8Array.from({ length }, () => random.uniform() * 256))).toBe('report.bundleDamaged')
    expect(codeOf(writeContainer([{ name: 'a.txt', bytes: new Uint8Array(3) }]))).toBe('report.bundleDamaged')
  })

  it('with sizes beyond the file is refused', () => {
    const bytes = Uint8Array.from(writeContainer([{ name: 'a.txt', bytes: new Uint8Array(3) }]))
    const view = new DataView(bytes.buffer)
    view.setUint32(18, 0xffffffff, true)
    view.setUint32(bytes.length - 6, 0xfffffff0, true)
    expect(codeOf(bytes)).toBe('report.bundleDamaged')
  })
})

describe('the CRC', () => {
  it('has the check value of CRC-32/ISO-HDLC', () => expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926))

  it('finds any changed byte', () => {
    const random = createRandom(11)
    const bytes = Uint8Array.from({ length: 3000 }, () => random.uniform() * 256)
    for (let k = 0; k < 200; k++) {
      const index = Math.floor(random.uniform() * bytes.length)
      const changed = flipped(bytes, index, 1 + Math.floor(random.uniform() * 255))
      const found = findChangedByte(changed, crc32(bytes), (restored) => Buffer.compare(restored, bytes) === 0)
      expect(found).toEqual({ index, was: bytes[index], is: changed[index] })
    }
  })
})
