/** Addresses of MB1, as on the wire. Floats have their low word first. */
export const register = {
  temperature: 0x11a9,
  humidity: 0x11cd,
  setpointTemperature: 0x1077,
  setpointHumidity: 0x1079,
  /** Sources disagree on which of the two is “manual” and which “basic”: both are written. */
  manualTemperature: 0x1581,
  manualHumidity: 0x1583,
  basicTemperature: 0x156f,
  basicHumidity: 0x1571,
  mode: 0x1a22,
  /** From 0. */
  programNumber: 0x1a23,
  manualLines: 0x158b,
  lines: 0x1081,
  overTemperature: 0x10bd,
  /** Found by watching an MK 53 (notes to ovenctl). */
  door: 0x1007,
  message: 0x1228,
  alarm: 0x123d,
  note: 0x123e,
} as const

/** One character a register. */
export const messageWords = 0x14

export const mode = { idle: 0, program: 0x0400, manual: 0x0800, basic: 0x1000 } as const
/** What of the mode register is a mode; its other bits aren't described. */
export const modeBits = mode.program | mode.manual | mode.basic

export const antiCondensation = 1

/** null where the registers hold anything but characters. */
export function messageText(words: readonly number[]): string | null {
  const isText = words.every((word) => (word >= 0x20 && word < 0x7f) || (word >= 0xa0 && word <= 0xff) || word === 0)
  return isText ? String.fromCharCode(...words.filter((word) => word !== 0)).trim() : null
}
