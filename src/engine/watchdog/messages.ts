import { z } from 'zod'
import type { InstrumentConfig } from '../../contract/run.ts'

/** An instrument that a run holds under energy, with all that it takes to reach it from another process. */
export interface WatchedInstrument {
  config: InstrumentConfig
  /** The instruments that it is made of. */
  parts: readonly InstrumentConfig[]
}

/** What the engine tells its watchdog process. `runId` is a run, or what stands for an instrument in a person's hand. */
export type ToWatchdog =
  | { kind: 'hold'; runId: string; instruments: readonly WatchedInstrument[] }
  | { kind: 'release'; runId: string }
  /** A sign of life of the engine's event loop. Under a debugger the engine may stand still for as long as it likes. */
  | { kind: 'beat'; isDebugged: boolean }
  /** The engine ends in order; nothing is to be done. */
  | { kind: 'farewell' }

export type FromWatchdog =
  | { kind: 'ready' }
  /** From now on these instruments are watched. */
  | { kind: 'held'; runId: string }
  | { kind: 'refused'; runId: string; detail: string }

const evidence = z.array(z.object({ command: z.string(), readBack: z.string().nullable() }))

/** A line of watchdog.log, which the next start of the station reads. */
export const logLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('acts'),
    utcMs: z.number(),
    pid: z.number(),
    reason: z.enum(['hung', 'died']),
    enginePid: z.number(),
    silentMs: z.number(),
    runIds: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('proof'),
    utcMs: z.number(),
    runId: z.string(),
    instrument: z.string(),
    safe: z.boolean(),
    evidence,
    detail: z.string().nullable(),
    attempts: z.number(),
    /** From what was noticed until the commands were on the wire; null where they never were. */
    sentAfterMs: z.number().nullable(),
    provedAfterMs: z.number(),
  }),
  z.object({ kind: z.literal('done'), utcMs: z.number(), pid: z.number() }),
])
export type LogLine = z.infer<typeof logLineSchema>
