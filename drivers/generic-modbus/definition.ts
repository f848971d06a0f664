import { z } from 'zod'
import type { Profile } from '../../src/contract/instrument.ts'
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
import {
  fitsRaw,
  placeFault,
  registerFields,
  registerSchema,
  toRaw,
  writeFields,
  writeSchema,
  type Order,
  type Register,
} from './registers.ts'

const order = z.enum(['highFirst', 'lowFirst'])
const rawCode = z.union([z.number(), z.enum(['NaN', 'Infinity'])])

const channelSchema = z.strictObject({
  channel: channelName,
  title: z.string().min(1),
  unit: z.string(),
  role: dataRoleSchema.nullable().default(null),
  ...registerFields,
  minimum: z.number().optional().describe('Below this the value is reported as missing'),
  maximum: z.number().optional().describe('Above this the value is reported as missing'),
  noValue: z
    .array(z.strictObject({ raw: rawCode, reason: z.string().min(1) }))
    .default([])
    .describe('Raw numbers that mean that there is no value, and why'),
  simulate: simulateChannelSchema.optional(),
})

const settingSchema = z.strictObject({
  name: settingName,
  title: z.string().min(1),
  type: z.enum(['number', 'boolean', 'choice']).default('number'),
  unit: z.string().default(''),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  choices: z.record(z.string(), z.int()).optional().describe('Raw number of each choice'),
  onRaw: z.int().default(1).describe('Raw number of “on”'),
  offRaw: z.int().default(0),
  energises: z.boolean().describe('Whether it can put energy on the terminals or move a chamber'),
  role: dataRoleSchema.nullable().default(null),
  write: writeSchema,
  readBack: registerSchema.optional().describe('Where the device says what it has; the place written unless given'),
  tolerance: z.number().nonnegative().optional().describe('In the unit; one step of the register unless given'),
  simulate: simulateSettingSchema.optional(),
})

const identificationSchema = z.strictObject({
  maker: z.string().min(1),
  model: z.string().min(1),
  checks: z
    .array(z.strictObject({ title: z.string().min(1), ...registerFields, equals: z.union([z.number(), z.string()]) }))
    .min(1)
    .describe('What the registers of this model hold; another device is refused'),
  serialNumber: registerSchema.optional(),
  version: registerSchema.optional().describe('Firmware; 9.99 marks a simulated instrument'),
})

const safeStateSchema = z.strictObject({
  writes: z.array(z.strictObject({ title: z.string().min(1), ...writeFields, value: z.number() })).min(1),
  readBack: z
    .array(
      z.strictObject({
        title: z.string().min(1),
        ...registerFields,
        equals: z.number(),
        tolerance: z.number().nonnegative().default(0),
        withinS: z.number().positive().max(600).default(2).describe('How long it may take, such as to discharge'),
      }),
    )
    .min(1),
})

const shape = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().min(1),
  manual: z.string().min(1).describe('Which document these registers are from, and its edition'),
  exampleLink: z.string().default('modbus-rtu:///dev/ttyUSB0?baudRate=9600&unit=1'),
  wordOrder: order.default('highFirst').describe('Which word of a 32-bit number comes first'),
  byteOrder: order
    .default('highFirst')
    .describe('highFirst is what Modbus says; some devices swap the bytes of a word'),
  maximumGap: z.int().min(0).max(120).default(8).describe('Unused registers that one request may read along'),
  maximumBlock: z.int().min(1).max(125).default(125),
  timeoutMs: z.int().min(50).max(60_000).default(1000),
  identification: identificationSchema,
  channels: z.array(channelSchema),
  settings: z.array(settingSchema).default([]),
  safeState: safeStateSchema.nullable().default(null),
  checks: z.array(z.string()).default([]).describe('What to look at when it does not answer'),
})

export type ModbusDefinition = z.infer<typeof shape>
export type ModbusSetting = ModbusDefinition['settings'][number]
export type ModbusChannel = ModbusDefinition['channels'][number]

