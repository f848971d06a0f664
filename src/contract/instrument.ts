import { z } from 'zod'
import type { Cancellation } from '../base/cancellation.ts'
import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { FrameLink, FrameSettings, LineLink, LineSettings, RegisterLink } from './link.ts'
import type { SweepDirection } from './curve.ts'

export const roleSchema = z.enum([
  'IvSource',
  'PowerSupply',
  'HvSource',
  'LeakageMeter',
  'Chamber',
  'InsulationTester',
  'IrradianceSensor',
  'TemperatureSensor',
  'HumiditySensor',
  'Interlock',
])
export type Role = z.infer<typeof roleSchema>

export const identitySchema = z.object({
  maker: z.string(),
  model: z.string(),
  /** null where the protocol has no serial number (most Modbus sensors). */
  serialNumber: z.string().nullable(),
  firmware: z.string().nullable(),
  /** Of an instrument made of others: who each of them is. */
  parts: z
    .array(
      z.object({
        /** Slot of the part, and its name at the station. */
        part: z.string(),
        name: z.string(),
        maker: z.string(),
        model: z.string(),
        serialNumber: z.string().nullable(),
        firmware: z.string().nullable(),
      }),
    )
    .optional(),
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

/** How far a safe stop goes: everything, or only what is electrical, while a chamber in the instrument holds what it has. */
export type StopExtent = 'all' | 'electrical'

export interface IvSource {
  /** Sweeps and hands over points as they arrive; ends with the output off. */
  sweep(request: SweepRequest, onPoints: (points: SweepPoints) => void, signal: Cancellation): Promise<void>
}

/** What an instrument's setting can hold; null switches a control loop off (a chamber's humidity). */
export const settingValueSchema = z.union([z.number(), z.boolean(), z.string(), z.null()])
export type SettingValue = z.infer<typeof settingValueSchema>

/** A setting as the instrument itself says it has it now. */
export interface SetResult {
  name: string
  asked: SettingValue
  actual: SettingValue
}

/** Where a chamber's own program stands. What the controller doesn't tell is null. */
export const programStatusSchema = z.object({
  state: z.enum(['idle', 'running', 'paused', 'ended']),
  program: z.number().int().nullable(),
  step: z.number().int().nullable(),
  stepRemainingS: z.number().nullable(),
  cyclesRemaining: z.number().int().nullable(),
})
export type ProgramStatus = z.infer<typeof programStatusSchema>

/** A program that lies in the chamber's controller and goes on without the PC. */
export interface ChamberProgram {
  status(signal?: Cancellation): Promise<ProgramStatus>
  /** @param step 1 is the first */
  start(at: { program: number; step: number }, signal?: Cancellation): Promise<void>
  pause(signal?: Cancellation): Promise<void>
  resume(signal?: Cancellation): Promise<void>
  stop(signal?: Cancellation): Promise<void>
}

export interface InsulationRequest {
  /** Test voltage, and how fast it is approached. */
  voltageV: number
  rampVPerS: number
  holdS: number
  /** More leakage than this is a breakdown, and ends the test. */
  currentLimitA: number
}

export interface InsulationResult {
  /** null with a reason where nothing could be measured (beyond the range: the value is at least `atLeastOhm`). */
  resistanceOhm: number | null
  atLeastOhm: number | null
  leakageA: number | null
  voltageV: number | null
  breakdown: boolean
  reason: string | null
}

export interface InsulationTester {
  /** Energises, holds, measures, and ends with the output off and discharged; each reading on the way is handed over. */
  test(
    request: InsulationRequest,
    onReadings: (readings: Reading[]) => void,
    signal: Cancellation,
  ): Promise<InsulationResult>
}

/** A timer in the device that switches its outputs off when the station falls silent. */
export interface DeviceWatchdog {
  /** Longest and shortest time it takes (ms). */
  readonly rangeMs: readonly [least: number, most: number]
  arm(timeoutMs: number, signal?: Cancellation): Promise<void>
  feed(signal?: Cancellation): Promise<void>
  disarm(signal?: Cancellation): Promise<void>
}

/** A driver of one instrument on one link. */
export interface Instrument {
  identify(signal?: Cancellation): Promise<Identity>
  /** Everything the instrument measures by itself, once. Never energises. */
  read(signal?: Cancellation): Promise<Reading[]>
  /**
   * From any state: energy off, then measured again. Never throws; what went wrong is in the proof.
   * @param onSent called once the commands are on the wire, before the read-back
   * @param extent all unless given; only an instrument that is a chamber and more knows a difference
   */
  safeStop(onSent?: () => void, extent?: StopExtent): Promise<SafeStateProof>
  /**
   * Changes one of the profile's settings and reads it back. Throws device.limit before anything is sent where the value
   * is beyond the profile or the model, device.clamped where the instrument took another, usage.invalidInput for an unknown name.
   */
  set?(name: string, value: SettingValue, signal?: Cancellation): Promise<SetResult>
  readonly ivSource?: IvSource
  readonly chamberProgram?: ChamberProgram
  readonly insulationTester?: InsulationTester
  readonly watchdog?: DeviceWatchdog
}

const settingName = z.string().regex(/^[a-z][A-Za-z0-9]*$/)

/** One thing that can be set by hand, by a step or by the command line. A number's name ends in its unit. */
export const settingSchema = z
  .object({
    name: settingName,
    title: z.string().min(1),
    type: z.enum(['number', 'boolean', 'choice']),
    unit: z.string().default(''),
    choices: z.array(z.string()).optional(),
    /** Limits that nothing can exceed; a model may have narrower ones, which its driver knows after identify(). */
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    /** null is allowed and switches this control off. */
    canBeOff: z.boolean().default(false),
    /** Whether setting it can put energy on the terminals or move a chamber. */
    energises: z.boolean(),
    role: roleSchema.nullable(),
  })
  .refine((each) => each.type !== 'number' || (each.minimum !== undefined && each.maximum !== undefined), {
    message: 'a number has a minimum and a maximum',
  })
export type Setting = z.infer<typeof settingSchema>

/** What every instrument of a role can be asked for by these very names; more is the driver's own. */
export const roleNames: Readonly<Record<Role, { settings: readonly string[]; channels: readonly string[] }>> = {
  IvSource: { settings: [], channels: [] },
  PowerSupply: { settings: ['voltageV', 'currentA', 'output'], channels: ['voltage', 'current'] },
  HvSource: { settings: ['voltageV', 'currentLimitA', 'output'], channels: ['voltage', 'current'] },
  LeakageMeter: { settings: [], channels: [] },
  Chamber: { settings: ['temperatureC', 'run'], channels: ['temperature'] },
  InsulationTester: { settings: [], channels: [] },
  IrradianceSensor: { settings: [], channels: [] },
  TemperatureSensor: { settings: [], channels: [] },
  HumiditySensor: { settings: [], channels: [] },
  Interlock: { settings: [], channels: ['interlock'] },
}

/** Limits that no protocol can exceed, with the sources of the figures. */
export const profileSchema = z.object({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)+$/),
  title: z.string(),
  manual: z.string(),
  roles: z.array(roleSchema).min(1),
  link: z.enum(['line', 'registers', 'frames', 'parts']),
  /** Link URL to start from in a wizard. */
  exampleLink: z.string(),
  /** Commands that can energise something: such an instrument is commanded safe at the end of every run. */
  energises: z.boolean(),
  /** The longest that a safe stop takes, discharging included, where that is more than 10 s. */
  safeStopS: z.number().positive().max(600).optional(),
  /** Patterns (regular expressions) that the model of the identity has to match. */
  models: z.array(z.string()),
  /** Names of the values that read() gives. */
  channels: z.array(
    z.object({ channel: z.string(), unit: z.string(), role: roleSchema.nullable(), title: z.string() }),
  ),
  settings: z.array(settingSchema).default([]),
  limits: z.record(z.string(), z.number()),
  /** Named deviations of real units that an admin may switch on, each with what it changes. */
  deviations: z.array(z.object({ name: z.string(), title: z.string() })).default([]),
  /** What to look at when it doesn't answer: factory baud rate, menu entries, cable. */
  checks: z.array(z.string()).default([]),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
})
export type Profile = z.infer<typeof profileSchema>

