// Any instrument of lines of which there is a definition: its channels follow the bench as their `simulate` says.
// Doesn't know what the real one does beside that: it takes the definition's own commands and questions, and no others.
// What it doesn't know is an error -113 in its queue, where the definition has one.
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createSimulation } from '../definition/simulation.ts'
import { formatNumber } from '../scpi/client.ts'
import { parseScpi, type ScpiChannel, type ScpiDefinition, type ScpiSetting } from './definition.ts'
import exampleDefinition from './example.json' with { type: 'json' }
import { fill, placeholder } from './text.ts'

const answerMs = 5

/** Options: `serial`, `ignoreCommands` (true: it answers questions and does nothing else), `idn` (another identity). */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'over-range', title: 'every measured number is 9.9E37', effect: 'missing' },
    { name: 'text-for-number', title: 'measured numbers come as a word', effect: 'error' },
    { name: 'refuse', title: 'every command is an error in the queue', effect: 'refused' },
  ],
  createSimulator: (context) => {
    const definition = parseScpi(context.definition ?? exampleDefinition)
    const terminator = definition.line.receiveTerminators.includes('\n') ? '\n' : definition.line.receiveTerminators
    const device = createDevice(definition, context)
    return createLineDevice({
      context,
      terminator,
      execute: async (line) => {
        await context.clock.sleep(answerMs)
        return device.answer(line.trim())
      },
    })
  },
}

const same = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase()

/** What stands in place of {value}; null where the line isn't this command. */
function valueIn(template: string, line: string): string | null {
  const [before = '', after = ''] = template.split(placeholder)
  const isThis =
    line.length >= before.length + after.length &&
    same(line.slice(0, before.length), before) &&
    same(line.slice(line.length - after.length), after)
  return isThis ? line.slice(before.length, line.length - after.length).trim() : null
}

const startOf = ({ type, words, minimum = 0, maximum = 0 }: ScpiSetting): number | string => {
  if (type === 'number') return minimum <= 0 && maximum >= 0 ? 0 : minimum
  return type === 'boolean' ? 'false' : (Object.keys(words ?? {})[0] ?? '')
}

const middleOf = ({ minimum = 0, maximum = minimum }: ScpiChannel): number => (minimum + maximum) / 2

function createDevice(definition: ScpiDefinition, context: SimulatorContext) {
  const values = new Map(definition.settings.map((each) => [each.name, startOf(each)]))
  const errors: string[] = []
  const simulation = createSimulation(context, () =>
    definition.settings.map(({ name, simulate, type }) => {
      const value = values.get(name) ?? 0
      return { name, simulate, value: type === 'boolean' ? value === 'true' : value }
    }),
  )
  const channelText = (channel: ScpiChannel): string => {
    if (hasFault(context, 'over-range') && !channel.map) return fill(channel.answer, '9.9E37')
    if (hasFault(context, 'text-for-number')) return 'ERROR'
    const value = channel.simulate === undefined ? middleOf(channel) : simulation.channel(channel.simulate)
    const number = (value - channel.offset) / channel.scale
    const word = Object.entries(channel.map ?? {}).find(([, each]) => each === number)?.[0]
    return fill(channel.answer, word ?? formatNumber(number))
  }
  const settingText = (setting: ScpiSetting): string => {
    const value = values.get(setting.name) ?? 0
    if (typeof value === 'string') return fill(setting.answer, setting.words?.[value]?.send ?? '')
    return fill(setting.answer, formatNumber((value - setting.offset) / setting.scale))
  }

  /** Values of one question, in their places of the list. */
  const measured = (line: string): string | null => {
    const channels = definition.channels.filter((each) => same(each.query, line))
    const [first] = channels
    if (!first) return null
    if (first.field === undefined) return channelText(first)
    const count = first.fields ?? Math.max(...channels.map((each) => each.field ?? 0)) + 1
    return Array.from({ length: count }, (_each, i) => {
      const channel = channels.find((each) => each.field === i)
      return channel ? channelText(channel) : '0'
    }).join(first.separator)
  }
  const asked = (line: string): string | null => {
    if (same(line, definition.identification.query)) return identityText(definition, context)
    if (definition.errors && same(line, definition.errors.query)) return errors.shift() ?? noErrorText(definition)
    const setting = definition.settings.find((each) => same(each.query, line))
    const fixed = definition.safeState?.readBack.find((each) => same(each.query, line))?.answer
    return measured(line) ?? (setting ? settingText(setting) : (fixed ?? null))
  }
  /** @returns whether it knows the command */
  const take = (line: string): boolean => {
    const plain = [...definition.beforeSetting, ...(definition.safeState?.commands ?? [])]
    for (const setting of definition.settings) {
      const text = valueIn(setting.command, line)
      if (text === null) continue
      const value = heldBy(setting, text)
      if (value === null) return false
      if (context.options['ignoreCommands'] !== 'true') values.set(setting.name, value)
      simulation.drive()
      return true
    }
    return plain.some((each) => same(each, line))
  }
  return {
    answer: (line: string): string | null => {
      const answer = asked(line)
      if (answer !== null) return answer
      if (hasFault(context, 'refuse')) errors.push('-222,"Data out of range"')
      else if (!take(line)) errors.push('-113,"Undefined header"')
      return null
    },
  }
}

/** What a setting takes from a command; null where it takes nothing. */
function heldBy(setting: ScpiSetting, text: string): number | string | null {
  const { minimum = 0, maximum = 0, scale, offset } = setting
  if (setting.type !== 'number')
    return Object.entries(setting.words ?? {}).find(([, { send }]) => same(send, text))?.[0] ?? null
  const value = Number(text) * scale + offset
  return text !== '' && value >= minimum - 1e-9 && value <= maximum + 1e-9 ? value : null
}

/** The example with this simulator's serial number in its place. */
function identityText({ identification }: ScpiDefinition, { options }: SimulatorContext): string {
  const { example, pattern } = identification
  const at = new RegExp(pattern, 'd').exec(example)?.indices?.groups?.['serial']
  const serial = options['serial']
  if (options['idn'] !== undefined) return options['idn']
  return at && serial !== undefined ? example.slice(0, at[0]) + serial + example.slice(at[1]) : example
}

/** What says that there is no error: the usual words that fit. */
function noErrorText({ errors }: ScpiDefinition): string {
  const usual = ['0,"No error"', '+0,"No error"', "0,'No error'", '0,No Error', 'NO ERROR', 'OK', '0']
  return usual.find((each) => new RegExp(errors?.noError ?? '').test(each)) ?? '0,"No error"'
}
