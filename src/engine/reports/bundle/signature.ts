import { createPrivateKey, createPublicKey, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { canonicalJson } from '../../../base/canonicalJson.ts'
import { sha256Hex } from '../seal.ts'
import { decodeText, encodeText } from './manifest.ts'

/** Signature (64 bytes) and public key (SPKI, DER), both in base64. */
export interface BundleSignature {
  signature: string
  publicKey: string
}

export type Sign = (bytes: Uint8Array) => BundleSignature

/**
 * Signs with an Ed25519 private key.
 * @param privateKeyPem PKCS #8 in PEM
 */
export const createSigner = (privateKeyPem: string): Sign => {
  const key = createPrivateKey(privateKeyPem)
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
  return (bytes) => ({ signature: signBytes(null, bytes, key).toString('base64'), publicKey })
}

export const encodeSignature = ({ signature, publicKey }: BundleSignature): Uint8Array =>
  encodeText(canonicalJson({ algorithm: 'Ed25519', publicKey, signature }))

/** SHA-256 of the public key: what a person compares. */
export const keyFingerprint = (publicKey: string): string => sha256Hex(Buffer.from(publicKey, 'base64'))

const decodeSignature = (bytes: Uint8Array): BundleSignature | null => {
  try {
    const { signature, publicKey } = JSON.parse(decodeText(bytes)) as Partial<BundleSignature>
    if (typeof signature !== 'string' || typeof publicKey !== 'string') return null
    // Written again it has to be the same bytes: nothing added, no second spelling of the same base64.
    const again = { signature: Buffer.from(signature, 'base64').toString('base64'), publicKey }
    return Buffer.compare(encodeSignature(again), bytes) === 0 ? again : null
  } catch {
    // Not JSON, or not UTF-8: then it is no signature, which is what null says.
    return null
  }
}

/** Whether a signature file fits a manifest; with the fingerprint of its key when it does. */
export const checkSignature = (manifest: Uint8Array, signatureFile: Uint8Array): { fingerprint: string } | null => {
  const found = decodeSignature(signatureFile)
  if (!found) return null
  try {
    const key = createPublicKey({ key: Buffer.from(found.publicKey, 'base64'), type: 'spki', format: 'der' })
    if (key.asymmetricKeyType !== 'ed25519') return null
    const ok = verifyBytes(null, manifest, key, Buffer.from(found.signature, 'base64'))
    return ok ? { fingerprint: keyFingerprint(found.publicKey) } : null
  } catch {
    // A key that can't be read signs nothing.
    return null
  }
}
