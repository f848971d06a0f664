import type { Identity } from '../../src/contract/instrument.ts'

export type LoadMode = 'cc' | 'cv' | 'cr' | 'cp'
export const loadModes: readonly LoadMode[] = ['cc', 'cv', 'cr', 'cp']

/** A word that is sent behind a header, and what the query of the header then reads. */
export interface LoadWord {
  command: string
  word: string
  reads: RegExp
}

/** The commands of one family of electronic loads: all that makes one SCPI load different from the next. */
export interface LoadDialect {
  /** Put behind each command and query where the load wants a list of channels, such as `(@1)`; else empty. */
  channels: string
  /** Lines before anything that commands: remote control, the channel. */
  start: readonly string[]
  /** Lines that give the panel back, after a safe stop. */
  end: readonly string[]
  load: { command: string; on: string; off: string; onReads: RegExp; offReads: RegExp }
  /** Short-circuit function, which is switched off with the load; null where it has none. */
  short: { command: string; off: string; offReads: RegExp } | null
  mode: { command: string; words: Readonly<Partial<Record<LoadMode, { word: string; reads: RegExp }>>> }
  /** Headers by the profile's names of settings. */
  levels: Readonly<Record<string, string>>
  measure: { voltage: string; current: string }
  /** Words of the constant-voltage mode, narrowest range first; the sweep takes the first that reaches far enough. */
  sweepModes: readonly string[]
  /** Queries of the least and the most constant voltage in the present range; null where there are none. */
  leastVoltage: string | null
  mostVoltage: string | null
  /** What else a sweep needs, whatever was set before: no switching off below a voltage, slow regulation. */
  beforeSweep: readonly LoadWord[]
  /** Where the voltage is measured; null where the wiring decides. */
  sense: { command: string; remote: string; local: string; remoteReads: RegExp; localReads: RegExp } | null
  /**
   * Its protections: bits of a number, and the line that makes the load forget them. Where no bits are named, any that is
   * set counts; otherwise others in the same register, such as “unregulated”, don't.
   */
  protection: { query: string; clear: string; bits: Readonly<Record<number, string>> } | null
}

/** What one model can take. */
export interface LoadLimits {
  maxVoltageV: number
  maxCurrentA: number
  maxPowerW: number
  /** It can't regulate below this, whatever it lets itself be set to; 0 where only the load knows. */
  leastVoltageV: number
}

/** Who answered, how to speak with it, and what it can. */
export interface KnownLoad {
  identity: Identity
  dialect: LoadDialect
  limits: LoadLimits
}

export const commandOf = (dialect: LoadDialect, header: string, value: string): string =>
  dialect.channels === '' ? `${header} ${value}` : `${header} ${value},${dialect.channels}`

export const queryOf = (dialect: LoadDialect, header: string): string =>
  dialect.channels === '' ? `${header}?` : `${header}? ${dialect.channels}`

/** The part of the status that says that a protection has tripped. */
export function trippedBits(dialect: LoadDialect, status: number): number {
  const weights = Object.keys(dialect.protection?.bits ?? {}).map(Number)
  return weights.length === 0 ? status : status & weights.reduce((mask, each) => mask | each, 0)
}

/** Names of the bits that are set. */
export function trippedBy(dialect: LoadDialect, status: number): string {
  const bits = Object.entries(dialect.protection?.bits ?? {})
  const named = bits.filter(([weight]) => (status & Number(weight)) !== 0).map(([, name]) => name)
  return named.length > 0 ? named.join(', ') : `status ${status}`
}
