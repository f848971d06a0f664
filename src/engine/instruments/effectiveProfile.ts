import { StationError } from '../../contract/errors.ts'
import { profileSchema, type DriverModule, type PartProfiles, type Profile } from '../../contract/instrument.ts'
import type { InstrumentConfig } from '../../contract/run.ts'

export interface ProfileSource {
  drivers: ReadonlyMap<string, DriverModule>
  /** Other instruments of the station, for those that are made of them. */
  configOf?: ((id: string) => InstrumentConfig | undefined) | undefined
}

/** @throws StationError usage.notFound */
export function driverOf(config: InstrumentConfig, drivers: ProfileSource['drivers']): DriverModule {
  const driver = drivers.get(config.driver)
  if (!driver) throw new StationError('usage.notFound', { what: 'Driver', id: config.driver })
  return driver
}

const invalid = (detail: string): StationError => new StationError('usage.invalidInput', { detail })

/** The configured parts by slot; each slot of the driver is there. Throws usage.invalidInput, usage.notFound. */
export function partConfigs(config: InstrumentConfig, source: ProfileSource): Map<string, InstrumentConfig[]> {
  const driver = driverOf(config, source.drivers)
  const slots = driver.link === 'parts' ? driver.parts : []
  const given = config.parts ?? {}
  const odd = Object.keys(given).find((name) => !slots.some((slot) => slot.name === name))
  if (odd !== undefined) throw invalid(`parts.${odd}: ${driver.profile.title} has no such part`)
  return new Map(
    slots.map((slot) => {
      const ids = given[slot.name] ?? []
      if (ids.length < slot.minimum || ids.length > slot.maximum)
        throw invalid(`parts.${slot.name}: ${ids.length} given, ${slot.minimum} to ${slot.maximum} are needed`)
      if (new Set(ids).size !== ids.length) throw invalid(`parts.${slot.name}: an instrument is named twice`)
      return [slot.name, ids.map((id) => partConfig(id, slot, source))]
    }),
  )
}

function partConfig(id: string, slot: { name: string; role: string }, source: ProfileSource): InstrumentConfig {
  const config = source.configOf?.(id)
  if (!config) throw new StationError('usage.notFound', { what: 'Instrument', id })
  const driver = driverOf(config, source.drivers)
  if (driver.link === 'parts') throw invalid(`parts.${slot.name}: ${config.name} is itself made of parts`)
  const roles: readonly string[] = effectiveProfile(config, source).roles
  if (!roles.includes(slot.role)) throw invalid(`parts.${slot.name}: ${config.name} is no ${slot.role}`)
  return config
}

/**
 * The profile of a configured instrument: its driver's, or what that makes of the definition and the parts. Whoever needs
 * to know what an instrument is and can, asks here. Throws usage.notFound, usage.invalidInput with the place.
 */
export function effectiveProfile(config: InstrumentConfig, source: ProfileSource): Profile {
  const driver = driverOf(config, source.drivers)
  const parts = partConfigs(config, source)
  if (!driver.profileOf) return driver.profile
  const profiles: PartProfiles = Object.fromEntries(
    [...parts].map(([slot, configs]) => [
      slot,
      configs.map((each) => ({ name: each.name, profile: effectiveProfile(each, source) })),
    ]),
  )
  const parsed = profileSchema.safeParse(driver.profileOf(config.definition, profiles))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalid(`definition.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it makes no profile'}`)
}

/** The same for showing: null where the instrument can't be opened as it is configured. */
export function profileOrNull(config: InstrumentConfig, source: ProfileSource): Profile | null {
  try {
    return effectiveProfile(config, source)
  } catch (error) {
    if (error instanceof StationError) return null
    throw error
  }
}

/** Ids of the instruments that one is made of; none for most. */
export const partIds = (config: InstrumentConfig): string[] => [...new Set(Object.values(config.parts ?? {}).flat())]
