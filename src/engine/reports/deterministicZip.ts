import { zipSync } from 'fflate'
import type { Zippable } from 'fflate'

/** The first moment that a ZIP can hold: entries carry no time of their own. Local time, because ZIP knows no other. */
const noTime = new Date(1980, 0, 1)

export interface NamedBytes {
  name: string
  bytes: Uint8Array
}

/**
 * A ZIP whose bytes depend on the names and contents only.
 * @param level 0 stores; then no version of a compressor can change a byte
 */
export const deterministicZip = (entries: readonly NamedBytes[], level: 0 | 6): Uint8Array => {
  const zippable: Zippable = {}
  for (const { name, bytes } of entries) zippable[name] = [bytes, { level, mtime: noTime, os: 0, attrs: 0 }]
  return zipSync(zippable)
}
