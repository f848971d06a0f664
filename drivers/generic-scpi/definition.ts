import { z } from 'zod'
import type { Profile } from '../../src/contract/instrument.ts'
import type { LineSettings } from '../../src/contract/link.ts'
import {
  addFaults,
  channelName,
  dataRoleSchema,
  describedFaults,
  parseDefinition,
  rangeFaults,
  rolesOf,
  safeStopS,
  settingName,
  type Fault,
} from '../definition/parse.ts'
import { simulateChannelSchema, simulateSettingSchema } from '../definition/simulation.ts'
import { decodeText, fill, findText, holdsOnePlaceholder, isOneLine, isPattern } from './text.ts'

const line = z
  .string()
  .min(1)
  .max(200)
  .refine(isOneLine, { error: 'one line of printable characters is needed', abort: true })
const template = line.refine(holdsOnePlaceholder, { error: 'exactly one {value} is needed', abort: true })
const pattern = z.string().min(1).max(200).refine(isPattern, { error: 'it is no regular expression', abort: true })

const answerFields = {
  query: line,
  pattern: pattern.optional().describe('Finds the value in the answer: its first group, or all of it'),
  field: z.int().min(0).max(200).optional().describe('Which value of a list, from 0'),
  fields: z.int().min(1).max(200).optional().describe('How many values the list has'),
  separator: z.string().min(1).max(4).default(','),
  timeoutMs: z.int().min(50).max(120_000).optional(),
}

const scaleFields = {
  scale: z
    .number()
    .refine((scale) => scale !== 0, 'a scale of 0 loses the value')
    .default(1)
    .describe('value = number in the answer × scale + offset'),
  offset: z.number().default(0),
}

const channelSchema = z.strictObject({
  channel: channelName,
  title: z.string().min(1),
  unit: z.string(),
  role: dataRoleSchema.nullable().default(null),
  ...answerFields,
  map: z.record(z.string(), z.number()).optional().describe('Words that stand for numbers, such as ON'),
  ...scaleFields,
  minimum: z.number().optional().describe('Below this the value is reported as missing'),
  maximum: z.number().optional().describe('Above this the value is reported as missing'),
  noValue: z
    .array(z.strictObject({ pattern, reason: z.string().min(1) }))
    .default([])
    .describe('What the answer looks like when there is no value, and why'),
  answer: z.string().default('{value}').describe('What an answer looks like; the simulator gives it'),
  simulate: simulateChannelSchema.optional(),
})

const settingSchema = z.strictObject({
  name: settingName,
  title: z.string().min(1),
  type: z.enum(['number', 'boolean', 'choice']).default('number'),
  unit: z.string().default(''),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  energises: z.boolean().describe('Whether it can put energy on the terminals or move a chamber'),
  role: dataRoleSchema.nullable().default(null),
  command: template.describe('{value} is replaced by the number or word, nothing else is'),
  decimals: z.int().min(0).max(9).optional().describe('Of the number sent; nine significant digits unless given'),
  ...answerFields,
  ...scaleFields,
  tolerance: z.number().nonnegative().optional().describe('In the unit; 0.1 % unless given'),
  words: z
    .record(z.string(), z.strictObject({ send: line, reads: pattern }))
    .optional()
    .describe(
      'Of a boolean the two words true and false, of a choice all of them; what is sent, and what is read back',
    ),
  answer: z.string().default('{value}').describe('What an answer looks like; the simulator gives it'),
  simulate: simulateSettingSchema.optional(),
})

const identificationSchema = z.strictObject({
  query: line.default('*IDN?'),
  pattern: pattern.describe('Has to fit the answer; named groups maker, model, serial and firmware are taken from it'),
  maker: z.string().optional(),
  model: z.string().optional().describe('Where the answer has none'),
  models: pattern.describe('Which models this definition is for; another is refused'),
  example: line.describe('An answer of a real one; the simulator gives it, with its own serial number'),
  timeoutMs: z.int().min(50).max(120_000).optional(),
})

const readBackSchema = z.strictObject({
  title: z.string().min(1),
  ...answerFields,
  ...scaleFields,
  equals: z.number().optional(),
  tolerance: z.number().nonnegative().default(0),
  matches: pattern.optional(),
  withinS: z.number().positive().max(600).default(2).describe('How long it may take, such as to discharge'),
  answer: z.string().optional().describe('What the simulator says, where no channel or setting has this query'),
})

const shape = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().min(1),
  manual: z.string().min(1).describe('Which document these commands are from, and its edition'),
  exampleLink: z.string().default('tcp://192.168.1.20:5025'),
  line: z
    .strictObject({
      sendTerminator: z.string().max(2).default('\n'),
      receiveTerminators: z.string().min(1).max(2).default('\n').describe('Any of these ends an answer'),
      quietMs: z.int().min(0).max(10_000).default(200),
      timeoutMs: z.int().min(50).max(120_000).default(2000),
    })
    .prefault({}),
  identification: identificationSchema,
  beforeSetting: z.array(line).default([]).describe('Sent before each setting and the safe state, such as SYST:REM'),
  errors: z
    .strictObject({ query: line, noError: pattern, most: z.int().min(1).max(100).default(20) })
    .nullable()
    .default(null)
    .describe('How the instrument is asked whether it took a command'),
  channels: z.array(channelSchema),
  settings: z.array(settingSchema).default([]),
  safeState: z
    .strictObject({ commands: z.array(line).min(1), readBack: z.array(readBackSchema).min(1) })
    .nullable()
    .default(null),
  checks: z.array(z.string()).default([]).describe('What to look at when it does not answer'),
})

