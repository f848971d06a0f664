/** Registers and coils of the EA Modbus list that driver and simulator use; addresses as on the wire. */
export const register = {
  deviceClass: 0,
  type: 1,
  maker: 21,
  nominalVoltage: 121,
  nominalCurrent: 123,
  nominalPower: 125,
  serial: 151,
  userText: 171,
  firmwareControl: 191,
  firmwareDisplay: 211,
  firmwareDigital: 231,
  remoteCoil: 402,
  outputCoil: 405,
  afterPowerUp: 408,
  acknowledgeCoil: 411,
  setVoltage: 500,
  setCurrent: 501,
  setPower: 502,
  setResistance: 503,
  state: 505,
  actualVoltage: 507,
  actualCurrent: 508,
  actualPower: 509,
  overVoltage: 550,
  overCurrent: 553,
  overPower: 556,
  addressMode: 10_013,
} as const

/** Texts have 40 characters. */
export const textRegisters = 20

/** 100 % of nominal; sets go to 102 % (0xD0E5), protections to 110 % (0xE147). */
export const fullScale = 0xcccc
export const mostSet = 0xd0e5
export const mostProtection = 0xe147
/** Actual values end here, at 125 %. */
export const mostActual = 0xffff

/** Of the 32-bit state in registers 505 and 506. */
export const stateBit = { output: 7, modeLow: 9, modeHigh: 10, remote: 11, sink: 12, alarm: 15 } as const

/** Regulation in bits 9 and 10. */
export const modes = ['CV', 'CR', 'CC', 'CP'] as const

export const toWord = (value: number, nominal: number, most: number): number =>
  Math.min(most, Math.max(0, Math.round((value / nominal) * fullScale)))
export const fromWord = (word: number, nominal: number): number => (word / fullScale) * nominal
