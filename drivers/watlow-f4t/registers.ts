/**
 * Registers of the F4T, data map 1; addresses are as on the wire. Each member takes two registers; numbers that aren't floats
 * stand in the first. Where there are several of a kind, the address is that of the first, and `stride` leads to the next.
 */
export const register = {
  softwareRelease: 4,
  softwareBuild: 8,
  serialNumber: 12,
  manufactured: 14,
  partNumber: 16,
  deviceName: 46,
  deviceStatus: 90,
  lineFrequency: 94,
  displayUnit: 1328,
  unitEthernet: 6730,
  unitSerial: 14080,
  clock: 14664,
  profileUnits: 16536,
  profileToStart: 16558,
  stepToStart: 16560,
  startProfile: 16562,
  resumeProfile: 16564,
  endProfile: 16566,
  profileState: 16568,
  profileMinutesLeft: 16570,
  profileHoursLeft: 16572,
  currentProfile: 16588,
  currentStep: 16590,
  stepSecondsLeft: 16622,
  profileNames: 16886,
  nameOfEdited: 18606,
  editedProfile: 18888,
  editAction: 18890,
  stepCount: 18920,
  logs: 19038,
  soakBands: 19086,
  steps: 19094,
} as const

export const partNumberLength = 15

export const loop = {
  stride: 160,
  mode: 2730,
  minimum: 2774,
  maximum: 2776,
  setPoint: 2782,
  manualPower: 2784,
  power: 2808,
  activeSetPoint: 2810,
  activeMode: 2814,
  value: 2820,
} as const

/** Two loops in one: what is in the chamber is controlled by way of the air around it. */
export const cascade = {
  stride: 200,
  mode: 4010,
  activeMode: 4012,
  minimum: 4034,
  maximum: 4036,
  setPoint: 4042,
  manualPower: 4044,
  deviationLow: 4168,
  deviationHigh: 4170,
  power: 4178,
  productValue: 4180,
  value: 4182,
  airSetPoint: 4188,
  productSetPoint: 4190,
  disable: 4200,
} as const

export const alarm = {
  stride: 100,
  type: 1330,
  sides: 1332,
  high: 1334,
  low: 1336,
  hysteresis: 1338,
  silencing: 1340,
  latching: 1342,
  state: 1356,
} as const

/** Limit controllers are modules in one of six slots. */
export const limit = { stride: 60, state: 11250, status: 11264, cause: 11288 } as const
export const output = { moduleStride: 240, stride: 40, state: 33718 } as const
export const input = { moduleStride: 440, stride: 110, value: 27586, error: 27588, type: 27594 } as const
export const message = { stride: 160, isShown: 37546, text: 37548 } as const
export const key = { stride: 20, state: 6844, press: 6850 } as const
export const events = [16594, 16596, 16598, 16600, 16822, 16824, 16826, 16828] as const

/** What the numbers in these registers mean. */
export const code = {
  auto: 10,
  blocked: 12,
  celsius: 15,
  end: 27,
  error: 28,
  fahrenheit: 30,
  fail: 32,
  high: 37,
  inputDryContact: 44,
  hold: 47,
  low: 53,
  manual: 54,
  no: 59,
  none: 61,
  off: 62,
  on: 63,
  open: 65,
  rampRate: 81,
  soak: 87,
  startup: 88,
  user: 100,
  yes: 106,
  jump: 116,
  ok: 138,
  pause: 146,
  resume: 147,
  terminate: 148,
  running: 149,
  notSourced: 246,
  notStarted: 251,
  complete: 252,
  terminated: 253,
  add: 1375,
  keyUp: 1456,
  keyDown: 1457,
  relativeHumidity: 1538,
  absoluteTemperature: 1540,
  wait: 1542,
  noChange: 1557,
  delete: 1772,
  start: 1782,
  timedStart: 1783,
  instant: 1927,
  rampTime: 1928,
  above: 1964,
  below: 1965,
} as const

/** Alarms in these states do nothing. */
export const quietAlarms: readonly number[] = [code.none, code.startup, code.blocked]

export const profileLimits = { profiles: 40, steps: 50 } as const

/** Of the registers of one step, from its type on. */
export const stepRegister = {
  stride: 170,
  type: 0,
  hours: 2,
  minutes: 4,
  seconds: 6,
  jumpStep: 8,
  jumpCount: 10,
  rates: 12,
  targets: 20,
  waits: 28,
  waitValues: 30,
  guaranteedSoak: 44,
  events: 52,
  moreEvents: 68,
  endModes: 76,
  length: 84,
} as const

/** Of the seventh and the twelfth character of the part number. */
const functionsOf: Readonly<Record<string, { hasProfiles: boolean; alarms: number }>> = {
  A: { hasProfiles: false, alarms: 6 },
  B: { hasProfiles: false, alarms: 8 },
  C: { hasProfiles: false, alarms: 14 },
  D: { hasProfiles: true, alarms: 6 },
  E: { hasProfiles: true, alarms: 8 },
  F: { hasProfiles: true, alarms: 14 },
}
const loopsOf: Readonly<Record<string, { loops: number; cascades: number }>> = {
  1: { loops: 1, cascades: 0 },
  2: { loops: 2, cascades: 0 },
  3: { loops: 3, cascades: 0 },
  4: { loops: 4, cascades: 0 },
  5: { loops: 0, cascades: 0 },
  6: { loops: 0, cascades: 1 },
  7: { loops: 1, cascades: 1 },
  8: { loops: 2, cascades: 1 },
  9: { loops: 3, cascades: 1 },
  A: { loops: 0, cascades: 2 },
  B: { loops: 1, cascades: 2 },
  C: { loops: 2, cascades: 2 },
}

/** What the part number says is fitted; null for one that isn't an F4T's. */
export function decodePartNumber(
  partNumber: string,
): { hasProfiles: boolean; alarms: number; loops: number; cascades: number } | null {
  const functions = functionsOf[partNumber[6] ?? '']
  const loops = loopsOf[partNumber[11] ?? '']
  return /^F4T[A-Z0-9-]{9,12}$/.test(partNumber) && functions && loops ? { ...functions, ...loops } : null
}
