// A Keithley 2600B-series unit or a 2651A at the wire: TSP in lines ended by LF, answers to print only, common commands.
// Decides nothing about cables: the bench is at channel a (or b). Contact check, digital lines and TSP-Link are not simulated.
// Follows the Series 2600B Reference Manual 2600BS-901-01 and the 2651A's; conversion speed and operating areas aren't confirmed.
import { assert } from '../../src/base/assert.ts'
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createScpiInterpreter } from '../bench/scpi.ts'
import { createScpiStatus } from '../bench/scpiStatus.ts'
import { modelLimits } from '../scpi/smuLimits.ts'
import { profile } from './profile.ts'
import { createEnvironment, factoryScripts, type ErrorEntry } from './tspEnvironment.ts'
import { TspError } from './tspLexer.ts'
import { createSmu } from './tspSmu.ts'
import { createSmuObject } from './tspSmuObject.ts'
import { compileTsp } from './tspStatements.ts'
import type { SmuWorld } from './tspSweep.ts'
import { createBusTrigger, type BusTrigger } from './tspTriggers.ts'
import type { TspFunction, TspObject } from './tspValues.ts'

/** Channels of one model, with what is at their terminals; and the sweeps that run beside the lines. */
function createChannels(context: SimulatorContext, model: string, bus: BusTrigger) {
  const limits = modelLimits(profile, model)
  assert(limits !== null, `there is no simulated model ${model}`)
  const connected = context.options.channel ?? 'a'
  const names = /^26(02|04|12|14|34|36)/.test(model) ? ['a', 'b'] : ['a']
  const buffers: SmuWorld['buffers'] = new Map()
  const running = new Set<Promise<void>>()
  const overlap = (work: Promise<void>): void => {
    running.add(work)
    void work.finally(() => running.delete(work))
  }
  const channels = Object.fromEntries(
    names.map((name): [string, { world: SmuWorld; object: TspObject }] => {
      const smu = createSmu({ context, limits, isConnected: name === connected })
      const world: SmuWorld = { context, smu, buffers, overlap, bus }
      return [`smu${name}`, { world, object: createSmuObject(world) }]
    }),
  )
  return { channels, idle: async () => void (await Promise.all(running)) }
}

/** Lines between `loadscript` and `endscript` are one script, which runs at once with loadandrunscript. */
function createScripts(run: (text: string) => Promise<void>) {
  let loading: { name: string | null; runs: boolean; lines: string[] } | null = null
  const scripts = new Map<string, string>()
  return {
    /** True where the line belongs to a script. */
    take: async (line: string): Promise<boolean> => {
      const [, verb, name = null] = /^\s*(loadscript|loadandrunscript)\s*(\w+)?\s*$/.exec(line) ?? []
      if (verb !== undefined) loading = { name, runs: verb === 'loadandrunscript', lines: [] }
      else if (loading && /^\s*endscript\s*$/.test(line)) {
        const { name: own, runs, lines } = loading
        loading = null
        if (own !== null) scripts.set(own, lines.join('\n'))
        if (runs) await run(lines.join('\n'))
      } else if (loading) loading.lines.push(line)
      else return false
      return true
    },
    textOf: (line: string): string | undefined => scripts.get(/^\s*(\w+)(?:\.run)?\(\)\s*$/.exec(line)?.[1] ?? ''),
  }
}

/**
 * Options: `model` (2651A, 2601B, 2602B, 2611B, 2612B, 2634B, 2635B, 2636B …), `serial`, `firmware` (1.1.6), `channel` (a:
 * where the bench is), `lit` (true; false: the module is dark and takes current), `fault` as listed here and of the wire.
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'clamp', title: 'voltage and current limit are taken 10 % lower than asked', effect: 'refused' },
    { name: 'over-range', title: 'currents are over range', effect: 'missing' },
    { name: 'interlock-open', title: 'the output is blocked by the interlock', effect: 'refused' },
    { name: 'stuck-output', title: 'the output relay sticks: it stays on', effect: 'notSafe' },
  ],
  createSimulator: (context) => {
    const { options } = context
    const model = options.model ?? '2651A'
    const identity = { model, serial: options.serial ?? '4104567', revision: options.firmware ?? '1.1.6' }
    const bus = createBusTrigger()
    const { channels, idle } = createChannels(context, model, bus)
    const errors: ErrorEntry[] = []
    const output: string[] = []
    const print = (line: string): void => void output.push(line)
    const globals = createEnvironment({ context, identity, channels, errors, print, idle, bus })
    const run = async (text: string): Promise<void> => {
      try {
        await compileTsp(text)(globals)
      } catch (error) {
        if (!(error instanceof TspError)) throw error
        errors.push({ code: error.code, text: error.message })
      }
    }
    const scripts = createScripts(run)
    const status = createScpiStatus({
      identity: `Keithley Instruments Inc., Model ${model}, ${identity.serial}, ${identity.revision}`,
      capacity: 100,
      format: (code, text) => `${code}\t${text}`,
      reset: () => void (globals.lookUp('reset') as TspFunction)([]),
      idle,
    })
    const common = Object.entries(status.commands).filter(([pattern]) => pattern.startsWith('*'))
    const commonCommands = createScpiInterpreter(
      { ...Object.fromEntries(common), '*TRG': { set: bus.fire } },
      (error) => errors.push({ code: error.code, text: error.message }),
    )
    const execute = async (line: string): Promise<string | null> => {
      if (line.trimStart().startsWith('*')) return commonCommands.execute(line)
      // `abort` ends a script that runs; here none does between lines.
      if (line.trim() === 'abort') return null
      output.length = 0
      if (!(await scripts.take(line))) await run(scripts.textOf(line) ?? line)
      return output.length > 0 ? output.join('\n') : null
    }
    void run(factoryScripts)
    return createLineDevice({ context, terminator: '\n', execute })
  },
}
