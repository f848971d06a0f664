import type { SimulatorContext, SimulatorFault, WireSimulator } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createLineDevice, lineEndOf } from '../bench/lineDevice.ts'
import { chamberQueries, targetCommands } from './chamberCommands.ts'
import type { EspecDialect } from './dialect.ts'
import { modeCommands, programCommands, settingCommands } from './operationCommands.ts'
import { createProgramEditor } from './programEditor.ts'
import { productCommands, programQueries } from './programQueries.ts'
import { clockCommands, createCalendar } from './simulatedClock.ts'
import { createEspecDevice, refuse, type Commands, type EspecDevice } from './simulatedDevice.ts'

export const especFaults: readonly SimulatorFault[] = [
  { name: 'not-ready', title: 'every command is refused: NA:CHB NOT READY', effect: 'error' },
  { name: 'restart', title: 'the controller restarts: silent, and off when it is back', effect: 'error' },
  { name: 'sensor-break', title: 'the temperature sensor is broken: dashes instead of a value', effect: 'missing' },
  { name: 'protect-on', title: 'settings are protected at the panel (NA:PROTECT ON)', effect: 'refused' },
  { name: 'set-ignored', title: 'a set-point is answered with OK and not taken', effect: 'refused' },
  { name: 'alarm', title: 'the compressor’s alarm: operation ends, and doesn’t start', effect: 'refused' },
  { name: 'door-open', title: 'the door is open: nothing is conditioned, and nothing starts', effect: 'refused' },
  { name: 'standby-ignored', title: 'a stop is answered with OK and not done', effect: 'notSafe' },
  { name: 'program-busy', title: 'a program is being edited at the panel', effect: 'harmless' },
  { name: 'echo', title: 'an RS-485 adapter that hears itself: the command comes back first', effect: 'harmless' },
]

const defaultAnswerMs = 60
const defaultStartMs = 8000

/** As a version text can be; one that was never built says that this is a simulator. */
const romOf = ({ name }: EspecDialect, hardware: string): string => {
  const word = name === 'P-300' ? 'P3' : name === 'SCP-220' ? 'JMIC' : 'ES1'
  return hardware === '9.99' ? `${word} hardware 9.99` : `${word} -S${hardware}`
}

/** What a controller of this dialect doesn't have at all. */
const missing: Readonly<Record<EspecDialect['name'], readonly RegExp[]>> = {
  'P-300': [],
  'SCP-220': [/^IPSET/],
  'ES-102': [/^IPSET/, /^(DATE|TIME|TIMER)\b/, /^RELAY/, /PTC/, /^PRGM (SET|USE)\?/, /^SYSTEM SET/],
}

function commandsOf(device: EspecDevice): Commands {
  const { context, chamber, fitting, programs, calendar } = device
  const write = createProgramEditor({ context, chamber, fitting, programs, date: calendar.date })
  return {
    ...clockCommands(device),
    ...chamberQueries(device),
    ...targetCommands(device),
    ...modeCommands(device),
    ...settingCommands(device),
    ...programQueries(device),
    ...programCommands(device, write),
    ...productCommands(device),
  }
}

/** The command without the address in front of it; null where another unit is meant, or the address is out of place. */
function unaddressed(line: string, address: string): string | null {
  const [, number, rest] = /^\s*(\d{1,2})\s*,(.*)$/.exec(line) ?? []
  if (number === undefined) return line
  return Number(number) === Number(address) ? (rest ?? '') : null
}

function answer(device: EspecDevice, commands: Commands, line: string): string {
  const { context, fitting } = device
  const [, word = '', text = ''] = /^([^,]*),?(.*)$/.exec(line) ?? []
  const key = word.trim().toUpperCase().replaceAll(/\s+/g, ' ')
  const args = text === '' ? [] : text.split(',').map((each) => each.trim().toUpperCase())
  if (hasFault(context, 'not-ready')) return refuse('CHB NOT READY')
  const lacks = missing[fitting.dialect.name].some((pattern) => pattern.test(key))
  const command = Object.hasOwn(commands, key) && !lacks ? commands[key] : undefined
  if (!command) return refuse('CMD ERR')
  return command(args, text) ?? `OK:${line.trim()}`
}

/**
 * An ESPEC controller at the wire. Options: `hardware` (9.99, the version in ROM?), `humidity` (`no` for a chamber without), `ptc`
 * (`yes`: product temperature control), `mostC` (180), `leastC` (-75), `address` (1, where a command has one), `startMs` (8000, silence
 * after power-on), `answerMs` (60), `terminator` (CRLF, CR, LF), `protocol` (`old`: questions are answered with OK: and their
 * echo first), `alarmNumber` (9).
 */
export function createEspecSimulator(context: SimulatorContext, dialect: EspecDialect): WireSimulator {
  const { clock, options } = context
  const fitting = {
    dialect,
    hasHumidity: options['humidity'] !== 'no',
    hasPtc: options['ptc'] === 'yes',
    mostC: Number(options['mostC'] ?? 180),
    leastC: Number(options['leastC'] ?? -75),
  }
  const rom = romOf(dialect, options['hardware'] ?? '9.99')
  const device = createEspecDevice(context, { fitting, calendar: createCalendar(clock), rom })
  const commands = commandsOf(device)
  const poweredMs = clock.monotonicMs()
  const terminator = lineEndOf({ terminator: 'CRLF', ...options })

  const execute = async (line: string): Promise<string | null> => {
    device.chamber.refresh()
    if (clock.monotonicMs() - poweredMs < Number(options['startMs'] ?? defaultStartMs)) return null
    const command = unaddressed(line, options['address'] ?? '1')
    if (command === null || hasFault(context, 'restart')) return null
    await clock.sleep(Number(options['answerMs'] ?? defaultAnswerMs))
    const text = answer(device, commands, command)
    const isQuestion = command.includes('?') && !text.startsWith('NA:')
    const preface = options['protocol'] === 'old' && isQuestion ? `OK:${command}${terminator}` : ''
    const echo = hasFault(context, 'echo') ? `${line}${terminator}` : ''
    return `${echo}${preface}${text}`
  }
  return createLineDevice({ context, terminator, execute })
}
