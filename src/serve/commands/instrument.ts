import { StationError } from '../../contract/errors.ts'
import type { Profile, Reading, SetResult, Setting, SettingValue } from '../../contract/instrument.ts'
import { createCanceller } from '../../base/clock.ts'
import { discoverParts } from '../../engine/discover.ts'
import { effectiveProfile } from '../../engine/instruments/effectiveProfile.ts'
import { openInstrument, type OpenInstrument } from '../../engine/instruments/openInstrument.ts'
import { createLinkOpener } from '../../engine/transport/openLink.ts'
import { neededOption, readArguments, type Options } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readDefinition } from '../definitionFile.ts'
import { realClock } from '../environment.ts'
import { hintsFor } from '../instrumentHints.ts'
import { decimalOf, numberOption } from '../numberOption.ts'
import { alignTable, exitCode, reportError, type ExitCode, type Output } from '../output.ts'
import { onStopSignal } from '../untilStopped.ts'

const bad = (detail: string): StationError => new StationError('usage.badArgument', { detail })
const actions = ['identify', 'read', 'set', 'safe-stop']

interface Job {
  opened: OpenInstrument
  output: Output
  given: Options
  /** Behind `set`. */
  pairs: readonly (readonly [setting: Setting, value: SettingValue])[]
  /** What `set` has done so far: it stays when the next one is refused. */
  results: SetResult[]
}

function valueOf(setting: Setting, text: string): SettingValue {
  if (setting.canBeOff && text === 'off') return null
  if (setting.type === 'boolean') {
    if (text === 'true' || text === 'on') return true
    if (text === 'false' || text === 'off') return false
    throw bad(`${setting.name}=${text}: true or false is needed.`)
  }
  if (setting.type === 'choice') return text
  const value = decimalOf(text.trim())
  if (value === null) throw bad(`${setting.name}=${text}: a number in ${setting.unit || 'its unit'} is needed.`)
  return value
}

const spoken = (value: SettingValue): string => (value === null ? 'off' : String(value))

/** `NAME=VALUE`, checked by the profile before anything is opened. */
function readPairs(texts: readonly string[], profile: Profile): Job['pairs'] {
  if (texts.length === 0) throw bad('set needs NAME=VALUE.')
  return texts.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw bad(`“${text}”: NAME=VALUE is needed.`)
    const name = text.slice(0, at)
    const setting = profile.settings.find((each) => each.name === name)
    const known = profile.settings.map((each) => each.name).join(', ') || 'none'
    if (!setting) throw bad(`There is no setting “${name}”; there are: ${known}.`)
    return [setting, valueOf(setting, text.slice(at + 1))] as const
  })
}

function identify({ opened, output }: Job): ExitCode {
  const { maker, model, serialNumber, firmware } = opened.identity
  const text = `${maker} ${model}, serial number ${serialNumber ?? 'not given'}, firmware ${firmware ?? 'not given'} (${opened.provenance})`
  output.result({ ...opened.identity, provenance: opened.provenance }, text)
  return exitCode.ok
}

const tableOf = (readings: readonly Reading[]): string =>
  alignTable(
    readings.map((each) => [
      each.channel,
      each.value === null ? `– (${each.reason ?? 'no value'})` : String(each.value),
      each.unit,
    ]),
  )

