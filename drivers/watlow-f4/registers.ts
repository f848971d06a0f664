/**
 * Registers of the F4; addresses are as on the wire. Numbers are signed and of 16 bits, with as many decimals as the
 * controller's own registers say.
 */
export const register = {
  /** Model, serial number in two halves, software number, its revision, date of manufacture. */
  identity: 0,
  saveSettings: 25,
  mode: 200,
  digitalInputs: 201,
  alarmBand1: 1205,
  alarmBand2: 1212,
  resume: 1209,
  hold: 1210,
  terminate: 1217,
  freeProfiles: 1218,
  freeSteps: 1219,
  digitalFunctions: 1060,
  digitalConditions: 1061,
  isCelsius: 901,
  clock: 1916,
  innerSetPoint: 1922,
  cascadeEnabled: 1925,
  cascadeLow: 1926,
  cascadeHigh: 1927,
  events: 2000,
  alarmNames: 3200,
  profileNames: 3500,
  editedProfile: 4000,
  editedStep: 4001,
  editAction: 4002,
  step: 4003,
  currentProfile: 4100,
  currentStep: 4101,
  currentStepType: 4102,
  /** Hours, minutes, seconds. */
  stepLeft: 4119,
  jumps: 4126,
} as const

/** Of the two channels; the second is fitted in an F4D only. */
export const channels = [
  {
    name: 'channel 1',
    value: 100,
    inputError: 101,
    setPoint: 300,
    programSetPoint: 4122,
    sensor: 600,
    low: 602,
    high: 603,
    decimals: 606,
    unit: 608,
    soakBand: 1205,
  },
  {
    name: 'channel 2',
    value: 104,
    inputError: 105,
    setPoint: 319,
    programSetPoint: 4123,
    sensor: 610,
    low: 612,
    high: 613,
    decimals: 616,
    unit: 618,
    soakBand: 1212,
  },
] as const
export type Channel = (typeof channels)[number]

/** Whether alarm 1 and alarm 2 are active; outputs 1A, 1B, 2A, 2B in 0.01 %. */
export const alarmStates = [102, 106] as const
export const outputs = [103, 107, 111, 115] as const

export const eventStride = 10
export const nameStride = 10
export const nameLength = 10
export const digitalStride = 12

export const f4Model = 5270

export const code = {
  static: 1,
  running: 2,
  held: 3,
  unitTemperature: 0,
  unitHumidity: 1,
  sensorOff: 4,
  create: 1,
  insert: 2,
  delete: 3,
  start: 5,
} as const

export const stepType = { autostart: 0, rampTime: 1, rampRate: 2, soak: 3, jump: 4, end: 5, none: 6 } as const
export const endAction = { hold: 0, controlOff: 1, allOff: 2, idle: 3 } as const

/** Of the words of one step, from its type on. */
export const stepWord = {
  type: 0,
  hours: 6,
  minutes: 7,
  seconds: 8,
  events: 27,
  rate: 40,
  targets: 41,
  guaranteedSoak: 45,
  jumpProfile: 47,
  jumpStep: 48,
  jumpCount: 49,
  endAction: 57,
  idleSetPoints: 58,
  length: 60,
} as const

export const profileLimits = { profiles: 40, steps: 256 } as const
