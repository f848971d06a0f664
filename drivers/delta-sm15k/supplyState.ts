import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import type { TerminalPoint } from '../bench/supplyTerminals.ts'
import { registerA, registerB } from './registers.ts'

export interface SupplyRating {
  model: string
  maxVoltageV: number
  maxCurrentA: number
  maxPowerW: number
}

export type Loop = 'CV' | 'CC' | 'CP'
export type Source = 'Front' | 'Web' | 'Sequencer' | 'Ethernet' | 'Slot1' | 'Slot2' | 'Slot3' | 'Slot4' | 'Function1'

/** 0 after power-on; sink values are magnitudes here. */
const noSetPoints = { voltageV: 0, currentA: 0, powerW: 0, negativeCurrentA: 0, negativePowerW: 0 }
export type SetPoints = typeof noSetPoints
export type SetPointName = keyof SetPoints
export const setPointNames = Object.keys(noSetPoints) as SetPointName[]

const loopOf: Readonly<Record<SetPointName, Loop>> = {
  voltageV: 'CV',
  currentA: 'CC',
  negativeCurrentA: 'CC',
  powerW: 'CP',
  negativePowerW: 'CP',
}

/** What is set, by whom, and within which limits. */
export function createSupplyState(context: SimulatorContext, rating: SupplyRating) {
  const startSource: Source = context.options['source'] === 'Front' ? 'Front' : 'Ethernet'
  const most: SetPoints = {
    voltageV: rating.maxVoltageV,
    currentA: rating.maxCurrentA,
    negativeCurrentA: rating.maxCurrentA,
    powerW: rating.maxPowerW,
    negativePowerW: rating.maxPowerW,
  }
  const limits = Object.fromEntries(setPointNames.map((name) => [name, { value: most[name], on: false }])) as Record<
    SetPointName,
    { value: number; on: boolean }
  >
  const state = {
    most,
    limits,
    set: { ...noSetPoints },
    sources: { CV: startSource, CC: startSource, CP: startSource } as Record<Loop, Source>,
    output: false,
    shutDown: false,
    panelLock: false,
    panelControls: false,
  }
  const source = (loop: Loop): Source => (hasFault(context, 'local') ? 'Front' : state.sources[loop])
  /** What another source than Ethernet programmes is 0 here: nobody turns the knobs. */
  const wanted = (name: SetPointName): number => (source(loopOf[name]) === 'Ethernet' ? state.set[name] : 0)
  const isLimited = (name: SetPointName): boolean => limits[name].on && wanted(name) > limits[name].value
  return {
    state,
    source,
    isLimited,
    effective: (name: SetPointName): number => (isLimited(name) ? limits[name].value : wanted(name)),
    reset: () => {
      Object.assign(state, { set: { ...noSetPoints }, shutDown: false, panelLock: false })
      state.sources = { CV: 'Ethernet', CC: 'Ethernet', CP: 'Ethernet' }
    },
  }
}

type SupplyState = ReturnType<typeof createSupplyState>

const whenTrue = (condition: boolean, bit: number): number => (condition ? bit : 0)

/** Bits of register A that follow from what is set; limits show only while the output is on. */
export function settingBits({ state, isLimited }: SupplyState, isOn: boolean): number {
  return (
    whenTrue(isOn && isLimited('voltageV'), registerA.voltageLimit) |
    whenTrue(isOn && (isLimited('currentA') || isLimited('negativeCurrentA')), registerA.currentLimit) |
    whenTrue(isOn && (isLimited('powerW') || isLimited('negativePowerW')), registerA.powerLimit) |
    whenTrue(state.shutDown, registerA.remoteShutdown) |
    whenTrue(state.panelLock, registerA.panelLock)
  )
}

const modeBits = { CV: registerA.constantVoltage, CC: registerA.constantCurrent, CP: registerA.constantPower }
export const outputBits = (isOn: boolean, { regulation }: TerminalPoint): number =>
  isOn ? modeBits[regulation] | registerA.output : registerA.dcFail

export const sourceBits = ({ source }: SupplyState): number =>
  whenTrue(source('CV') === 'Ethernet', registerB.remoteVoltage) |
  whenTrue(source('CC') === 'Ethernet', registerB.remoteCurrent) |
  whenTrue(source('CP') === 'Ethernet', registerB.remotePower)
