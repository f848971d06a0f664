import { hasFault } from '../bench/faults.ts'
import { refuse, toNumber, type Commands, type EspecDevice, type Handler } from './simulatedDevice.ts'
import { emptyProgram, plainStep, type StoredProgram } from './storedProgram.ts'

/** Nothing starts with an alarm or an open door. */
const isReady = ({ alarms, chamber }: EspecDevice): boolean => alarms().length === 0 && !chamber.state.isBlocked

const isStopIgnored = ({ context }: EspecDevice): boolean => hasFault(context, 'standby-ignored')

/** `RAM:3`, `ROM:25`, `PGM:1`: the program's number; null for another word. */
export function programOf(text: string | undefined, { fitting }: EspecDevice): number | null {
  const { programWord, ramPrograms, romPrograms } = fitting.dialect
  const [, word, number = 0] = /^(R[AO]M|PGM)\s*:\s*(\d{1,2})$/.exec(text ?? '') ?? []
  const isRam = word === programWord && Number(number) >= 1 && Number(number) <= ramPrograms
  const isRom = word === 'ROM' && Number(number) > ramPrograms && Number(number) <= ramPrograms + romPrograms
  return isRam || isRom ? Number(number) : null
}

export const stepOf = (text: string | undefined): number | null => {
  const [, step] = /^STEP\s*(\d{1,2})$/.exec(text ?? '') ?? []
  return step === undefined ? null : Number(step)
}

function start(device: EspecDevice, number: number, step: number): string | null {
  const program = device.programs.get(number)
  if (!program) return refuse('DATA NOT READY')
  if (step < 1 || step > program.steps.length) return refuse('DATA OUT OF RANGE')
  if (!isReady(device)) return refuse('CHB NOT READY')
  device.chamber.run({ kind: 'program', number, program }, step)
  return null
}

/** `MODE,…` and `POWER,…`. */
export function modeCommands(device: EspecDevice): Commands {
  const { chamber } = device
  const stop = (mode: 'OFF' | 'STANDBY'): null => {
    if (!isStopIgnored(device)) chamber.setMode(mode)
    return null
  }
  const hold = (): string | null => {
    if (!isReady(device)) return refuse('CHB NOT READY')
    chamber.setMode('CONSTANT')
    return null
  }
  return {
    MODE: ([mode = '']) => {
      const [, number] = /^RUN\s*(\d{1,2})$/.exec(mode) ?? []
      if (mode === 'OFF' || mode === 'STANDBY') return stop(mode)
      if (mode === 'CONSTANT') return hold()
      return number === undefined ? refuse('PARA ERR') : start(device, Number(number), 1)
    },
    POWER: ([word]) => (word === 'ON' ? hold() : word === 'OFF' ? stop('OFF') : refuse('PARA ERR')),
  }
}

const relayNumbers = (texts: readonly string[]): number[] | null => {
  const numbers = texts.map(toNumber)
  return numbers.length > 0 && numbers.every((each) => each !== null && each >= 1 && each <= 12)
    ? (numbers as number[])
    : null
}

/** Settings beside the set-points. */
export function settingCommands(device: EspecDevice): Commands {
  const { chamber, fitting, keys, mask, network, isProtected } = device
  const { constant, state } = chamber
  const guarded =
    (change: Handler): Handler =>
    (args, text) =>
      isProtected() ? refuse('PROTECT ON') : change(args, text)
  const hasRelays = fitting.dialect.hasProgramControl
  return {
    SET: guarded(([text = '']) => {
      if (!/^REF[01369]$/.test(text)) return refuse('PARA ERR')
      constant.refrigeration = text
      return null
    }),
    RELAY: guarded(([word, ...texts]) => {
      const numbers = relayNumbers(texts)
      if (!hasRelays) return refuse('CMD ERR')
      if (!numbers || (word !== 'ON' && word !== 'OFF')) return refuse('PARA ERR')
      for (const each of numbers)
        if (word === 'ON') constant.relays.add(each)
        else constant.relays.delete(each)
      return null
    }),
    KEYPROTECT: ([word]) => {
      if (word !== 'ON' && word !== 'OFF') return refuse('PARA ERR')
      if (word === 'ON' && state.mode === 'OFF') return refuse('CONT NOT READY-4')
      keys.locked = word === 'ON'
      return null
    },
    MASK: ([bits = '']) => {
      if (!/^[01]{8}$/.test(bits)) return refuse('PARA ERR')
      mask.bits = bits
      return null
    },
    SRQ: ([word]) => {
      if (word !== 'RESET') return refuse('PARA ERR')
      Object.assign(state.srq, { alarm: false, stepDone: false, change: false })
      return null
    },
    IPSET: (args) => {
      if (fitting.dialect.name !== 'P-300') return refuse('CMD ERR')
      if (args.length !== 3 || !args.every((each) => /^(\d{1,3}\.){3}\d{1,3}$/.test(each))) return refuse('PARA ERR')
      network.text = args.join(',')
      return null
    },
  }
}

