import { StationError, messageOf } from '../../../contract/errors.ts'
import type { NamedBytes } from '../deterministicZip.ts'
import { containerCheck, entryChecks, outsideChecks, signatureCheck } from './byteChecks.ts'
import type { Check } from './byteChecks.ts'
import { chooseContainer } from './openBundle.ts'
import { recomputeChecks } from './recomputeChecks.ts'
import type { Recompute } from './recomputeChecks.ts'

export interface VerifyRequest {
  bytes: Uint8Array
  fileName: string
  /** Files found beside the bundle. */
  outside?: readonly NamedBytes[]
  recompute: Recompute
  /** Fingerprints (SHA-256 of the public key) of stations that are trusted; without it any key may have signed. */
  trustedKeys?: readonly string[]
}

export interface Verification {
  ok: boolean
  checks: Check[]
}

const runChecks = (request: VerifyRequest): Check[] => {
  const container = chooseContainer(request.bytes)
  const signature = signatureCheck(container, request.trustedKeys)
  const entries = entryChecks(container)
  const isSound = signature.ok && entries.every((check) => check.ok)
  return [
    containerCheck(container, request.bytes),
    signature,
    ...entries,
    ...recomputeChecks(container, isSound, request.recompute),
    ...outsideChecks(container, request.outside ?? []),
  ]
}

/**
 * Checks a bundle: every byte of the file, the signature, the hash of each entry, the data seal; computes results,
 * criteria and verdict again from the raw data; builds the report again and compares each printed number; compares the
 * files beside it with their sealed copies. Never throws for a bad bundle: what is wrong, and where, is in the checks.
 */
export const verifyBundle = (request: VerifyRequest): Verification => {
  try {
    const checks = runChecks(request)
    return { ok: checks.every((check) => check.ok), checks }
  } catch (error) {
    if (!(error instanceof StationError)) throw error
    const detail = `${request.fileName}: ${messageOf(error)}`
    return { ok: false, checks: [{ name: 'container', ok: false, detail }] }
  }
}