export type ScpiDefinition = z.infer<typeof shape>
export type ScpiChannel = ScpiDefinition['channels'][number]
export type ScpiSetting = ScpiDefinition['settings'][number]

/** The definition's own examples have to be read as they are meant. */
function channelFaults(channel: ScpiChannel, path: (string | number)[]): Fault[] {
  const faults = rangeFaults(channel, path)
  const [word = '1.5', number = 1.5] = Object.entries(channel.map ?? {})[0] ?? []
  const text = findText(fill(channel.answer, word), { ...channel, field: undefined, fields: undefined })
  const read = text === null ? null : decodeText(text, channel).value
  if (read !== number)
    faults.push({ path: [...path, 'pattern'], message: `it doesn't find ${word} in “${fill(channel.answer, word)}”` })
  return faults
}

function settingFaults(setting: ScpiSetting, path: (string | number)[]): Fault[] {
  const { type, minimum, maximum, words = {} } = setting
  const faults = rangeFaults(setting, path)
  if (type === 'number')
    return minimum !== undefined && maximum !== undefined
      ? faults
      : [...faults, { path: [...path, 'minimum'], message: 'a number has a minimum and a maximum' }]
  const names = Object.keys(words)
  const isComplete = type === 'boolean' ? names.sort().join() === 'false,true' : names.length > 0
  if (!isComplete)
    faults.push({
      path: [...path, 'words'],
      message: type === 'boolean' ? 'true and false are needed' : 'words are needed',
    })
  for (const [name, { send, reads }] of Object.entries(words)) {
    const text = findText(fill(setting.answer, send), { ...setting, field: undefined, fields: undefined })
    if (text === null || !new RegExp(reads).test(text))
      faults.push({
        path: [...path, 'words', name, 'reads'],
        message: `it doesn't fit “${fill(setting.answer, send)}”`,
      })
  }
  return faults
}

function faultsOf(definition: ScpiDefinition): Fault[] {
  const { channels, settings, safeState, identification } = definition
  const faults = [
    ...describedFaults(definition),
    ...channels.flatMap((each, i) => channelFaults(each, ['channels', i])),
    ...settings.flatMap((each, i) => settingFaults(each, ['settings', i])),
  ]
  if (settings.some((each) => each.energises) && safeState === null)
    faults.push({ path: ['safeState'], message: 'what can energise has a safe state that can be read back' })
  const known = [...channels, ...settings].map((each) => each.query)
  for (const [i, each] of (safeState?.readBack ?? []).entries()) {
    const path = ['safeState', 'readBack', i]
    if ((each.equals === undefined) === (each.matches === undefined))
      faults.push({ path: [...path, 'equals'], message: 'either equals or matches is needed' })
    if (each.answer === undefined && !known.includes(each.query))
      faults.push({ path: [...path, 'answer'], message: 'no channel or setting has this query: an example is needed' })
  }
  const found = new RegExp(identification.pattern).exec(identification.example)
  if (!found) faults.push({ path: ['identification', 'pattern'], message: 'it does not fit the example' })
  const model = found?.groups?.['model'] ?? identification.model
  if (model === undefined)
    faults.push({ path: ['identification', 'model'], message: 'neither given nor in the answer' })
  else if (!new RegExp(identification.models).test(model))
    faults.push({ path: ['identification', 'models'], message: `it does not fit the example's “${model}”` })
  return faults
}

export const definitionSchema = shape.superRefine((definition, context) => addFaults(faultsOf(definition), context))

/** Throws usage.invalidInput with the JSON path of what is wrong. */
export const parseScpi = (definition: unknown): ScpiDefinition => parseDefinition(definitionSchema, definition)

export const lineSettingsOf = (definition: unknown): LineSettings => {
  const { sendTerminator, receiveTerminators, quietMs, timeoutMs } = parseScpi(definition).line
  return { sendTerminator, receiveTerminators, quietMs, defaultTimeoutMs: timeoutMs }
}

export function profileOf(given: unknown): Profile {
  const definition = parseScpi(given)
  const { title, manual, exampleLink, checks, channels, settings } = definition
  return {
    id: 'generic-scpi',
    title,
    manual,
    roles: rolesOf(definition),
    link: 'line',
    exampleLink,
    energises: settings.some((each) => each.energises),
    safeStopS: safeStopS(
      definition.safeState && { ...definition.safeState, writes: definition.safeState.commands },
      definition.line.timeoutMs,
    ),
    models: [definition.identification.models],
    channels: channels.map(({ channel, unit, role, title: text }) => ({ channel, unit, role, title: text })),
    settings: settings.map((each) => ({
      name: each.name,
      title: each.title,
      type: each.type,
      unit: each.unit,
      canBeOff: false,
      energises: each.energises,
      role: each.role,
      ...(each.type === 'choice' ? { choices: Object.keys(each.words ?? {}) } : {}),
      ...(each.minimum === undefined ? {} : { minimum: each.minimum }),
      ...(each.maximum === undefined ? {} : { maximum: each.maximum }),
    })),
    limits: {},
    deviations: [],
    checks,
    facts: {},
  }
}
