import { StationError, type ErrorText } from '../contract/errors.ts'
import type { Parts } from './discover.ts'
import { loadProtocols } from './protocols.ts'

/** A protocol that doesn’t lie in the software’s folder. */
export interface ProtocolFile {
  path: string
  text: string
}

export interface CheckedFile {
  path: string
  id: string
  version: string | null
  /** null where it would be loaded. */
  problem: ErrorText | null
}

/** As the file calls itself, whatever its own name: that is its name once it is put beside the others. */
export const protocolIdOf = ({ path, text }: ProtocolFile): string =>
  /"id"\s*:\s*"(PVTP-\d+)"/.exec(text)?.[1] ?? path.replace(/^.*[\\/]/, '').replace(/\.json$/, '')

/** The software’s protocols with these in their place, or beside them. */
export function withProtocolFiles(files: readonly ProtocolFile[], parts: Parts): Parts {
  const own = new Map(files.map((each) => [`${protocolIdOf(each)}.json`, each.text]))
  const others = parts.protocols.filter(({ file }) => !own.has(file))
  return { ...parts, protocols: [...[...own].map(([file, text]) => ({ file, text })), ...others] }
}

/** Whether each file would be loaded, with the others beside it. */
export function checkProtocolFiles(files: readonly ProtocolFile[], parts: Parts): CheckedFile[] {
  return files.map((file): CheckedFile => {
    const id = protocolIdOf(file)
    // Two files of one id are two versions: each is checked for itself.
    const protocols = loadProtocols(withProtocolFiles([...files, file], parts))
    try {
      return { path: file.path, id, version: protocols.get(id).version, problem: null }
    } catch (error) {
      if (error instanceof StationError) return { path: file.path, id, version: null, problem: error.text }
      throw error
    }
  })
}
