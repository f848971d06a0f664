import { createHash } from 'node:crypto'
import { analysisMethods } from '../analysis/methods/methods.ts'
import { canonicalJson } from '../base/canonicalJson.ts'
import { StationError, type ErrorText } from '../contract/errors.ts'
import type { Profile } from '../contract/instrument.ts'
import type { Template } from '../contract/template.ts'
import type { Parts } from './discover.ts'
import type { Methods } from './executor/analyse.ts'
import type { StepKind } from './executor/stepKind.ts'
import { loadProtocol } from './executor/template.ts'
import { withPictures } from './protocolPictures.ts'

export interface Protocols {
  get(id: string): Template
  /** Those that can be used, by their ids. */
  all(): Template[]
  /** Templates that were refused, with the reason; the others stay available. */
  refused: readonly ErrorText[]
}

export const templateHash = (template: Template): string =>
  createHash('sha256').update(canonicalJson(template)).digest('hex')

/** Loads every template on its own, so that a malformed one keeps no other from being used. */
export function createProtocols(given: {
  texts: readonly { file: string; text: string }[]
  kinds: ReadonlyMap<string, StepKind>
  methods: Methods
  profiles?: readonly Profile[]
  /** Pictures beside the templates, as data URLs by their names. */
  pictures?: ReadonlyMap<string, string>
}): Protocols {
  const templates = new Map<string, Template>()
  const refused: ErrorText[] = []
  const refusals = new Map<string, StationError>()
  const kinds = [...given.kinds.values()]
  const methods = new Set(given.methods.keys())
  const texts = new Map(given.texts.map(({ file, text }) => [file, text]))
  /** What is being loaded now, each put into the one before it. */
  const around: string[] = []
  const requireOther = (file: string): void => {
    if (!around.includes(file)) return
    const ring = [...around.slice(around.indexOf(file)), file].map((each) => each.replace(/\.json$/, ''))
    throw new StationError('protocol.invalid', {
      file: around.at(-1) ?? file,
      detail: `it contains itself: ${ring.join(' → ')}`,
    })
  }
  /** Loads a file at most once; what it contains of others first. */
  const load = (file: string): Template | undefined => {
    requireOther(file)
    const text = texts.get(file)
    if (text === undefined) return templates.get(file.replace(/\.json$/, ''))
    texts.delete(file)
    around.push(file)
    try {
      const lookUp = (id: string): Template | undefined => load(`${id}.json`)
      const loaded = loadProtocol(text, { file, kinds, methods, lookUp, profiles: given.profiles ?? [] })
      const template = withPictures(loaded, file, given.pictures ?? new Map())
      if (`${template.id}.json` !== file)
        throw new StationError('protocol.invalid', {
          file,
          detail: `id: it is ${template.id}; the file’s name has to be that id`,
        })
      templates.set(template.id, template)
      return template
    } catch (error) {
      if (!(error instanceof StationError)) throw error
      refused.push(error.text)
      refusals.set(file, error)
      return undefined
    } finally {
      around.pop()
    }
  }
  for (const { file } of given.texts) load(file)
  return {
    refused,
    all: () => [...templates.values()].sort((a, b) => a.id.localeCompare(b.id)),
    get: (id) => {
      const found = templates.get(id)
      const refusal = refusals.get(`${id}.json`)
      if (!found && refusal) throw refusal
      if (!found) throw new StationError('protocol.unknown', { id, known: [...templates.keys()].join(', ') || 'none' })
      return found
    },
  }
}

/**
 * Every protocol of the software, each loaded and checked.
 * @param own profiles of the station's instruments: a laboratory's own definition may have what no driver has
 */
export const loadProtocols = (parts: Parts, own: readonly Profile[] = []): Protocols =>
  createProtocols({
    ...{ texts: parts.protocols, pictures: parts.pictures, kinds: parts.kinds, methods: analysisMethods },
    profiles: [...[...parts.drivers.values()].map((driver) => driver.profile), ...own],
  })
