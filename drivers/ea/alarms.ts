/** Alarms as the channel `alarms` counts them, and where each protocol has them. */
export const alarms = [
  { name: 'overVoltage', bit: 1, questionable: 1, state: 16, text: 'over-voltage (OVP)' },
  { name: 'overCurrent', bit: 2, questionable: 2, state: 17, text: 'over-current (OCP)' },
  { name: 'overPower', bit: 4, questionable: 4, state: 18, text: 'over-power (OPP)' },
  { name: 'overTemperature', bit: 8, questionable: 8, state: 19, text: 'too hot (OT)' },
  { name: 'powerFail', bit: 16, questionable: 8192, state: 21, text: 'mains failed (PF)' },
] as const

export type AlarmName = (typeof alarms)[number]['name']

/** From `STATus:QUEStionable:CONDition?`: bits 0 to 3 and 13 (programming guide, status registers). */
export const alarmsOfQuestionable = (register: number): number =>
  alarms.reduce((bits, each) => bits | ((register & each.questionable) !== 0 ? each.bit : 0), 0)

/** From the high word of the state registers 505 and 506: bits 16 to 19 and 21. */
export const alarmsOfState = (highWord: number): number =>
  alarms.reduce((bits, each) => bits | ((highWord & (1 << (each.state - 16))) !== 0 ? each.bit : 0), 0)

export const alarmTexts = (bits: number): string[] =>
  alarms.filter(({ bit }) => (bits & bit) !== 0).map(({ text }) => text)
