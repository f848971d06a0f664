import type { z } from 'zod'
import type { Cancellation } from '../../base/cancellation.ts'
import type { Clock } from '../../base/clock.ts'
import type { Instrument, Profile, Role, SettingValue } from '../../contract/instrument.ts'
import type { Provenance } from '../../contract/provenance.ts'
import type { Calibration } from '../../contract/calibration.ts'
import type { Lane, Prompt, RunEvent } from '../../contract/run.ts'
import type { Band, RecoveryRule, StepBase, ValueRef } from '../../contract/template.ts'
import type { Latest } from '../acquisition/hub.ts'
import type { Recorder } from '../acquisition/recorder.ts'
import type { BandState } from './sensors.ts'

/** A role that an instrument plays in a run. */
export interface TakenRole {
  roleName: string
  role: Role
  /** Only this channel of it; null for all that serve the role. */
  channel: string | null
  /** Only for this lane; null for the whole run. */
  lane: string | null
}

/** An instrument as a run holds it: opened, identified, locked. */
export interface HeldInstrument {
  id: string
  name: string
  calibration: Calibration | null
  provenance: Provenance
  /** One instrument may serve several roles of a template. */
  roles: readonly TakenRole[]
  instrument: Instrument
  profile: Profile
}

export type PromptRequest = Omit<Prompt, 'id' | 'askedUtcMs' | 'dueUtcMs'> & { dueMs?: number }

/** What a step wrote down of its progress; survives a crash of the station. */
export interface StepMemory {
  /** What this very step had saved before the station ended; null on a first visit. */
  readonly before: unknown
  /** How long the station was gone while this step was going on; null where it wasn't. */
  readonly outageMs: number | null
  save(state: unknown): Promise<void>
}

/** What a step may use. Everything that waits takes `signal`. */
export interface StepContext {
  clock: Clock
  signal: Cancellation
  /** Where this step stands, such as `stress/cycles[12]/hot`. */
  path: string
  /** The module lane that the step is for; null for the whole run. */
  lane: string | null
  /** The lanes that are still in; empty in a run of one module. */
  lanes(): readonly Lane[]
  /** The value behind a reference of the template. */
  value(ref: ValueRef): unknown
  /** The same where only a finite number will do. */
  number(ref: ValueRef, what: string): number
  held(roleName: string): readonly HeldInstrument[]
  recorder: Recorder
  sensors: {
    /** Keeps these roles' instruments being read at least this often until released. */
    watch(roleNames: readonly string[], everyMs: number): () => void
    /** Values older than `freshMs` are unknown. */
    check(band: Band, freshMs: number): BandState
    latest(roleName: string, channel?: string): (Latest | null)[]
    /** Called after each reading of any instrument; returns the unsubscribe. */
    onReading(listener: () => void): () => void
    /** Resolves at the next reading of any instrument, at the latest after `mostMs`. */
    next(mostMs: number): Promise<void>
  }
  memory: StepMemory
  /** Sets one setting at every instrument of the role, reads it back, and logs what changed. */
  set(roleName: string, setting: string, value: SettingValue): Promise<void>
  ask(request: PromptRequest): Promise<string>
  log(level: RunEvent['level'], kind: string, text: string): Promise<void>
  /** Runs steps one after the other, each journaled. */
  runSteps(steps: readonly StepBase[], at?: { iteration?: number }): Promise<void>
  /** Does `work` with the same context for a tear-down: the run's stop doesn't reach it, its own deadline does. */
  shielded(deadlineMs: number, work: (context: StepContext) => Promise<void>): Promise<void>
  /** Runs `work` with a context that is cancelled with this one, or by `cancel`. */
  scoped<T>(work: (context: StepContext, cancel: (reason: Error) => void) => Promise<T>): Promise<T>
  /** The same for one lane, whose leaving ends them. */
  inLane(lane: string, steps: readonly StepBase[]): Promise<void>
  /** Takes a lane out of the run because its steps failed. */
  failLane(lane: string, reason: string): Promise<void>
  /** Channels of an instrument that serve the role here. */
  channelsOf(held: HeldInstrument, roleName: string, channel?: string): string[]
  /** Whether an expression is true now. Throws protocol.badParameter where a value that it needs is missing. */
  test(condition: { expr: string }): boolean
  /** What an analysis method makes of these inputs; nothing is stored. */
  judge(method: string, inputs: Readonly<Record<string, unknown>>): unknown
  /** Stores what was recorded at this step (an answer, a mean) under a name that later steps and criteria find. */
  keep(output: string, what: 'measured' | 'answer' | 'findings', value: unknown): Promise<void>
  /** Credited so far of an exposure, in its unit; the least of the lanes where each has its own. */
  credited(exposure: string): number
  /** Puts one cycle to account. */
  addCycle(exposure: string, cycle: { fromUtcMs: number; toUtcMs: number; problems: readonly string[] }): void
  compute(request: { method: string; inputs: Readonly<Record<string, ValueRef>>; output: string }): Promise<void>
  /** Commands these roles safe and waits for the read-back. Throws device.notSafe when one doesn't confirm. */
  makeSafe(roleNames: readonly string[]): Promise<void>
  /** Waits as long as the run is paused; resolves with how long that was (ms). */
  pausePoint(): Promise<number>
  isPaused(): boolean
  /** How long the run has stood still so far (ms). */
  stoodStillMs(): number
  /** The pace of what is written down while time goes by. */
  progressMs: number
}

/** One kind of step: its fields and what it does. A new kind is one file under steps/. */
export interface StepKind {
  kind: string
  /** What happens after a power cut in this step, unless the step says otherwise. */
  recovery: RecoveryRule
  /** Roles that this step puts under energy: it has to stand in a group whose tear-down makes them safe. */
  energises(step: StepBase): readonly string[]
  /**
   * What this step leaves as it is when it ends, such as a set-point; null where nothing. The station, or the instrument,
   * may have lost it in an outage: the last step that left it is done again before the run goes on.
   */
  leaves(step: StepBase): string | null
  schema(step: z.ZodType<StepBase>): z.ZodObject
  run(step: StepBase, context: StepContext): Promise<void>
}

/** Ties the type of a step's fields to its schema. */
export function defineStepKind<S extends z.ZodObject>(definition: {
  kind: string
  recovery?: RecoveryRule
  energises?: (step: z.infer<S>) => readonly string[]
  leaves?: (step: z.infer<S>) => string
  schema: (step: z.ZodType<StepBase>) => S
  run: (step: z.infer<S>, context: StepContext) => Promise<void>
}): StepKind {
  return {
    kind: definition.kind,
    recovery: definition.recovery ?? 'restart',
    energises: (step) => definition.energises?.(step as unknown as z.infer<S>) ?? [],
    leaves: (step) => definition.leaves?.(step as unknown as z.infer<S>) ?? null,
    schema: definition.schema,
    // The template was checked against this very schema when it was loaded.
    run: (step, context) => definition.run(step as unknown as z.infer<S>, context),
  }
}
