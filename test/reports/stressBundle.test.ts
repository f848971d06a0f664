import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/contract/dossier.ts'
import type { Disposition } from '../../src/contract/run.ts'
import { sealBundle } from '../../src/engine/reports/bundle/sealBundle.ts'
import { createSigner } from '../../src/engine/reports/bundle/signature.ts'
import { verifyBundle } from '../../src/engine/reports/bundle/verifyBundle.ts'
import { signedSeals } from '../../src/engine/reports/seal.ts'
import { recompute } from '../../src/engine/verify.ts'
import { reseal } from './fixture.ts'
import { createStressDossier } from './stressFixture.ts'

const sign = createSigner(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())

const failedIn = (bytes: Uint8Array): string[] =>
  verifyBundle({ bytes, fileName: 'x.pvtp.zip', recompute })
    .checks.filter((check) => !check.ok)
    .map((check) => check.name)

/** As somebody would forge it who has the key: every hash, the seal and the signature of the bundle fit. */
const forged = (dossier: Dossier): string[] => failedIn(sealBundle({ dossier, files: [], sign }))

const dossier = createStressDossier()

const decided: Disposition = {
  ...{ seq: 7, proposal: 'accept', decision: 'accept', who: 'Ada', utcMs: dossier.run.startedUtcMs },
  reason: 'the recorder of the chamber shows that it went on',
}

const signed = (each: Dossier): Dossier => ({
  ...each,
  run: {
    ...each.run,
    signature: { name: 'Ada', meaning: 'approved', utcMs: each.run.startedUtcMs, ...signedSeals(each) },
  },
})

describe('bundles made before papers had a layout', () => {
  const folder = new URL('./bundles/', import.meta.url)

  it.each(readdirSync(folder))('%s still agrees in every check', (name) => {
    const bytes = gunzipSync(readFileSync(new URL(name, folder)))
    expect(failedIn(bytes)).toEqual([])
  })
})

describe('the bundle of a test under stress', () => {
  it('agrees: results, verdict of each module, required exposure, report and ledger follow from the raw data', () => {
    const { ok, checks } = verifyBundle({ bytes: sealBundle({ dossier, files: [], sign }), fileName: 'x', recompute })
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(ok).toBe(true)
    const names = checks.map((check) => check.name)
    for (const name of ['verdict of each module', 'required exposure']) expect(names).toContain(`recomputed ${name}`)
    expect(names).toContain('rebuilt exposure.csv')
  })

  it('does not when one row of the ledger was changed, even with all seals made again', () => {
    const exposure = dossier.exposure!.map((each) =>
      each.seq === 5 ? { ...each, class: 'credited' as const, reason: null } : each,
    )
    expect(forged({ ...dossier, exposure })).toContain('data seal')
    expect(forged(reseal({ ...dossier, exposure }))).toEqual(expect.arrayContaining(['recomputed results']))
  })

  it('does not when less is said to be required', () => {
    const exposures = dossier.exposures!.map((each) => ({ ...each, required: 1 }))
    expect(forged({ ...dossier, exposures })).toContain('recomputed required exposure')
  })

  it('does not when the verdict of one module was changed', () => {
    const lanes = dossier.run.lanes!.map((lane) => ({ ...lane, verdict: 'pass' as const }))
    expect(forged(reseal({ ...dossier, run: { ...dossier.run, lanes } }))).toContain(
      'recomputed verdict of each module',
    )
  })

  it('does not when a decision was changed after somebody had signed it', () => {
    const good = signed({ ...dossier, dispositions: [decided] })
    expect(forged(good)).toEqual([])
    expect(forged({ ...good, dispositions: [{ ...decided, decision: 'restart' }] })).toContain('data seal')
    expect(forged({ ...signed(dossier), dispositions: [decided] })).toContain('data seal')
  })
})
