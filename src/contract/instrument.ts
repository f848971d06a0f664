import { z } from 'zod'
import type { Cancellation } from '../base/cancellation.ts'
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { LineLink, LineSettings, RegisterLink } from './link.ts'
import type { SweepDirection } from './curve.ts'

export const roleSchema = z.enum(['IvSource', 'IrradianceSensor', 'TemperatureSensor'])
export type Role = z.infer<typeof roleSchema>

export const identitySchema = z.object({
  maker: z.string(),
  model: z.string(),
  /** null where the protocol has no serial number (most Modbus sensors). */
  serialNumber: z.string().nullable(),
  firmware: z.string().nullable(),
})
export type Identity = z.infer<typeof identitySchema>

/** One decoded value. `value` is null with a reason when the instrument gave none. */
export const readingSchema = z.object({
  /** Name within the instrument, such as `irradiance` or `temperature.external`. */
  channel: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  reason: z.string().optional(),
})
export type Reading = z.infer<typeof readingSchema>

export interface SweepRequest {
  direction: SweepDirection
  startV: number
  stopV: number
  points: number
  /** Compliance: the source never lets more current flow. */
  currentLimitA: number
  /** Settling time before each point is measured. */
  settleMs: number
  /** Integration time in power-line cycles. */
  nplc: number
  fourWire: boolean
}

/** Points of a sweep in the order of measurement; `elapsedMs` since the sweep's trigger, by the instrument's clock. */
export interface SweepPoints {
  elapsedMs: number[]
  voltageV: number[]
  /** Generator convention: positive where the module delivers power. */
  currentA: number[]
  /** Indices of points in which the source was limiting. */
  limiting: number[]
}

export interface SafeStateProof {
  /** True only if every read-back says so. */
  safe: boolean
  /** Commands in the order sent, each with what was read back. */
  evidence: { command: string; readBack: string | null }[]
  detail: string | null
}

export interface IvSource {
  /** Sweeps and hands over points as they arrive; ends with the output off. */
  sweep(request: SweepRequest, onPoints: (points: SweepPoints) => void, signal: Cancellation): Promise<void>
}

/** A driver of one instrument on one link. */
export interface Instrument {
  identify(signal?: Cancellation): Promise<Identity>
  /** Everything the instrument measures by itself, once. Never energises. */
  read(signal?: Cancellation): Promise<Reading[]>
  /**
   * From any state: energy off, then measured again. Never throws; what went wrong is in the proof.
   * @param onSent called once the commands are on the wire, before the read-back
   */
  safeStop(onSent?: () => void): Promise<SafeStateProof>
  readonly ivSource?: IvSource
}

/** Limits that no protocol can exceed, with the sources of the figures. */
export const profileSchema = z.object({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)+$/),
  title: z.string(),
  manual: z.string(),
  roles: z.array(roleSchema).min(1),
  link: z.enum(['line', 'registers']),
  /** Link URL to start from in a wizard. */
  exampleLink: z.string(),
  /** Commands that can energise something: such an instrument is commanded safe at the end of every run. */
  energises: z.boolean(),
  /** Patterns (regular expressions) that the model of the identity has to match. */
  models: z.array(z.string()),
  /** Names of the values that read() gives. */
  channels: z.array(
    z.object({ channel: z.string(), unit: z.string(), role: roleSchema.nullable(), title: z.string() }),
  ),
  limits: z.record(z.string(), z.number()),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
})
export type Profile = z.infer<typeof profileSchema>

export interface DriverContext {
  clock: Clock
  /** For messages: the instrument's name at this station. */
  name: string
  /** Named deviations of real units that the admin switched on. */
  deviations: readonly string[]
}

/** What a folder under drivers/ exports as `driver`. */
export type DriverModule = { profile: Profile } & (
  | {
      link: 'line'
      lineSettings: LineSettings
      createInstrument: (link: LineLink, context: DriverContext) => Instrument
    }
  | { link: 'registers'; createInstrument: (link: RegisterLink, context: DriverContext) => Instrument }
)

/** The physical surroundings that the simulators of one lab share. */
export interface SimulatedBench {
  /** Terminal current (generator convention) of the module at this voltage, now. `sweepRateVPerS` bends capacitive modules. */
  moduleCurrentA(voltageV: number, sweepRateVPerS: number): number
  /** Voltage of the module with nothing connected. */
  openCircuitVoltageV(): number
  irradianceWPerM2(): number
  /** Module back side at one of its sensors (0 to 3). */
  moduleTemperatureC(sensor: number): number
  ambientTemperatureC(): number
}

export interface SimulatorContext {
  clock: Clock
  random: Random
  bench: SimulatedBench
  /** Bytes to whoever is connected. */
  send: (bytes: Uint8Array) => void
  /** Settings of this simulator, such as `unit` or `sensor`. */
  options: Readonly<Record<string, string>>
}

/** The device's end of a wire: bytes in, bytes out; its state outlives connections. */
export interface WireSimulator {
  receive(bytes: Uint8Array): void
}

/** What a folder under drivers/ exports as `simulator`. */
export interface SimulatorModule {
  createSimulator: (context: SimulatorContext) => WireSimulator
}