export interface DriverContext {
  clock: Clock
  /** For messages: the instrument's name at this station. */
  name: string
  /** Named deviations of real units that the admin switched on. */
  deviations: readonly string[]
  /** What the lab wrote down about this instrument, for drivers that are made for any such (`profileOf`). */
  definition?: unknown
}

/** A place for other instruments in one that is made of them. `role`: what each part in it has to be. */
export const partSlotSchema = z.object({
  name: z.string(),
  title: z.string(),
  role: roleSchema,
  minimum: z.number().int(),
  maximum: z.number().int(),
})
export type PartSlot = z.infer<typeof partSlotSchema>

/** By slot, in the order of the configuration. */
export type PartProfiles = Readonly<Record<string, readonly { name: string; profile: Profile }[]>>
export interface InstrumentPart {
  name: string
  instrument: Instrument
  profile: Profile
}
export type InstrumentParts = Readonly<Record<string, readonly InstrumentPart[]>>

/** What a folder under drivers/ exports as `driver`. */
export type DriverModule = {
  /** Of a driver with `profileOf`: that of its example. Ask effectiveProfile() for the profile of a configured instrument. */
  profile: Profile
  /**
   * The profile where it depends on the instrument's definition or parts. Throws usage.invalidInput that names the JSON
   * path of what is wrong.
   */
  profileOf?: (definition: unknown, parts: PartProfiles) => Profile
  /** A definition to start from, and to test with. */
  exampleDefinition?: unknown
} & (
  | {
      link: 'line'
      lineSettings: LineSettings
      /** Where they depend on the definition. */
      lineSettingsOf?: (definition: unknown) => LineSettings
      createInstrument: (link: LineLink, context: DriverContext) => Instrument
    }
  | {
      link: 'frames'
      frameSettings: FrameSettings
      createInstrument: (link: FrameLink, context: DriverContext) => Instrument
    }
  | { link: 'registers'; createInstrument: (link: RegisterLink, context: DriverContext) => Instrument }
  | {
      link: 'parts'
      parts: readonly PartSlot[]
      createInstrument: (parts: InstrumentParts, context: DriverContext) => Instrument
    }
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
  /** Air of the bench's climate chamber; the module is in it from the first time it is driven. */
  readonly chamber: SimulatedAir
  /** Terminal voltage when a supply pushes this current forward through the dark module. It also warms the module. */
  forwardVoltageV(currentA: number): number
  /** High voltage between the shorted leads and the frame of the module in `lane` (0, 1, …). */
  readonly stress: SimulatedStress
  /** The bench's door and interlock circuit. */
  readonly interlock: { isClosed(): boolean; set(closed: boolean): void }
}

