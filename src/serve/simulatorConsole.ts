import { createInterface } from 'node:readline'
import { messageOf, StationError } from '../contract/errors.ts'
import type { SimulatorControls } from '../engine/serveSimulator.ts'

export const consoleHelp = 'fault NAME… | fault off | set NAME=VALUE | unplug | plug | interlock open|closed'

/** Carries out one line; the answer says what it is like now. */
export async function obey(line: string, controls: SimulatorControls): Promise<string> {
  const [word = '', ...rest] = line.trim().split(/\s+/)
  const [first = ''] = rest
  switch (word) {
    case 'fault': {
      const text = rest.join(';')
      if (text === '') break
      controls.setFault(text === 'off' ? '' : text)
      return text === 'off' ? 'no fault' : `fault ${text}`
    }
    case 'set': {
      const at = rest.join(' ').indexOf('=')
      if (at < 1) break
      const pair = rest.join(' ')
      controls.set(pair.slice(0, at), pair.slice(at + 1))
      return `set ${pair}`
    }
    case 'unplug':
      await controls.unplug()
      return 'unplugged'
    case 'plug':
      await controls.plug()
      return 'plugged in'
    case 'interlock':
      if (first !== 'open' && first !== 'closed') break
      controls.setInterlock(first === 'closed')
      return `interlock ${first}`
  }
  throw new StationError('usage.badArgument', { detail: `“${line}” is none of: ${consoleHelp}.` })
}

/**
 * Lines on stdin change the simulator while it runs, each with an answer on stdout. When stdin ends, the simulator goes
 * on.
 * @returns closes it
 */
export function openConsole(controls: SimulatorControls, say: (document: object, text: string) => void): () => void {
  const lines = createInterface({ input: process.stdin })
  const answer = async (line: string): Promise<void> => {
    try {
      const now = await obey(line, controls)
      say({ line, ok: true, now }, now)
    } catch (error) {
      const text = messageOf(error)
      say({ line, ok: false, error: text }, `refused: ${text}`)
    }
  }
  // One after the other: answers come in the order of the lines.
  let answered = Promise.resolve()
  lines.on('line', (line) => {
    if (line.trim() !== '') answered = answered.then(() => answer(line))
  })
  return () => {
    lines.close()
    process.stdin.destroy()
  }
}
