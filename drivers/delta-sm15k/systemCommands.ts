import { ScpiError, type ScpiCommand, type ScpiCommands } from '../bench/scpi.ts'
import { booleanArgument, keywordArgument, numberArgument } from '../bench/scpiSettings.ts'
import { anyForm } from './anyForm.ts'

/** Text that is kept, until the simulator ends. */
const kept = (initial: string, check: RegExp): ScpiCommand => {
  let value = initial
  return {
    set: (args) => {
      const text = args.join(',')
      if (!check.test(text)) throw new ScpiError(-224, 'Illegal parameter value')
      value = text
    },
    get: () => value,
  }
}

/** Calibration is kept and read back; the measurement isn't changed by it. */
const calibration = (initial: number): ScpiCommand => {
  let value = initial
  return {
    set: ([text]) => void (value = numberArgument(text, { min: -100, max: 100, initial })),
    get: () => value.toFixed(6),
  }
}

/** `SYSTem:POWersink rsd,1`: the question names the switch as well. */
function powerSink(): ScpiCommand {
  const state: Record<string, boolean> = { RSD: false, INTERLOCK: false, OUTPUT: false }
  const keyOf = (text: string | undefined): string => {
    const key = (text ?? '').toUpperCase()
    if (!(key in state)) throw new ScpiError(-224, 'Illegal parameter value')
    return key
  }
  return {
    set: ([name, on]) => void (state[keyOf(name)] = booleanArgument(on)),
    get: ([name]) => (state[keyOf(name)] ? '1' : '0'),
  }
}

/** `hour,minute,second` and `year,month,day`, which the supply doesn't keep over a power cycle (manual, 5.6.6). */
function dateOrTime(joint: string, ranges: readonly (readonly [number, number])[]): ScpiCommand {
  let value: string | null = null
  return {
    set: (args) => {
      if (args.length !== ranges.length) throw new ScpiError(-109, 'Missing parameter')
      const numbers = ranges.map(([min, max], i) => numberArgument(args[i], { min, max, initial: min }))
      value = numbers.map((each) => String(Math.trunc(each)).padStart(2, '0')).join(joint)
    },
    get: () => value ?? 'UNKNOWN',
  }
}

export interface Terminator {
  text: string
}

/** `SYSTem:COMmunicate:TERminator`: of the answers; the simulator takes any end of a line. */
function terminatorCommand(terminator: Terminator): ScpiCommand {
  const texts: Readonly<Record<string, string>> = { LF: '\n', CR: '\r', CRLF: '\r\n' }
  return {
    set: ([word]) => void (terminator.text = texts[keywordArgument(word, ['LF', 'CR', 'CRLF'])] ?? '\n'),
    get: () => Object.keys(texts).find((word) => texts[word] === terminator.text) ?? 'LF',
  }
}

export function systemCommands(deps: { identity: string; terminator: Terminator; reset: () => void }): ScpiCommands {
  let passwordIsUsed = false
  return {
    '*IDN': { get: () => deps.identity },
    '*PUD': kept('', /^[A-Za-z0-9 _-]{0,72}$/),
    '*SAV': { set: () => undefined },
    '*RST': { set: deps.reset },
    [anyForm(':SYSTem:COMmunicate:TERminator')]: terminatorCommand(deps.terminator),
    [anyForm(':SYSTem:POWersink')]: powerSink(),
    [anyForm(':SYSTem:TIMe')]: dateOrTime(':', [
      [0, 23],
      [0, 59],
      [0, 59],
    ]),
    [anyForm(':SYSTem:DATe')]: dateOrTime('-', [
      [2019, 2099],
      [1, 12],
      [1, 31],
    ]),
    [anyForm(':SYSTem:PASsword')]: {
      set: ([before, after]) => {
        if (before === undefined || after === undefined || after.length > 9)
          throw new ScpiError(-109, 'Missing parameter')
        passwordIsUsed = after.toUpperCase() !== 'DEFAULT'
      },
    },
    [anyForm(':SYSTem:PASsword:STAtus')]: { get: () => (passwordIsUsed ? '1' : '0') },
    [anyForm(':CALIbrate:CURrent:MEAsure:GAIn')]: calibration(1),
    [anyForm(':CALIbrate:CURrent:MEAsure:OFFset')]: calibration(0),
    [anyForm(':CALIbrate:VOLtage:MEAsure:GAIn')]: calibration(1),
    [anyForm(':CALIbrate:VOLtage:MEAsure:OFFset')]: calibration(0),
  }
}