function settingFaults(setting: ModbusSetting, path: (string | number)[]): Fault[] {
  const { type, minimum, maximum, choices, write } = setting
  const faults = rangeFaults(setting, path)
  if (type === 'choice' && Object.keys(choices ?? {}).length === 0)
    faults.push({ path: [...path, 'choices'], message: 'a choice needs its choices' })
  if (type !== 'number') return faults
  if (minimum === undefined || maximum === undefined)
    return [...faults, { path: [...path, 'minimum'], message: 'a number has a minimum and a maximum' }]
  for (const [name, value] of Object.entries({ minimum, maximum }))
    if (!fitsRaw(write.type, toRaw(write, value)))
      faults.push({ path: [...path, name], message: `it doesn't fit into the ${write.type} that is written` })
  return faults
}

function placeFaults(definition: ModbusDefinition): Fault[] {
  const places: [path: (string | number)[], place: Parameters<typeof placeFault>[0]][] = [
    ...definition.channels.map((each, i) => [['channels', i], each] as const),
    ...definition.identification.checks.map((each, i) => [['identification', 'checks', i], each] as const),
    ...definition.settings.flatMap((each, i) => [
      [['settings', i, 'write'], each.write] as const,
      ...(each.readBack ? [[['settings', i, 'readBack'], each.readBack] as const] : []),
    ]),
    ...(definition.safeState?.writes ?? []).map((each, i) => [['safeState', 'writes', i], each] as const),
    ...(definition.safeState?.readBack ?? []).map((each, i) => [['safeState', 'readBack', i], each] as const),
  ].map(([path, place]) => [[...path], place])
  const found = places.flatMap(([path, place]): Fault[] => {
    const message = placeFault(place)
    return message === null ? [] : [{ path: [...path, 'type'], message }]
  })
  const texts = definition.channels.findIndex((each) => each.type === 'text')
  if (texts >= 0) found.push({ path: ['channels', texts, 'type'], message: 'a channel is a number' })
  return found
}

function faultsOf(definition: ModbusDefinition): Fault[] {
  const energises = definition.settings.some((each) => each.energises)
  const unsafe: Fault[] =
    energises && definition.safeState === null
      ? [{ path: ['safeState'], message: 'what can energise has a safe state that can be read back' }]
      : []
  return [
    ...describedFaults(definition),
    ...placeFaults(definition),
    ...definition.channels.flatMap((each, i) => rangeFaults(each, ['channels', i])),
    ...definition.settings.flatMap((each, i) => settingFaults(each, ['settings', i])),
    ...unsafe,
  ]
}

export const definitionSchema = shape.superRefine((definition, context) => addFaults(faultsOf(definition), context))

/** Throws usage.invalidInput with the JSON path of what is wrong. */
export const parseModbus = (definition: unknown): ModbusDefinition => parseDefinition(definitionSchema, definition)

export const orderOf = (definition: ModbusDefinition): Order => ({
  words: definition.wordOrder,
  bytes: definition.byteOrder,
})

/** Where a setting is read back. */
export const readBackOf = ({ write, readBack }: ModbusSetting): Register =>
  readBack ?? { ...write, functionCode: write.functionCode === 5 ? 1 : 3 }

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

export function profileOf(given: unknown): Profile {
  const definition = parseModbus(given)
  const { title, manual, exampleLink, checks, channels, settings } = definition
  return {
    id: 'generic-modbus',
    title,
    manual,
    roles: rolesOf(definition),
    link: 'registers',
    exampleLink,
    energises: settings.some((each) => each.energises),
    safeStopS: safeStopS(definition.safeState, definition.timeoutMs),
    models: [`^${escape(definition.identification.model)}$`],
    channels: channels.map(({ channel, unit, role, title: text }) => ({ channel, unit, role, title: text })),
    settings: settings.map((each) => ({
      name: each.name,
      title: each.title,
      type: each.type,
      unit: each.unit,
      canBeOff: false,
      energises: each.energises,
      role: each.role,
      ...(each.choices ? { choices: Object.keys(each.choices) } : {}),
      ...(each.minimum === undefined ? {} : { minimum: each.minimum }),
      ...(each.maximum === undefined ? {} : { maximum: each.maximum }),
    })),
    limits: {},
    deviations: [],
    checks,
    facts: {},
  }
}
