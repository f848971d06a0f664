// A FuG supply with Probus V at the wire: registers (`>S0 1000`, `>M0?`) and Probus IV short forms (`U1000`, `F1`, `?`).
// Decides nothing about cables: the output is on the bench's lane 0. Follows the command reference of the ADDAT30 V4.0 and
// what PyExpLabSys' and hvl_ccb's drivers send; Probus IV's answers and the block H1 are rebuilt from those drivers.
import { latin1ToBytes } from '../../src/base/bytes.ts'
import type { SimulatorContext, SimulatorModule, WireSimulator } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createRegisters, scientific, statusBits, type FugInterface } from './fugRegisters.ts'
import { createFugUnit, type FugUnit } from './fugUnit.ts'

/**
 * Options: `serial` (17022-01-01), `type` (HCP), `watts` (14), `volts` (2000), `lane` (0), `polarity` (both, positive,
 * negative), `terminator` of answers (LF; CRLF, LFCR, CR).
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'error-code', title: 'set values are answered with E5', effect: 'refused' },
    { name: 'local', title: 'the supply is under local control', effect: 'refused' },
    { name: 'interlock-open', title: 'the interlock plug is open', effect: 'refused' },
    { name: 'clamp', title: 'the voltage is taken 10 % lower than asked', effect: 'refused' },
    { name: 'overflow', title: 'everything is answered with E7', effect: 'error' },
    { name: 'over-current', title: 'the module is shorted: the current limit acts', effect: 'harmless' },
    { name: 'slow-ramp', title: 'ramps take five times as long', effect: 'harmless' },
    { name: 'stuck-output', title: 'no command switches the output off', effect: 'notSafe' },
  ],
  createSimulator: (context) => createAddat(context),
}

const terminators = ['\r\n', '\n\r', '\n', '\r']
const terminatorNames = ['CRLF', 'LFCR', 'LF', 'CR']
/** Longer lines overflow the interface. */
const longestLine = 50
const lineEnds = [0x0a, 0x0d, 0x00]

const signs: Readonly<Record<string, 1 | -1>> = { positive: 1, negative: -1 }
const spaced = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ' ')

/** The answer, or an error code such as `E2`. */
type Execute = (line: string) => string

/** `>S0 1000`, `>S0?`, `>S0 ?` */
function createRegisterCommands(unit: FugUnit, box: FugInterface, context: SimulatorContext): Execute {
  const serial = context.options.serial ?? '17022-01-01'
  const registers = createRegisters(unit, box, serial)
  return (line) => {
    const [, name = '', query, text = ''] = /^>([A-Z][A-Z0-9]*)(?:\s*(\?)|[ =]\s*(.*))?$/i.exec(line) ?? []
    const register = registers[name.toUpperCase()]
    if (!register) return 'E2'
    if (query === '?') return register.get ? `${name.toUpperCase()}:${register.get()}` : 'E14'
    if (!register.set) return 'E6'
    if (hasFault(context, 'error-code') && /^S\d/i.test(name)) return 'E5'
    return register.set(text.trim()) ?? 'E0'
  }
}

/** What `N` and `?` read back. */
function readBack(unit: FugUnit, of: { channel: number; serial: string }): string {
  const { nominalV, nominalA } = unit.ratings
  const fixed = (value: number, letter: string): string => {
    const [mantissa = '', exponent = '0'] = scientific(value, 4).split('E')
    const sign = exponent.startsWith('-') ? '-' : '+'
    return `${letter}${mantissa}E${sign}${exponent.replace(/[+-]/, '').padStart(2, '0')}${letter}N`
  }
  const answers = [
    () => fixed(unit.measuredV(), 'V'),
    () => fixed(unit.measuredA(), 'A'),
    () => statusBits(unit),
    () => fixed(nominalV, 'V'),
    () => fixed(nominalA, 'A'),
    () => 'ADDAT30 V4.0',
    () => of.serial,
  ]
  return answers[of.channel]?.() ?? 'E13'
}

/** Probus IV: a letter and a value. */
function createShortCommands(registers: Execute, unit: FugUnit, of: { box: FugInterface; serial: string }): Execute {
  const { box, serial } = of
  const pending: string[] = []
  const alias: Readonly<Record<string, string>> = { U: 'S0', I: 'S1', F: 'BON', P: 'BX', S: 'M0I', G: 'KX', Y: 'KT' }
  const execute: Execute = (line) => {
    const [, letter = '', value = '', query] = /^([A-Z])\s*([^?]*)(\?)?$/i.exec(line) ?? []
    const name = letter.toUpperCase()
    if (name === 'N') {
      if (!/^[0-6]$/.test(value)) return 'E13'
      box.readback = Number(value)
      return query ? readBack(unit, { channel: box.readback, serial }) : 'E0'
    }
    if (name === 'X')
      return (
        pending
          .splice(0)
          .map(execute)
          .find((each) => each !== 'E0') ?? 'E0'
      )
    if (name === 'R') return /^\d+$/.test(value) ? 'E0' : 'E4'
    const register = alias[name]
    return register === undefined ? 'E10' : registers(`>${register} ${value}`)
  }
  return (line) => {
    if (line === '?') return readBack(unit, { channel: box.readback, serial })
    if (!box.executesOnX || !/^[UIFP]/i.test(line)) return execute(line)
    pending.push(line)
    return 'E0'
  }
}

function createAddat(context: SimulatorContext): WireSimulator {
  const { options, send } = context
  const [nominalV, watts] = [Number(options.volts ?? 2000), Number(options.watts ?? 14)]
  const serial = options.serial ?? '17022-01-01'
  const ratings = { nominalV, nominalA: watts / nominalV, fixedSign: signs[options.polarity ?? ''] ?? null }
  const unit = createFugUnit(context, ratings, Number(options.lane ?? 0))
  const box: FugInterface = {
    terminator: Math.max(0, terminatorNames.indexOf(options.terminator ?? 'LF')),
    lastError: 0,
    readback: 0,
    adcModes: [4, 4],
    requestMask: 0,
    outputs: {},
    executesOnX: false,
  }
  const registers = createRegisterCommands(unit, box, context)
  const short = createShortCommands(registers, unit, { box, serial })
  const identity = `FUG ${options.type ?? 'HCP'} ${spaced(watts)} - ${spaced(nominalV)} MOD ${serial}`

  const execute: Execute = (line) => {
    unit.watch()
    if (hasFault(context, 'overflow') || line.length > longestLine) return 'E7'
    if (/^\*IDN\?$/i.test(line)) return identity
    if (line.startsWith('*')) return 'E10'
    if (line === '=') {
      unit.reset()
      return 'E0'
    }
    return line.startsWith('>') ? registers(line) : short(line)
  }
  const answer = (line: string): void => {
    // A new terminator counts from the next answer on.
    const end = terminators[box.terminator] ?? '\n'
    const text = execute(line)
    if (/^E[1-9]\d?$/.test(text)) box.lastError = Number(text.slice(1))
    send(latin1ToBytes(text + end))
  }
  let input = ''
  return {
    receive: (bytes) => {
      for (const byte of bytes) {
        if (!lineEnds.includes(byte)) input += String.fromCharCode(byte)
        else {
          const line = input.trim()
          input = ''
          if (line !== '') answer(line)
        }
      }
    },
  }
}
