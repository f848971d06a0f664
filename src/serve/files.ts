import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, StationError } from '../contract/errors.ts'

export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new StationError('file.unreadable', { path, detail: messageOf(error) }, error)
  }
}

/** @throws StationError file.unreadable, also for bytes that are not text */
export const readText = async (path: string): Promise<string> => bytesToText(await readBytes(path), path)

/** @param encoding as it is known; otherwise it is recognised */
export function bytesToText(bytes: Uint8Array, path: string, encoding?: string): string {
  try {
    if (encoding !== undefined) return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    // Curve files of older tracers are often Windows-1252: a degree sign isn't worth a refusal.
    return bytes.includes(0) ? new TextDecoder('utf-8', { fatal: true }).decode(bytes) : decode(bytes)
  } catch (error) {
    const detail = encoding === undefined ? 'it is not a text file' : `it is not text in the encoding ${encoding}`
    throw new StationError('file.unreadable', { path, detail }, error)
  }
}

/** As it is, byte order mark included: whether it is one is for the loader to say. */
export const readProtocolFile = async (path: string): Promise<{ path: string; text: string }> => ({
  path,
  text: Buffer.from(await readBytes(path)).toString('utf8'),
})

const decode = (bytes: Uint8Array): string => {
  const text = new TextDecoder('utf-8').decode(bytes)
  return text.includes('\uFFFD') ? new TextDecoder('windows-1252').decode(bytes) : text
}

/** Writes files whole or not at all: under another name first, then renamed. */
export async function writeFiles(
  folder: string,
  files: readonly { name: string; bytes: Uint8Array }[],
): Promise<string[]> {
  const written: string[] = []
  for (const { name, bytes } of files) {
    const path = join(folder, name)
    try {
      await mkdir(folder, { recursive: true })
      const part = `${path}.part`
      const handle = await open(part, 'w')
      try {
        await handle.writeFile(bytes)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(part, path)
      written.push(path)
    } catch (error) {
      throw new StationError('file.unwritable', { path, detail: messageOf(error) }, error)
    }
  }
  return written
}
