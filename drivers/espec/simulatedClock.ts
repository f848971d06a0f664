import type { Clock } from '../../src/base/clock.ts'
import { refuse, toNumber, type Commands, type EspecDevice } from './simulatedDevice.ts'

export interface CalendarClock {
  /** `yy.mm/dd` */
  date: () => string
  /** `h:mm:ss` */
  time: () => string
  setDate: (year: number, month: number, day: number) => void
  setTime: (hour: number, minute: number, second: number) => void
}

const two = (value: number): string => String(value).padStart(2, '0')
const dayMs = 86_400_000

export function createCalendar(clock: Clock): CalendarClock {
  let offsetMs = 0
  const nowMs = (): number => clock.utcMs() + offsetMs
  const startOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs
  return {
    date: () => {
      const now = new Date(nowMs())
      return `${two(now.getUTCFullYear() % 100)}.${two(now.getUTCMonth() + 1)}/${two(now.getUTCDate())}`
    },
    time: () => {
      const now = new Date(nowMs())
      return `${now.getUTCHours()}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}`
    },
    setDate: (year, month, day) => {
      offsetMs += Date.UTC(year, month - 1, day) - startOfDay(nowMs())
    },
    setTime: (hour, minute, second) => {
      const now = nowMs()
      offsetMs += startOfDay(now) + ((hour * 60 + minute) * 60 + second) * 1000 - now
    },
  }
}

interface Timer {
  /** As `TIMER LIST?` gives it. */
  listed: string
  isOn: boolean
}

const timePattern = /^\d{1,2}:\d{1,2}$/

/** `NO0,h:m,MODE[,RAM:n,STEPk]`, `NO1,MODEr[,date|days],h:m,MODE[,RAM:n,STEPk]`, `NO2,…`: as the list shows it. */
function listOf(number: number, args: readonly string[]): string | null {
  const time = args.findIndex((each) => timePattern.test(each))
  if (time < 0) return null
  const [before, after] = [args.slice(0, time), args.slice(time + 1)]
  if (after.length === 0) return null
  return number === 0 ? `${after.join(',')},${args[time]}` : [number, ...before, args[time], ...after].join(',')
}

/** The controller's calendar and its three timers, which are kept and shown, but start nothing here. */
export function clockCommands({ calendar, isProtected }: EspecDevice): Commands {
  const timers = new Map<number, Timer>()
  const numbers = (wanted: (timer: Timer) => boolean): string => {
    const found = [...timers].filter(([, timer]) => wanted(timer)).map(([number]) => number)
    return [found.length, ...found.sort()].join(',')
  }
  const timerOf = (text: string | undefined): number | null => {
    const [, number] = /^NO([0-2])$/.exec(text ?? '') ?? []
    return number === undefined ? null : Number(number)
  }
  return {
    'DATE?': () => calendar.date(),
    'TIME?': () => calendar.time(),
    DATE: ([text = '']) => {
      const [, year = 0, month = 0, day = 0] = (/^(\d{1,2})\.\s*(\d{1,2})\/(\d{1,2})/.exec(text) ?? []).map(Number)
      if (month < 1 || month > 12 || day < 1 || day > 31) return refuse('PARA ERR')
      calendar.setDate(2000 + year, month, day)
      return null
    },
    TIME: ([text = '']) => {
      const [, hour = 99, minute = 0, second = 0] = (/^(\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(text) ?? []).map(Number)
      if (hour > 23 || minute > 59 || second > 59) return refuse('PARA ERR')
      calendar.setTime(hour, minute, second)
      return null
    },
    'TIMER ON?': () => numbers((timer) => timer.isOn),
    'TIMER USE?': () => numbers(() => true),
    'TIMER LIST?': ([text]) => timers.get(toNumber(text) ?? -1)?.listed ?? refuse('DATA NOT READY'),
    'TIMER WRITE': ([name, ...rest]) => {
      const number = timerOf(name)
      const listed = number === null ? null : listOf(number, rest)
      if (number === null || listed === null) return refuse('PARA ERR')
      if (isProtected()) return refuse('PROTECT ON')
      timers.set(number, { listed, isOn: false })
      return null
    },
    'TIMER ERASE': ([name]) => {
      const number = timerOf(name)
      if (number === null) return refuse('PARA ERR')
      return timers.delete(number) ? null : refuse('DATA NOT READY')
    },
    TIMER: ([word, text]) => {
      const timer = timers.get(toNumber(text) ?? -1)
      if (word !== 'ON' && word !== 'OFF') return refuse('PARA ERR')
      if (!timer) return refuse('DATA NOT READY')
      timer.isOn = word === 'ON'
      return null
    },
  }
}