/** Once; with --watch every so many seconds, a JSON line each, until Ctrl+C. */
async function read({ opened, output, given }: Job): Promise<ExitCode> {
  const { identity, provenance, instrument } = opened
  const seconds = numberOption(given, 'watch', 0)
  if (seconds === undefined) {
    const readings = await instrument.read()
    output.result({ identity, provenance, readings }, tableOf(readings))
    return exitCode.ok
  }
  const clock = realClock()
  const stop = createCanceller()
  const release = onStopSignal(() => stop.cancel(new Error('stopped')))
  try {
    for (let dueMs = clock.monotonicMs(); !stop.signal.aborted; dueMs += seconds * 1000) {
      const readings = await instrument.read(stop.signal)
      const utc = new Date(clock.utcMs()).toISOString()
      const line = output.json ? JSON.stringify({ utc, provenance, readings }) : `${utc}\n${tableOf(readings)}`
      process.stdout.write(`${line}\n`)
      await clock.sleep(Math.max(0, dueMs + seconds * 1000 - clock.monotonicMs()), stop.signal)
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    release()
  }
  return exitCode.ok
}

async function set({ opened, output, pairs, results }: Job): Promise<ExitCode> {
  const { instrument, identity, provenance } = opened
  for (const [setting, value] of pairs) {
    if (!instrument.set) throw bad(`${identity.model} has nothing that can be set.`)
    if (setting.energises)
      output.log(
        `Warning: ${setting.name} can put energy on the terminals; it stays when this command has ended. “safe-stop” switches off.`,
      )
    results.push(await instrument.set(setting.name, value))
  }
  const rows = results.map((each) => [each.name, `asked ${spoken(each.asked)}`, `is ${spoken(each.actual)}`])
  output.result({ identity, provenance, set: results }, alignTable(rows))
  return exitCode.ok
}

async function safeStop({ opened, output }: Job): Promise<ExitCode> {
  const proof = await opened.instrument.safeStop(() => output.log('The commands are sent; reading back …'))
  const rows = proof.evidence.map((each) => [each.command, each.readBack ?? '–'])
  const head = proof.safe ? 'Safe, by read-back.' : `NOT confirmed safe: ${proof.detail ?? 'no read-back'}`
  const text = [head, ...(rows.length > 0 ? [alignTable(rows)] : [])].join('\n')
  output.result({ identity: opened.identity, provenance: opened.provenance, ...proof }, text)
  return proof.safe ? exitCode.ok : exitCode.failed
}

const carryOut: Readonly<Record<string, (job: Job) => ExitCode | Promise<ExitCode>>> = {
  identify,
  read,
  set,
  'safe-stop': safeStop,
}

export const instrument: Command = {
  usage:
    'instrument DRIVER --link URL identify | read [--watch SECONDS] | set NAME=VALUE… | safe-stop [--definition FILE] [--json]',
  about: 'One instrument by hand: who it is, its values, a setting read back, or off and proved off',
  run: async (args, output) => {
    const options = { link: { type: 'string' }, watch: { type: 'string' }, definition: { type: 'string' } } as const
    const { positionals, options: given } = readArguments(args, { options, positionals: [2, 20] })
    const [id, action, ...rest] = positionals as [string, string, ...string[]]
    const link = neededOption(given, 'link')
    if (!actions.includes(action)) throw bad(`“${action}”: ${actions.join(', ')} is needed.`)
    if (action !== 'set' && rest.length > 0) throw bad(`Nothing stands behind ${action}: ${rest.join(' ')}.`)
    const { drivers } = await discoverParts()
    const driver = drivers.get(id)
    if (!driver) throw bad(`There is no driver ${id}; there are: ${[...drivers.keys()].join(', ')}.`)
    const definition = (await readDefinition(given)) ?? driver.exampleDefinition
    const config = { id, name: id, driver: id, link, deviations: [], calibration: null, definition }
    const profile = effectiveProfile(config, { drivers })
    const pairs = action === 'set' ? readPairs(rest, profile) : []
    const results: SetResult[] = []
    const clock = realClock()
    try {
      const opened = await openInstrument(config, { clock, drivers, opener: createLinkOpener({ clock }) })
      try {
        return await carryOut[action]!({ opened, output, given, pairs, results })
      } finally {
        await opened.close()
      }
    } catch (error) {
      const done = results.map((each) => `Set before this, and it stays: ${each.name} is ${spoken(each.actual)}.`)
      return reportError(error, output, [...done, ...hintsFor(error, { link, profile, drivers })])
    }
  },
}