export interface AirTarget {
  temperatureC: number
  /** null: as fast as the chamber can. */
  rampKPerMin: number | null
  /** null: humidity isn't controlled. */
  humidityPercent: number | null
}

export interface SimulatedAir {
  temperatureC(): number
  humidityPercent(): number
  /** What the controller is after at this moment, its ramp included; null when idle. */
  workingTemperatureC(): number | null
  /** null switches heating, cooling and humidity off: the air drifts to ambient. */
  drive(target: AirTarget | null): void
}

export interface SimulatedStress {
  apply(lane: number, voltageV: number): void
  voltageV(lane: number): number
  /** Current into the frame, with the sign of the voltage: grows with temperature, humidity and time under voltage. */
  leakageA(lane: number): number
  /** Insulation between leads and frame, dry at ambient; falls with humidity and temperature. */
  insulationOhm(lane: number): number
}

/** A fault that a simulator can be told to have, and what a station may see of it. */
export interface SimulatorFault {
  name: string
  title: string
  /**
   * harmless: everything works as before. error: calls fail with a device error, and recover when it ends. missing: a
   * reading is null with a reason. refused: a setting is refused or read back otherwise. notSafe: safeStop() says so.
   */
  effect: 'harmless' | 'error' | 'missing' | 'refused' | 'notSafe'
}

/** The faults that are switched on now, by the options or by a test. */
export interface FaultBoard {
  /** @param request what the fault may be limited to (`on=…`) */
  isActive(name: string, request?: string): boolean
  /** A detail of an active fault, such as `delay`. */
  detail(name: string, key: string): string | undefined
  /** Counts answers, for faults that come at the n-th one. */
  countAnswer(): void
}

export interface SimulatorContext {
  clock: Clock
  random: Random
  bench: SimulatedBench
  /** Bytes to whoever is connected. */
  send: (bytes: Uint8Array) => void
  /** Settings of this simulator, such as `unit` or `sensor`. */
  options: Readonly<Record<string, string>>
  faults: FaultBoard
  /** Of a simulator that can be any instrument: the same definition as its driver's; the example where there is none. */
  definition?: unknown
}

/** The device's end of a wire: bytes in, bytes out; its state outlives connections. */
export interface WireSimulator {
  receive(bytes: Uint8Array): void
}

/** What a folder under drivers/ exports as `simulator`. */
export interface SimulatorModule {
  /** Faults of the device itself; those of the wire are the same for all and come with the host. */
  faults: readonly SimulatorFault[]
  createSimulator: (context: SimulatorContext) => WireSimulator
}
