import type { Clock } from '../../src/base/clock.ts'
import { messageOf, StationError } from '../../src/contract/errors.ts'
import type { Identity, Reading, SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { decodeNumber } from '../scpi/client.ts'
import type { ScpiChannel, ScpiDefinition, ScpiSetting } from './definition.ts'
import { decodeText, fill, findText, formatValue, longestAnswer, type AnswerForm } from './text.ts'

const pollMs = 250

export interface Session {
  identify: (options: QueryOptions) => Promise<Identity>
  channels: (options: QueryOptions) => Promise<Reading[]>
  apply: (setting: ScpiSetting, value: number | string, options: QueryOptions) => Promise<number | string>
  stop: (clock: Clock, onSent?: () => void) => Promise<SafeStateProof>
}

/** What a definition's questions and commands come to on the line. */
export function createSession(link: LineLink, definition: ScpiDefinition, name: string): Session {
  const badReply = (request: string, reply: string, detail: string): StationError =>
    new StationError('device.badReply', { instrument: name, request, reply: reply.slice(0, 120), detail })
  const ask = (query: string, timeoutMs: number | undefined, options: QueryOptions): Promise<string> =>
    link.query(query, { ...options, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  const find = (answer: string, form: AnswerForm & { query: string }): string => {
    const text = findText(answer, form)
    if (text === null) throw badReply(form.query, answer, 'the definition expects another form')
    return text
  }
  const expectNoError = async (command: string, options: QueryOptions): Promise<void> => {
    const { errors } = definition
    const found: string[] = []
    for (let i = 0; errors !== null && i < errors.most; i++) {
      const answer = (await ask(errors.query, undefined, options)).trim()
      if (new RegExp(errors.noError).test(answer.slice(0, longestAnswer))) break
      found.push(answer.slice(0, 80))
    }
    if (found.length > 0)
      throw new StationError('device.refused', { instrument: name, request: command, detail: found.join('; ') })
  }

  const channels: Session['channels'] = async (options) => {
    const answers = new Map<string, string>()
    for (const { query, timeoutMs } of definition.channels)
      if (!answers.has(query)) answers.set(query, await ask(query, timeoutMs, options))
    return definition.channels.map((channel) => {
      const answer = answers.get(channel.query) ?? ''
      const text = find(answer, channel)
      return decodeChannel(channel, text, (detail) => badReply(channel.query, answer, detail))
    })
  }

  const apply: Session['apply'] = async (setting, value, options) => {
    for (const command of definition.beforeSetting) await link.write(command, options)
    const number = typeof value === 'number' ? (value - setting.offset) / setting.scale : 0
    const text =
      typeof value === 'number' ? formatValue(number, setting.decimals) : (setting.words?.[value]?.send ?? '')
    const command = fill(setting.command, text)
    await link.write(command, options)
    await expectNoError(command, options)
    const answer = await ask(setting.query, setting.timeoutMs, options)
    const readBack = readSetting(setting, find(answer, setting))
    if (readBack === null) throw badReply(setting.query, answer, 'this setting never holds that')
    const tolerance = setting.tolerance ?? 1e-3 * Math.abs(Number(value)) + 1e-9
    const isTaken = typeof readBack === 'number' ? Math.abs(readBack - Number(value)) <= tolerance : readBack === value
    if (isTaken) return readBack
    throw new StationError('device.clamped', {
      instrument: name,
      quantity: setting.title,
      asked: value,
      actual: readBack,
    })
  }

  return {
    channels,
    apply,
    identify: async (options) => {
      const { query, timeoutMs } = definition.identification
      const answer = await ask(query, timeoutMs, options)
      // A serial number with a flipped bit would be another instrument's.
      if (/[^\x20-\x7e]/.test(answer.trim())) throw badReply(query, answer, 'an identity is of printable characters')
      return decodeIdentity(answer, definition, name)
    },
    stop: (clock, onSent) => stopSafely({ link, definition, clock }, onSent),
  }
}

const round = (value: number): number => Number(value.toPrecision(9))

/** A number or word that a setting holds; null where it is none of its. */
function readSetting(setting: ScpiSetting, text: string): number | string | null {
  if (setting.type !== 'number')
    return Object.entries(setting.words ?? {}).find(([, { reads }]) => new RegExp(reads).test(text))?.[0] ?? null
  const { value } = decodeNumber(text)
  return value === null ? null : round(value * setting.scale + setting.offset)
}

function decodeChannel(definition: ScpiChannel, text: string, badReply: (detail: string) => StationError): Reading {
  const { channel, unit, minimum = -Infinity, maximum = Infinity } = definition
  const missing = (reason: string): Reading => ({ channel, value: null, unit, reason })
  const none = definition.noValue.find((each) => new RegExp(each.pattern).test(text))
  if (none) return missing(none.reason)
  const decoded = decodeText(text, definition)
  if (decoded.value === null) {
    if (decoded.why === 'notANumber') throw badReply(`“${text.slice(0, 40)}” is not a number`)
    return missing(decoded.why === 'overRange' ? 'over range' : 'the instrument has no value')
  }
  const value = round(decoded.value * definition.scale + definition.offset)
  if (value >= minimum && value <= maximum) return { channel, value, unit }
  return missing(`${value} ${unit} is outside ${minimum} to ${maximum} ${unit}`)
}

/** Throws device.badReply for what is no identity at all, device.wrongModel for that of another. */
function decodeIdentity(reply: string, definition: ScpiDefinition, name: string): Identity {
  const { pattern, maker, model, models } = definition.identification
  const found = reply.length > longestAnswer ? null : new RegExp(pattern).exec(reply.trim())
  const group = (key: string): string | undefined => found?.groups?.[key]?.trim()
  const actual = group('model') ?? model ?? ''
  if (!found || !new RegExp(models).test(actual)) {
    // An answer of letters is somebody else's name; anything else is noise.
    if (!/^[\x20-\x7e]{3,}$/.test(reply.trim()))
      throw new StationError('device.badReply', {
        instrument: name,
        request: definition.identification.query,
        reply: reply.slice(0, 120),
        detail: 'it is no identity',
      })
    throw new StationError('device.wrongModel', {
      expected: definition.title,
      link: name,
      actual: reply.trim().slice(0, 120),
    })
  }
  return {
    maker: group('maker') ?? maker ?? 'not given',
    model: actual,
    serialNumber: group('serial') ?? null,
    firmware: group('firmware') ?? null,
  }
}

type ReadBack = NonNullable<ScpiDefinition['safeState']>['readBack'][number]

function holds(each: ReadBack, answer: string): boolean {
  const text = findText(answer, each)
  if (text === null) return false
  if (each.matches !== undefined) return new RegExp(each.matches).test(text)
  const { value } = decodeNumber(text)
  return value !== null && Math.abs(value * each.scale + each.offset - (each.equals ?? 0)) <= each.tolerance
}

/** Every command whatever becomes of the others, then every read-back, each as long as the definition gives it. Never throws. */
async function stopSafely(
  deps: { link: LineLink; definition: ScpiDefinition; clock: Clock },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const { link, definition, clock } = deps
  const { safeState } = definition
  if (safeState === null) return { safe: true, evidence: [], detail: 'measures only; nothing to switch off' }
  const evidence: SafeStateProof['evidence'] = []
  const problems: string[] = []
  const attempt = async (command: string, work: () => Promise<string | null>): Promise<void> => {
    try {
      evidence.push({ command, readBack: await work() })
    } catch (error) {
      evidence.push({ command, readBack: null })
      problems.push(`${command}: ${messageOf(error)}`)
    }
  }
  for (const command of [...definition.beforeSetting, ...safeState.commands])
    await attempt(command, () => link.write(command, { priority: 'stop' }).then(() => null))
  if (problems.length === 0) onSent?.()

  const settle = async (each: ReadBack): Promise<string> => {
    const deadlineMs = clock.monotonicMs() + each.withinS * 1000
    const timeout = each.timeoutMs === undefined ? {} : { timeoutMs: each.timeoutMs }
    for (;;) {
      const answer = (await link.query(each.query, { priority: 'stop', ...timeout })).trim()
      if (holds(each, answer)) return answer
      if (clock.monotonicMs() >= deadlineMs) {
        problems.push(`${each.title}: ${each.query} answered ${answer.slice(0, 80)}`)
        return answer.slice(0, 80)
      }
      await clock.sleep(pollMs)
    }
  }
  for (const each of safeState.readBack) await attempt(each.query, () => settle(each))
  return { safe: problems.length === 0, evidence, detail: problems.join('; ') || null }
}
