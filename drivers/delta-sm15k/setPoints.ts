import { registerB } from './registers.ts'

/** Commands of one set-point (manual, 5.2), and who has to programme its loop for it to count (5.6.5, register B). */
export interface SetPoint {
  command: string
  maximum: string
  loop: 'CV' | 'CC' | 'CP'
  remoteBit: number
  /** Sink currents and powers are negative numbers on the wire. */
  sign: 1 | -1
}

const voltage = { loop: 'CV', remoteBit: registerB.remoteVoltage } as const
const current = { loop: 'CC', remoteBit: registerB.remoteCurrent } as const
const power = { loop: 'CP', remoteBit: registerB.remotePower } as const

export const setPoints: Readonly<Record<string, SetPoint>> = {
  voltageV: { command: 'SOUR:VOL', maximum: 'SOUR:VOL:MAX?', ...voltage, sign: 1 },
  currentA: { command: 'SOUR:CUR', maximum: 'SOUR:CUR:MAX?', ...current, sign: 1 },
  powerW: { command: 'SOUR:POW', maximum: 'SOUR:POW:MAX?', ...power, sign: 1 },
  negativeCurrentA: { command: 'SOUR:CUR:NEG', maximum: 'SOUR:CUR:NEG:MAX?', ...current, sign: -1 },
  negativePowerW: { command: 'SOUR:POW:NEG', maximum: 'SOUR:POW:NEG:MAX?', ...power, sign: -1 },
}

/** Every loop, for the output: it has to follow what was set here. */
export const loops = [voltage, current, power]
