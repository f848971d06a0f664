/** Answers of the ESPEC controllers, decoded strictly: null for what isn't one. */

/** A measured value, or why there is none. */
export type Measured = { value: number } | { value: null; reason: string }

export const modes = [
  'OFF',
  'STANDBY',
  'CONSTANT',
  'RUN',
  'RUN PAUSE',
  'RUN END HOLD',
  'RMT RUN',
  'RMT RUN PAUSE',
  'RMT RUN END HOLD',
] as const
export type EspecMode = (typeof modes)[number]

const numberPattern = /^[+-]?\d{1,4}(?:\.\d{1,2})?$/
/** What stands where a broken sensor has no value. */
const blankPattern = /^[-*]{2,}(?:\.[-*]+)?$/
/** Beyond these no chamber sensor measures: the value is an error in disguise. */
const sane = { temperature: [-120, 300], humidity: [-5, 105] } as const

const fieldsOf = (reply: string): string[] => reply.split(',').map((field) => field.trim())

export const decodeDecimal = (text: string): number | null => (numberPattern.test(text) ? Number(text) : null)

export const decodeCount = (text: string): number | null => (/^\d{1,4}$/.test(text) ? Number(text) : null)

/** Any text that a version or a name can be. */
export const decodeText = (reply: string): string | null => (reply === '' ? null : reply)

function decodeMeasured(text: string, kind: keyof typeof sane): Measured | null {
  if (blankPattern.test(text)) return { value: null, reason: `the controller shows ${text}: its sensor gives no value` }
  const value = decodeDecimal(text)
  if (value === null) return null
  const [least, most] = sane[kind]
  return value < least || value > most
    ? { value: null, reason: `${value} is beyond what the sensor can measure` }
    : { value }
}

export function decodeMode(reply: string): EspecMode | null {
  const text = reply.trim().toUpperCase().replaceAll(/\s+/g, ' ')
  return modes.find((mode) => mode === text) ?? null
}

export interface Condition {
  temperature: Measured
  /** null: the chamber has no humidity. */
  humidity: Measured | null
  mode: EspecMode
  alarms: number
}

/** `MON?`: temperature, humidity (empty, or left out, without humidity), mode, alarms. */
export function decodeCondition(reply: string): Condition | null {
  const fields = fieldsOf(reply)
  const [first = '', ...rest] = fields.length === 3 ? [fields[0] ?? '', '', ...fields.slice(1)] : fields
  const [second = '', third = '', fourth = ''] = rest
  const temperature = decodeMeasured(first, 'temperature')
  const humidity = second === '' ? undefined : decodeMeasured(second, 'humidity')
  const mode = decodeMode(third)
  const alarms = decodeCount(fourth)
  if (rest.length !== 3 || !temperature || humidity === null || !mode || alarms === null) return null
  return { temperature, humidity: humidity ?? null, mode, alarms }
}

export interface Control {
  measured: Measured
  /** null: this control is off. */
  setPoint: number | null
  high: number
  low: number
}

/** `TEMP?` and `HUMI?`: measured value, set-point or OFF, upper and lower limit. */
function decodeControl(reply: string, kind: keyof typeof sane): Control | null {
  const [pv = '', sp = '', highText = '', lowText = '', ...more] = fieldsOf(reply)
  const measured = decodeMeasured(pv, kind)
  const setPoint = sp.toUpperCase() === 'OFF' ? 'off' : decodeDecimal(sp)
  const high = decodeDecimal(highText)
  const low = decodeDecimal(lowText)
  if (!measured || setPoint === null || high === null || low === null || high < low || more.length > 0) return null
  return { measured, setPoint: setPoint === 'off' ? null : setPoint, high, low }
}

export const decodeTemperature = (reply: string): Control | null => decodeControl(reply, 'temperature')
export const decodeHumidity = (reply: string): Control | null => decodeControl(reply, 'humidity')

/** `CONSTANT SET?,TEMP` and `…,HUMI`: set-point and whether it is controlled; null as set-point where it isn't. */
export function decodeConstant(reply: string): { setPoint: number | null } | null {
  const [sp = '', state = '', ...more] = fieldsOf(reply)
  const setPoint = decodeDecimal(sp)
  if (setPoint === null || !/^(ON|OFF)$/i.test(state) || more.length > 0) return null
  return { setPoint: state.toUpperCase() === 'ON' ? setPoint : null }
}

export interface ChamberType {
  controller: string
  mostC: number
  hasHumidity: boolean
}

/** `TYPE?`: dry bulb, wet bulb (only with humidity), controller, highest temperature. */
export function decodeType(reply: string): ChamberType | null {
  const fields = fieldsOf(reply)
  const mostC = decodeDecimal(fields.at(-1) ?? '')
  const controller = fields.at(-2) ?? ''
  if (mostC === null || controller === '' || (fields.length !== 3 && fields.length !== 4)) return null
  return { controller, mostC, hasHumidity: fields.length === 4 }
}

/** `%?`: how many, then each heater in percent. */
export function decodeHeaters(reply: string): number[] | null {
  const [countText = '', ...rest] = fieldsOf(reply)
  const values = rest.map(decodeDecimal)
  if (decodeCount(countText) !== rest.length || rest.length === 0) return null
  return values.every((each) => each !== null && each >= 0 && each <= 100) ? (values as number[]) : null
}

const timePattern = /^(\d{1,3}):(\d{1,2})$/

export interface ProgramPosition {
  /** Only of controllers that say it here. */
  program: number | null
  step: number
  remainingS: number
  /** Repeats still to come, by counter. */
  counters: number[]
}

/**
 * `PRGM MON?` and `RUN PRGM MON?`: [program,] step, temperature[, humidity], h:m, counter[s].
 * @param hasProgram whether the program's number stands first
 */
export function decodePosition(reply: string, hasProgram: boolean): ProgramPosition | null {
  const fields = fieldsOf(reply)
  const program = hasProgram ? decodeCount(fields.shift() ?? '') : null
  const time = fields.findIndex((field) => timePattern.test(field))
  const [, hours = '', minutes = ''] = timePattern.exec(fields[time] ?? '') ?? []
  const step = decodeCount(fields[0] ?? '')
  const counters = fields.slice(time + 1).map(decodeCount)
  const isTemperature = decodeDecimal(fields[1] ?? '') !== null
  if ((hasProgram && program === null) || step === null || !isTemperature) return null
  if (time < 2 || time > 3 || counters.length === 0 || counters.length > 2 || counters.includes(null)) return null
  return { program, step, remainingS: Number(hours) * 3600 + Number(minutes) * 60, counters: counters as number[] }
}

/** `PRGM SET?`: the number of the program that is chosen. */
export function decodeProgramNumber(reply: string): number | null {
  const [, number = ''] = /^R[AO]M\s*:\s*(\d{1,2})\s*,.*END\(/.exec(reply) ?? []
  return decodeCount(number)
}

/** `PRGM DATA?`: how many steps it has. */
export function decodeStepCount(reply: string): number | null {
  const [, steps = ''] = /^(\d{1,3})\s*,.*COUNT.*END\(/.exec(reply) ?? []
  return decodeCount(steps)
}
