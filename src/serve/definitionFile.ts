import { parseJson } from '../engine/jsonFile.ts'
import { textOption, type Options } from './arguments.ts'
import { readText } from './files.ts'

/** What `--definition` names: an instrument written down as data; undefined where it isn't given. */
export async function readDefinition(options: Options): Promise<unknown> {
  const file = textOption(options, 'definition')
  return file === undefined ? undefined : parseJson(await readText(file), file)
}
