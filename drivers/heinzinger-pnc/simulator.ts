// A Heinzinger PNC with Digital Interface at the wire: SCPI-like lines, no answer to commands, none to nonsense either.
// Decides nothing about cables: the output is on the bench's lane. Local mode by *RST (Digital Interface I) isn't there.
// Follows what hvl_ccb and the Tilda driver send and expect; the layout of *IDN? and the answer to OUTP? are guesses.
import { assert } from '../../src/base/assert.ts'
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createHvOutput } from '../bench/hvOutput.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createMeter } from '../bench/meter.ts'
import { createScpiInterpreter, ScpiError, type ScpiCommands } from '../bench/scpi.ts'
import { booleanArgument, numberArgument } from '../bench/scpiSettings.ts'
import { readType, type PncType } from './pncType.ts'

/** After a command the interface is busy; what comes meanwhile waits, or is lost. */
const busyMs = 50
const answerMs = 30
const readingMs = 20
/** Conductance of a module that is shorted to its frame. */
const shortS = 1e-3

/**
 * Options: `model` (PNChp 6000-10pos), `serial`, `version` (V1.6 DI-II), `lane` (0), `fault`. Polarity and units follow from
 * the model.
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'clamp', title: 'the voltage is taken 10 % lower than asked', effect: 'refused' },
    { name: 'local', title: 'the supply is under local control: commands are left out', effect: 'refused' },
    { name: 'interlock-open', title: 'the interlock is open', effect: 'refused' },
    { name: 'no-output-query', title: 'OUTP? is not answered', effect: 'error' },
    { name: 'deaf-after-set', title: 'what comes within 50 ms after a command is lost', effect: 'harmless' },
    { name: 'over-current', title: 'the module is shorted: the current limit acts', effect: 'harmless' },
    { name: 'stuck-output', title: 'neither the voltage nor the output goes down', effect: 'notSafe' },
  ],
  createSimulator: (context) => {
    const { clock, options } = context
    const type = readType(options['model'] ?? 'PNChp 6000-10pos')
    assert(type !== null, `there is no simulated model ${options['model'] ?? ''}`)
    const supply = createPncSupply(context, type)
    const identity = `${type.model} ${options['serial'] ?? '0512345'}`
    // Nonsense isn't told anybody.
    const interpreter = createScpiInterpreter(commandsOf(supply, { identity, options }), () => undefined)
    let busyUntilMs = -Infinity
    const execute = async (line: string): Promise<string | null> => {
      const waitMs = busyUntilMs - clock.monotonicMs()
      if (waitMs > 0) {
        if (hasFault(context, 'deaf-after-set')) return null
        await clock.sleep(waitMs)
      }
      const isQuestion = line.includes('?')
      if (!isQuestion) busyUntilMs = clock.monotonicMs() + busyMs
      if (hasFault(context, 'no-output-query') && /OUTP(UT)?\?/i.test(line)) return null
      await clock.sleep(isQuestion ? answerMs + (/MEAS/i.test(line) ? readingMs * supply.averages() : 0) : 0)
      return interpreter.execute(line.trim())
    }
    return createLineDevice({ context, terminator: '\n', execute })
  },
}

/** The supply itself, in magnitudes of V and A. */
function createPncSupply(context: SimulatorContext, type: PncType) {
  const { bench, clock, random, options } = context
  const sign = type.sign ?? 1
  const state = { voltageV: 0, currentA: 0, output: false, averages: 1 }
  const voltmeter = createMeter(random.fork('voltmeter'))
  const ammeter = createMeter(random.fork('ammeter'))
  const output = createHvOutput({
    clock,
    bench,
    lane: Number(options['lane'] ?? 0),
    limitA: () => state.currentA,
    shortS: () => (hasFault(context, 'over-current') ? shortS : 0),
  })
  const isInterlockOpen = (): boolean => hasFault(context, 'interlock-open') || !bench.interlock.isClosed()
  const isStuck = (): boolean => hasFault(context, 'stuck-output')
  const isLocal = (): boolean => hasFault(context, 'local')
  const drive = (): void => output.goTo(state.output ? sign * state.voltageV : 0, null)
  /** The interlock switches the output off for good. */
  const watch = (): void => {
    if (!state.output || isStuck() || !isInterlockOpen()) return
    state.output = false
    drive()
  }
  const change = (work: () => void): void => {
    watch()
    if (isLocal()) return
    work()
    drive()
  }
  return {
    type,
    averages: () => state.averages,
    setAverages: (count: number) => void (state.averages = count),
    isOn: (): boolean => {
      watch()
      return state.output
    },
    setV: (value: number) =>
      change(() => {
        const taken = hasFault(context, 'clamp') ? value * 0.9 : value
        if (!isStuck() || taken > state.voltageV) state.voltageV = taken
      }),
    setA: (value: number) => change(() => void (state.currentA = value)),
    switchOutput: (on: boolean) =>
      change(() => {
        if (on ? !isInterlockOpen() : !isStuck()) state.output = on
      }),
    setPoint: () => ({ ...state }),
    measure: (): { voltageV: number; currentA: number } => {
      watch()
      const { voltageV, currentA } = output.present()
      return {
        voltageV: voltmeter.read(Math.abs(voltageV), type.nominalV),
        currentA: ammeter.read(Math.abs(currentA), Math.min(type.nominalA, 1e-3)),
      }
    },
    reset: () =>
      change(() => {
        if (!isStuck()) Object.assign(state, { voltageV: 0, currentA: 0, output: false, averages: 1 })
      }),
  }
}

type PncSupply = ReturnType<typeof createPncSupply>

function commandsOf(
  supply: PncSupply,
  of: { identity: string; options: Readonly<Record<string, string>> },
): ScpiCommands {
  const { type } = supply
  const argument = (text: string | undefined, nominal: number, unit: number): number =>
    numberArgument(text, { min: 0, max: nominal / unit, initial: 0 }) * unit
  const volts = (value: number): string => (value / type.volts).toFixed(3)
  const amperes = (value: number): string => (value / type.amperes).toFixed(4)
  return {
    '*IDN': { get: () => of.identity },
    '*RST': { set: () => supply.reset() },
    ':VERSion': { get: () => of.options['version'] ?? 'V1.6 DI-II' },
    '[:SOURce]:VOLTage': {
      set: ([text]) => supply.setV(argument(text, type.nominalV, type.volts)),
      get: () => volts(supply.setPoint().voltageV),
    },
    '[:SOURce]:CURRent': {
      set: ([text]) => supply.setA(argument(text, type.nominalA, type.amperes)),
      get: () => amperes(supply.setPoint().currentA),
    },
    ':OUTPut': {
      set: ([text]) => supply.switchOutput(booleanArgument(text)),
      get: () => (supply.isOn() ? '1' : '0'),
    },
    ':AVERage': {
      set: ([text]) => {
        const count = numberArgument(text, { min: 1, max: 16, initial: 1 })
        if (![1, 2, 4, 8, 16].includes(count)) throw new ScpiError(-224, 'Illegal parameter value')
        supply.setAverages(count)
      },
      get: () => String(supply.averages()),
    },
    ':MEASure:VOLTage': { get: () => volts(supply.measure().voltageV) },
    ':MEASure:CURRent': { get: () => amperes(supply.measure().currentA) },
  }
}