/** `PRGM,…`: what a running program is told. */
export function programCommands(device: EspecDevice, write: (args: readonly string[]) => string | null): Commands {
  const { chamber, fitting, programs } = device
  const { dialect } = fitting
  const end = (how: string | undefined): string | null => {
    const { running } = chamber.state
    if (!running) return refuse('CONT NOT READY-2')
    if (isStopIgnored(device)) return null
    if (how === 'HOLD') chamber.run({ ...running, program: held(device) }, 1)
    else if (how === 'CONST') chamber.setMode('CONSTANT')
    else if (how === 'OFF' || how === 'STANDBY') chamber.setMode(how)
    else return refuse('PARA ERR')
    return null
  }
  const control = (word: string): string | null => {
    if (!chamber.state.running || chamber.state.holds) return refuse('CONT NOT READY-2')
    if (word === 'ADVANCE') chamber.runner.advance()
    else if (!dialect.hasProgramControl) return refuse('CMD ERR')
    else if (word === 'PAUSE') chamber.runner.pause()
    else if (!isReady(device)) return refuse('CHB NOT READY')
    else chamber.runner.resume()
    return null
  }
  return {
    PRGM: ([word = '', first, second]) => {
      if (word === 'END') return end(first)
      if (['PAUSE', 'CONTINUE', 'ADVANCE'].includes(word)) return control(word)
      const number = programOf(first, device)
      const step = stepOf(second)
      if (word !== 'RUN' || !dialect.hasProgramControl || number === null || step === null) return refuse('PARA ERR')
      return start(device, number, step)
    },
    'PRGM ERASE': ([text]) => {
      const number = programOf(text, device)
      if (number === null) return refuse('PARA ERR')
      if (number > dialect.ramPrograms) return refuse('PRGM WRITE ERR-1')
      if (chamber.state.running?.number === number) return refuse('PRGM WRITE ERR-10')
      return programs.delete(number) ? null : refuse('DATA NOT READY')
    },
    'PRGM DATA WRITE': (_args, text) => {
      if (device.isProtected()) return refuse('PROTECT ON')
      const refused = write(text.split(','))
      return refused === null ? null : refuse(refused)
    },
    'RUN PRGM': (_args, text) => runRemote(device, text),
  }
}

/** A program of one moment that holds what is set now. */
function held({ chamber, fitting, calendar }: EspecDevice): StoredProgram {
  const now = {
    ...chamber.step(),
    ...chamber.setPoint(),
    ramp: false,
    humidityRamp: false,
    guaranteed: false,
    minutes: 0,
  }
  const range = { highC: fitting.mostC, lowC: fitting.leastC, date: calendar.date() }
  return { ...emptyProgram(range), steps: [{ ...now, pause: false }], end: 'HOLD' }
}

/** `RUN PRGM,TEMPx TIMEh:m [GOTEMPx] [HUMIx] [GOHUMIx] [RELAYON,1,2] [RELAYOFF,3]`: one step, then hold. */
function runRemote(device: EspecDevice, text: string): string | null {
  const { chamber, limits, fitting, calendar } = device
  const upper = text.toUpperCase()
  const value = (word: string): number | null => toNumber(new RegExp(`\\b${word}(-?[\\d.]+)`).exec(upper)?.[1])
  const [, hours, minutes] = /\bTIME(\d{1,3}):(\d{1,2})/.exec(upper) ?? []
  const [, relays = ''] = /\bRELAYON,([\d,]+)/.exec(upper) ?? []
  const startC = value('TEMP')
  const [endC, startPercent] = [value('GOTEMP') ?? startC, value('HUMI')]
  if (startC === null || endC === null || hours === undefined) return refuse('PARA ERR')
  if ([startC, endC].some((each) => each > limits.highC || each < limits.lowC)) return refuse('DATA OUT OF RANGE')
  if (startPercent !== null && !fitting.hasHumidity) return refuse('CONT NOT READY-1')
  if (!isReady(device)) return refuse('CHB NOT READY')
  const step = plainStep({
    temperatureC: endC,
    ramp: endC !== startC,
    humidityPercent: value('GOHUMI') ?? startPercent,
    humidityRamp: value('GOHUMI') !== null,
    minutes: Number(hours) * 60 + Number(minutes),
    relays:
      relays === ''
        ? []
        : relays
            .split(',')
            .filter((each) => each !== '')
            .map(Number),
  })
  const program: StoredProgram = {
    ...emptyProgram({ highC: fitting.mostC, lowC: fitting.leastC, date: calendar.date() }),
    steps: [step],
    end: 'HOLD',
    preTemperature: { mode: 'SV', value: startC },
    preHumidity: startPercent === null ? { mode: 'OFF', value: 0 } : { mode: 'SV', value: startPercent },
  }
  chamber.run({ kind: 'remote', number: 0, program }, 1)
  return null
}
