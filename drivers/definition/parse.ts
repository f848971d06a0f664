import { z } from 'zod'
import { StationError } from '../../src/contract/errors.ts'
import { roleNames, roleSchema, type Role } from '../../src/contract/instrument.ts'

/** A complaint about a place in the definition. */
export interface Fault {
  path: (string | number)[]
  message: string
}

/** Checks what a lab wrote. Throws usage.invalidInput with the JSON path of everything that is wrong (ten at most). */
export function parseDefinition<T>(schema: z.ZodType<T>, definition: unknown): T {
  if (definition === undefined || definition === null)
    throw new StationError('usage.invalidInput', { detail: 'definition: this driver needs one; see its example.json' })
  const parsed = schema.safeParse(definition)
  if (parsed.success) return parsed.data
  const detail = parsed.error.issues
    .slice(0, 10)
    .map((issue) => `${['definition', ...issue.path].join('.')}: ${issue.message}`)
    .join('; ')
  throw new StationError('usage.invalidInput', { detail }, parsed.error)
}

/** Roles that a reading or a setting can serve; the other two are whole procedures, which data can't describe. */
export const dataRoleSchema = roleSchema.exclude(['IvSource', 'InsulationTester'])

export const channelName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$/, 'a name such as temperature.1 is needed')
export const settingName = z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'a name such as voltageV is needed')

interface Described {
  channels: readonly { channel: string; role: Role | null }[]
  settings: readonly { name: string; role: Role | null; energises: boolean }[]
}

export const rolesOf = ({ channels, settings }: Described): Role[] => [
  ...new Set([...channels, ...settings].flatMap((each) => (each.role === null ? [] : [each.role]))),
]

const firstTwice = (names: readonly string[]): number => names.findIndex((name, i) => names.indexOf(name) !== i)

/** What a schema can't say: names that are there twice, roles that lack a name that they promise. */
export function describedFaults(definition: Described): Fault[] {
  const { channels, settings } = definition
  const faults: Fault[] = []
  const channelNames = channels.map((each) => each.channel)
  const settingNames = settings.map((each) => each.name)
  if (firstTwice(channelNames) >= 0)
    faults.push({ path: ['channels', firstTwice(channelNames), 'channel'], message: 'this name is there twice' })
  if (firstTwice(settingNames) >= 0)
    faults.push({ path: ['settings', firstTwice(settingNames), 'name'], message: 'this name is there twice' })
  for (const role of rolesOf(definition)) {
    for (const name of roleNames[role].settings.filter((each) => !settingNames.includes(each)))
      faults.push({ path: ['settings'], message: `a ${role} has a setting “${name}”` })
    for (const name of roleNames[role].channels.filter((each) => !channelNames.includes(each)))
      faults.push({ path: ['channels'], message: `a ${role} has a channel “${name}”` })
  }
  if (rolesOf(definition).length === 0)
    faults.push({ path: ['channels'], message: 'at least one channel or setting has a role' })
  return faults
}

/** For `superRefine`. */
export const addFaults = (faults: readonly Fault[], context: z.core.$RefinementCtx): void => {
  for (const { path, message } of faults) context.addIssue({ code: 'custom', path: [...path], message })
}

export const rangeFaults = (
  { minimum, maximum }: { minimum?: number | undefined; maximum?: number | undefined },
  path: (string | number)[],
): Fault[] =>
  minimum !== undefined && maximum !== undefined && !(minimum < maximum)
    ? [{ path: [...path, 'maximum'], message: 'the maximum is above the minimum' }]
    : []

/** How long a safe stop may take at the worst: every command unanswered, every read-back at its last moment. */
export const safeStopS = (
  safeState: { writes: readonly unknown[]; readBack: readonly { withinS: number }[] } | null,
  timeoutMs: number,
): number => {
  const { writes = [], readBack = [] } = safeState ?? {}
  const calls = writes.length + readBack.length
  return Math.min(
    600,
    Math.ceil(10 + (calls * timeoutMs) / 1000 + readBack.reduce((sum, each) => sum + each.withinS, 0)),
  )
}
