/** Status registers A and B (manual, 5.8), as bit weights. */
export const registerA = {
  constantVoltage: 1,
  constantCurrent: 2,
  constantPower: 4,
  voltageLimit: 8,
  currentLimit: 16,
  powerLimit: 32,
  dcFail: 64,
  overTemperature: 256,
  acFail: 1024,
  interlock: 2048,
  remoteShutdown: 4096,
  output: 8192,
  panelLock: 16_384,
} as const

export const registerB = {
  remoteVoltage: 1,
  remoteCurrent: 2,
  remotePower: 4,
  programRunning: 8,
  waitForTrigger: 16,
  master: 32,
  slave: 64,
  voltageOverload: 128,
  currentOverload: 256,
  voltageProgramOverload: 1024,
  currentProgramOverload: 2048,
  protection: 16_384,
  programOpenEnd: 32_768,
} as const

/** What keeps, or has switched, the output off. DC-fail is left out: it is there whenever the output is off. */
const blocking: readonly (readonly [bit: number, text: string])[] = [
  [registerA.interlock, 'the interlock is open'],
  [registerA.remoteShutdown, 'the remote shutdown (RSD) is on'],
  [registerA.overTemperature, 'it is too hot'],
  [registerA.acFail, 'the mains failed'],
]

const blockingBits = blocking.reduce((bits, [bit]) => bits | bit, 0)

/** The bits of register A that are faults. */
export const faultBits = (a: number): number => a & blockingBits

/** In words why the output is off or can't go on. */
export const whyOff = (a: number): string[] => blocking.filter(([bit]) => (a & bit) !== 0).map(([, text]) => text)

const limitBits = registerA.voltageLimit | registerA.currentLimit | registerA.powerLimit
/** Limits (`SYST:LIM`, front panel) that hold the output below its set-points now. */
export const actingLimits = (a: number): number => a & limitBits

/** 1 constant voltage, 2 current, 3 power; 0 with the output off. */
export function regulationOf(a: number): number {
  if ((a & registerA.output) === 0) return 0
  if ((a & registerA.constantVoltage) !== 0) return 1
  if ((a & registerA.constantCurrent) !== 0) return 2
  return (a & registerA.constantPower) !== 0 ? 3 : 0
}

const remoteBits = registerB.remoteVoltage | registerB.remoteCurrent | registerB.remotePower
export const isRemote = (b: number): boolean => (b & remoteBits) === remoteBits
