import type { z } from 'zod'
import type { Cancellation } from '../../base/cancellation.ts'
import type { Clock } from '../../base/clock.ts'
import type { Instrument, Profile, Role } from '../../contract/instrument.ts'
import type { Provenance } from '../../contract/provenance.ts'
import type { Calibration, RunEvent } from '../../contract/run.ts'
import type { StepBase, ValueRef } from '../../contract/template.ts'
import type { Recorder } from '../acquisition/recorder.ts'

/** An instrument as a run holds it: opened, identified, locked. */
export interface HeldInstrument {
  id: string
  name: string
  calibration: Calibration | null
  provenance: Provenance
  /** One instrument may serve several roles of a template. */
  roles: readonly { roleName: string; role: Role }[]
  instrument: Instrument
  profile: Profile
}

export interface PromptRequest {
  stepId: string
  title: string
  text: string
  answer: 'confirm' | 'text' | 'number'
}

/** What a step may use. Everything that waits takes `signal`. */
export interface StepContext {
  clock: Clock
  signal: Cancellation
  /** The value behind a reference of the template. */
  value(ref: ValueRef): unknown
  /** The same where only a finite number will do. */
  number(ref: ValueRef, what: string): number
  held(roleName: string): readonly HeldInstrument[]
  recorder: Recorder
  ask(request: PromptRequest): Promise<string>
  log(level: RunEvent['level'], kind: string, text: string): Promise<void>
  /** Runs steps one after the other, each journaled. */
  runSteps(steps: readonly StepBase[]): Promise<void>
  /** Does `work` with the same context for a tear-down: the run's stop doesn't reach it, its own deadline does. */
  shielded(deadlineMs: number, work: (context: StepContext) => Promise<void>): Promise<void>
  compute(request: { method: string; inputs: Readonly<Record<string, ValueRef>>; output: string }): Promise<void>
  /** Commands these roles safe and waits for the read-back. Throws device.notSafe when one doesn't confirm. */
  makeSafe(roleNames: readonly string[]): Promise<void>
}

/** One kind of step: its fields and what it does. A new kind is one file under steps/. */
export interface StepKind {
  kind: string
  schema(step: z.ZodType<StepBase>): z.ZodObject
  run(step: StepBase, context: StepContext): Promise<void>
}

/** Ties the type of a step's fields to its schema. */
export function defineStepKind<S extends z.ZodObject>(definition: {
  kind: string
  schema: (step: z.ZodType<StepBase>) => S
  run: (step: z.infer<S>, context: StepContext) => Promise<void>
}): StepKind {
  return {
    kind: definition.kind,
    schema: definition.schema,
    // The template was checked against this very schema when it was loaded.
    run: (step, context) => definition.run(step as unknown as z.infer<S>, context),
  }
}
