/** Addresses of MB2, as on the wire. Floats have their low word first, the counters their high word. */
export const register = {
  temperature: 0x1004,
  doorTemperature: 0x1006,
  oilTemperature: 0x1008,
  humidity: 0x100a,
  compressorTemperature: 0x100c,
  currentProgram: 0x10a4,
  currentSection: 0x10a5,
  programElapsed: 0x10a6,
  programRemaining: 0x10a8,
  setpointTemperature: 0x10b2,
  setpointHumidity: 0x10b4,
  setpointFan: 0x10b6,
  controlTemperature: 0x10d2,
  controlHumidity: 0x10d6,
  /** Year, month, day, hour, minute, second at which a program begins. */
  programDate: 0x1140,
  programInit: 0x1146,
  /** From 0. */
  programNumber: 0x1147,
  /** From 1. */
  programSection: 0x1148,
  programStart: 0x1149,
  programStop: 0x114a,
  programPause: 0x114b,
  manualTemperature: 0x114c,
  manualHumidity: 0x114e,
  manualFan: 0x1150,
  manualLines: 0x1158,
  lines: 0x1292,
  clock: 0x134a,
  programControl: 0x3000,
  programStatus: 0x3002,
  programSections: 0x3003,
  programEdited: 0x3004,
  programMemory: 0x3005,
  programTitle: 0x4300,
} as const

export const dateWords = 6
export const titleWords = 32

/** Operation lines; bits 2 to 5 are the user's switches. */
export const line = { humidityOff: 1, idle: 2, antiCondensation: 0x40, airValve: 0x80, airDryer: 0x100 } as const
/** Everything off, the user's switches included. */
export const stoppedLines = line.humidityOff | line.idle

/** Whether six words are a date and a time. */
export function isDate(words: readonly number[]): boolean {
  const [year = 0, month = 0, day = 0, hour = 99, minute = 99, second = 99] = words
  const isDay = year >= 2000 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31
  return words.length === dateWords && isDay && hour < 24 && minute < 60 && second < 60
}
