// An iseg SHQ at the wire: every character is echoed, every line answered, with the break time W between characters.
// Decides nothing about cables: channel 1 is on the bench's lane 0. Follows the SHQ operators manual, chapter 5.1, and the
// byte sequences of SiLab's and hexesvm's drivers; how a trip latches is from the manual's notes, not from a unit.
import { latin1ToBytes } from '../../src/base/bytes.ts'
import type { SimulatorContext, SimulatorModule, WireSimulator } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createShqChannel, type ShqChannel } from './shqChannel.ts'

/**
 * Options: `serial`, `channels` (2), `lane` of channel 1 (0), `polarity` (positive, negative), `maxV` (2000), `limitPercent`
 * (100), `w` break time in ms after power-on (3), `trip` (6: the trip counts in µA, 7: in 100 nA).
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'trip', title: 'the module is shorted: the current trip acts', effect: 'refused' },
    { name: 'inhibit', title: 'the external inhibit is active', effect: 'refused' },
    { name: 'interlock-open', title: 'the interlock at the inhibit input is open', effect: 'refused' },
    { name: 'manual', title: 'the front switch stands on manual', effect: 'refused' },
    { name: 'switch-off', title: 'the HV switch at the front is off', effect: 'refused' },
    { name: 'clamp', title: 'the voltage is taken 10 % lower than asked', effect: 'refused' },
    { name: 'stuck-output', title: 'the output follows no command', effect: 'notSafe' },
    { name: 'slow-answers', title: 'the break time is 255 ms, whatever W says', effect: 'error' },
    { name: 'syntax-errors', title: 'everything is answered with ????', effect: 'error' },
    { name: 'no-echo', title: 'an adapter swallows the echo', effect: 'error' },
  ],
  createSimulator: (context) => createUnit(context),
}

/** Six digits and an exponent without E, such as `010000-01`. */
const mantissa = (value: number, exponent: number): string => {
  const digits = String(Math.round(Math.abs(value) / 10 ** exponent)).padStart(6, '0')
  return `${digits}-${String(-exponent).padStart(2, '0')}`
}

const threeDigits = (value: number): string => String(value).padStart(3, '0')

const syntaxError = '????'
/** From this break time on a line takes longer than any pause between messages. */
const slowMs = 20

/** Numbers as the manual writes them: leading zeros may be left out. */
function wholeNumber(text: string, [least, most]: readonly [number, number]): number | null {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most ? value : null
}

/** Commands of a channel that set something; an empty line means that it was taken. */
function write(channel: ShqChannel, letter: string, text: string): string {
  const { state } = channel
  const take = (range: readonly [number, number], store: (value: number) => void): string => {
    const value = wholeNumber(text, range)
    if (value === null) return syntaxError
    store(value)
    return ''
  }
  if (letter === 'D') {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (!Number.isFinite(value)) return syntaxError
    if (value > channel.limitV()) return `? UMAX=${Math.round(channel.limitV())}`
    channel.setVoltage(value)
    return ''
  }
  if (letter === 'V') return take([2, 255], (value) => void (state.rampVPerS = value))
  if (letter === 'A') return take([0, 255], (value) => void (state.autostart = value & 15))
  if (['L', 'LB', 'LS'].includes(letter)) return take([0, 99_999], (value) => void (state.tripSteps = value))
  return syntaxError
}

function read(channel: ShqChannel, letter: string, number: string): string {
  const { state, limits } = channel
  const currentA = channel.measuredA()
  const answers: Readonly<Record<string, () => string>> = {
    U: () => `${limits.isPositive ? '+' : '-'}${mantissa(channel.measuredV(), -1)}`,
    I: () => mantissa(currentA, currentA < 9.9e-4 ? -9 : -8),
    M: () => threeDigits(limits.limitPercent),
    N: () => '100',
    D: () => mantissa(state.setV, -1),
    V: () => threeDigits(state.rampVPerS),
    L: () => mantissa(state.tripSteps * limits.tripA, Math.round(Math.log10(limits.tripA))),
    A: () => threeDigits(state.autostart),
    S: () => `S${number}=${channel.readStatus()}`,
    T: () => threeDigits(channel.bits()),
    G: () => {
      channel.start()
      return `S${number}=${channel.statusWord()}`
    },
  }
  return answers[letter === 'LB' || letter === 'LS' ? 'L' : letter]?.() ?? syntaxError
}

function createUnit(context: SimulatorContext): WireSimulator {
  const { clock, options, random, send } = context
  const limits = {
    maxV: Number(options.maxV ?? 2000),
    maxA: 0.006,
    limitPercent: Number(options.limitPercent ?? 100),
    isPositive: options.polarity !== 'negative',
    tripA: 10 ** -Number(options.trip ?? 6),
  }
  const channels = Array.from({ length: Number(options.channels ?? 2) }, (_each, i) =>
    createShqChannel(context, { lane: Number(options.lane ?? 0) + i, limits, random: random.fork(`channel ${i}`) }),
  )
  let breakMs = Number(options.w ?? 3)
  let line = ''
  let queue: Promise<void> = Promise.resolve()

  const answer = (text: string): string => {
    for (const channel of channels) channel.watch()
    if (hasFault(context, 'syntax-errors')) return syntaxError
    if (text === '') return ''
    if (text === '#') return `${options.serial ?? '481034'};3.15;${limits.maxV}V;6mA`
    const [, letter = '', number = '', rest] = /^([A-Z]+?)(\d?)(?:=(.*))?$/.exec(text) ?? []
    if (letter === 'W' && number === '') {
      if (rest === undefined) return threeDigits(breakMs)
      const value = wholeNumber(rest, [1, 255])
      if (value !== null) breakMs = value
      return value === null ? syntaxError : ''
    }
    if (letter === '' || number === '') return syntaxError
    const channel = channels[Number(number) - 1]
    if (!channel) return '?WCN'
    return rest === undefined ? read(channel, letter, number) : write(channel, letter, rest)
  }
  const pauseMs = (): number => (hasFault(context, 'slow-answers') ? 255 : breakMs)
  /** What came in one piece goes out in one piece, as long as its characters take; a slow unit's characters come one by one. */
  const speak = (text: string): void => {
    const pieces = pauseMs() > slowMs ? [...text] : [text]
    for (const piece of pieces)
      queue = queue.then(() => clock.sleep(pauseMs() * piece.length)).then(() => send(latin1ToBytes(piece)))
  }
  return {
    receive: (bytes) => {
      let out = ''
      for (const byte of bytes) {
        const char = String.fromCharCode(byte)
        if (!hasFault(context, 'no-echo')) out += char
        if (byte === 0x0a) {
          out += `${answer(line.trim())}\r\n`
          line = ''
        } else line += char
      }
      if (out !== '') speak(out)
    },
  }
}
