import type { StationEvent } from '../../contract/api.ts'
import type { StartRequest } from '../../contract/startRequest.ts'
import { StationError } from '../../contract/errors.ts'
import type { Run, RunLive, TestedModule } from '../../contract/run.ts'
import type { Template } from '../../contract/template.ts'
import { sha256Hex } from '../../engine/reports/seal.ts'
import { assignRoles, offeredParameters } from '../../engine/simulatedRequest.ts'
import type { Station } from '../../engine/station.ts'
import { integerOption, neededOption, readArguments, readParameters, textOption, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { dataFolderOf, realClock, virtualClock } from '../environment.ts'
import { createProgressBar } from '../progressBar.ts'
import { exitCode, type Output } from '../output.ts'
import { writeRunFiles } from '../runFiles.ts'
import { hostStation } from '../stationHost.ts'
import { onStopSignal } from '../untilStopped.ts'
import { createTerminalOperator } from '../terminalOperator.ts'

const options = {
  simulate: { type: 'boolean' },
  seed: { type: 'string' },
  param: { type: 'string', multiple: true },
  sample: { type: 'string' },
  operator: { type: 'string' },
  instrument: { type: 'string', multiple: true },
  'calibration-override': { type: 'string', multiple: true },
  modules: { type: 'string' },
  out: { type: 'string' },
} as const

/** `--instrument role=driver@URL`: for this run, beside the station's own list. */
function addInstruments(given: readonly string[], station: Station): Record<string, string[]> {
  const roles: Record<string, string[]> = {}
  given.forEach((text, i) => {
    const match = /^([A-Za-z0-9]+)=([a-z0-9-]+)@(.+)$/.exec(text)
    if (!match)
      throw new StationError('usage.badArgument', { detail: `--instrument ${text}: role=driver@URL is needed.` })
    const [, role, driver, link] = match as unknown as [string, string, string, string]
    const same = station.instruments
      .states()
      .find((state) => state.config.driver === driver && state.config.link === link)
    // The same instrument has the same id in every run: after an outage it is looked for by it.
    const id = same?.config.id ?? `cli-${sha256Hex(`${driver}@${link}`).slice(0, 8)}`
    if (!same)
      station.instruments.put({ id, name: `${driver} ${i + 1}`, driver, link, deviations: [], calibration: null })
    roles[role] = [...(roles[role] ?? []), id]
  })
  return roles
}

/** `--calibration-override ID=REASON`: the instrument by its id or its name. */
function readOverrides(given: Options, station: Station): Pick<StartRequest, 'calibrationOverrides'> {
  const texts = (given['calibration-override'] as string[] | undefined) ?? []
  if (texts.length === 0) return {}
  const known = station.instruments.states().map(({ config }) => config)
  const reasons = texts.map((text): [string, string] => {
    const at = text.indexOf('=')
    const named = text.slice(0, Math.max(0, at))
    const config = known.find(({ id }) => id === named) ?? known.find(({ name }) => name === named)
    if (config) return [config.id, text.slice(at + 1)]
    const there = known.map(({ id, name }) => (id === name ? id : `${id} (${name})`)).join(', ') || 'none'
    throw new StationError('usage.badArgument', {
      detail: `--calibration-override ${text}: INSTRUMENT=REASON is needed; there are: ${there}.`,
    })
  })
  return { calibrationOverrides: Object.fromEntries(reasons) }
}

/** Follows a run on the terminal, answers its questions there, and stops it at Ctrl+C. */
async function follow(run: Run, station: Station, output: Output): Promise<Run> {
  const bar = createProgressBar(output)
  const operator = createTerminalOperator({
    answer: (prompt, value) =>
      station.answer({ runId: run.id, promptId: prompt.id, value, who: 'operator at the terminal' }),
    gone: () => station.stopRun(run.id, 'the end of the input: nobody is there to answer'),
  })
  let asked: string | null = null
  const show = (live: RunLive): void => {
    bar.show(live.fraction, live.stepTitle ?? '')
    if (!live.prompt || live.prompt.id === asked) return
    asked = live.prompt.id
    operator.ask(live.prompt)
  }
  const off = station.onEvent((event: StationEvent) => {
    if (event.type === 'log' && event.event.level !== 'info') output.log(`${event.event.level}: ${event.event.text}`)
    if (event.type === 'live') show(event.live)
  })
  const offSignals = onStopSignal((signal) => {
    output.log('Stopping: outputs are commanded off and read back.')
    station.stopRun(run.id, signal)
  })
  try {
    // What was asked before anybody listened.
    const { live } = await station.detail(run.id)
    if (live) show(live)
    return await station.whenEnded(run.id)
  } finally {
    // From here on the run has ended and its outputs are off.
    offSignals()
    off()
    operator.close()
    bar.end()
  }
}

/** `--modules 3`: the first has the sample's id, the others the same with -2 and -3. */
function lanesOf(template: Template, given: Options, module: TestedModule): Pick<StartRequest, 'lanes'> {
  const count = integerOption(given, 'modules', { least: 1, most: 64, otherwise: 1 })
  if (!template.lanes) {
    if (count === 1) return {}
    throw new StationError('usage.badArgument', { detail: `--modules ${count}: ${template.id} tests one module.` })
  }
  const idOf = (i: number): string => (i === 0 ? module.id : `${module.id}-${i + 1}`)
  return { lanes: Array.from({ length: count }, (_, i) => ({ module: { ...module, id: idOf(i) }, parameters: {} })) }
}

/** What is asked for on a command line, with the instruments that fit where none are named. */
export function requestOf(protocolId: string, given: Options, station: Station): StartRequest {
  const template = station.protocols.get(protocolId)
  const simulated = station.info().simulatedModule
  const id = textOption(given, 'sample') ?? simulated?.module.id
  if (id === undefined)
    throw new StationError('usage.badArgument', { detail: '--sample is needed: the id of the module.' })
  const chosen = addInstruments((given['instrument'] as string[] | undefined) ?? [], station)
  const unknown = Object.keys(chosen).find((name) => !template.roles.some((need) => need.name === name))
  if (unknown !== undefined) {
    const roles = template.roles.map((need) => need.name).join(', ')
    throw new StationError('usage.badArgument', {
      detail: `--instrument ${unknown}=…: ${protocolId} has the roles ${roles}.`,
    })
  }
  const module = { ...(simulated?.module ?? { maker: '', model: '' }), id }
  return {
    protocolId,
    module,
    ...lanesOf(template, given, module),
    operator: textOption(given, 'operator') ?? process.env['USER'] ?? 'command line',
    parameters: { ...offeredParameters(template, simulated?.parameters ?? {}), ...readParameters(given) },
    roles: { ...assignRoles(template, station.instruments.states()), ...chosen },
    ...readOverrides(given, station),
  }
}

export const run: Command = {
  usage:
    'run PVTP-001 [--simulate] [--seed N] [--param name=value]… [--sample ID] [--modules N] [--instrument role=driver@URL]… [--calibration-override INSTRUMENT=REASON]… --out DIR [--json]',
  about: 'Runs a protocol without a window; with --simulate in the simulated lab, in virtual time',
  run: async (args, output) => {
    const { positionals, options: given } = readArguments(args, { options, positionals: [1, 1] })
    const out = neededOption(given, 'out')
    const seed = integerOption(given, 'seed', { least: 0, most: 4294967295, otherwise: 1 })
    const simulated = given['simulate'] === true
    const virtual = simulated ? virtualClock() : null
    const work = async (): Promise<{ code: 0 | 1 }> => {
      const { station, close } = await hostStation({
        dataFolder: dataFolderOf(given),
        clock: virtual ?? realClock(),
        simulate: simulated ? { seed } : null,
        virtualTime: simulated,
        automaticAnswer: simulated
          ? (prompt) => ({ value: prompt.answer === 'confirm' ? 'confirmed' : '0', who: 'simulated operator' })
          : null,
        lockWaitMs: simulated ? 30_000 : 0,
      })
      try {
        const started = await station.startRun(requestOf(positionals[0]!, given, station))
        const ended = await follow(started, station, output)
        return { code: await writeRunFiles({ run: ended, station, out, output }) }
      } finally {
        await close()
      }
    }
    const { code } = virtual ? await virtual.run(work()) : await work()
    return code === 0 ? exitCode.ok : exitCode.failed
  },
}
