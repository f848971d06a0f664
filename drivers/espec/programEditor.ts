import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import type { Fitting, SimulatedChamber } from './simulatedChamber.ts'
import {
  emptyProgram,
  noCounter,
  plainStep,
  type StoredCounter,
  type StoredProgram,
  type StoredStep,
} from './storedProgram.ts'

interface Edit {
  number: number
  kind: 'EDIT' | 'OVER WRITE'
  draft: StoredProgram
}

export interface EditorDeps {
  context: SimulatorContext
  chamber: SimulatedChamber
  fitting: Fitting
  programs: Map<number, StoredProgram>
  /** Today, as the controller's calendar has it. */
  date: () => string
}

/** Why it is refused; null where it was done. */
type Outcome = string | null

const writeError = (number: number): string => `PRGM WRITE ERR-${number}`
const squeezed = (text: string): string => text.toUpperCase().replaceAll(/\s/g, '')

/** The fields of a step, in any order; what isn't said is as in the step before. */
const stepFields: readonly (readonly [RegExp, (found: readonly string[]) => Partial<StoredStep>])[] = [
  [/^TEMP(-?\d+(?:\.\d+)?)$/, ([value]) => ({ temperatureC: Number(value) })],
  [/^TRAMP(ON|OFF)$/, ([on]) => ({ ramp: on === 'ON' })],
  [/^PTC(ON|OFF)$/, ([on]) => ({ ptc: on === 'ON' })],
  [/^HUMIOFF$/, () => ({ humidityPercent: null })],
  [/^HUMI(\d+(?:\.\d+)?)$/, ([value]) => ({ humidityPercent: Number(value) })],
  [/^HRAMP(ON|OFF)$/, ([on]) => ({ humidityRamp: on === 'ON' })],
  [/^TIME(\d{1,3}):(\d{1,2})$/, ([hours, minutes]) => ({ minutes: Number(hours) * 60 + Number(minutes) })],
  [/^GRANTY(ON|OFF)$/, ([on]) => ({ guaranteed: on === 'ON' })],
  [/^PAUSE(ON|OFF)$/, ([on]) => ({ pause: on === 'ON' })],
  [/^(REF[01369])$/, ([refrigeration = 'REF9']) => ({ refrigeration })],
  [/^RELAYON([\d.]+)$/, ([list = '']) => ({ relays: list.split('.').map(Number) })],
  [/^RELAYOFF[\d.]+$/, () => ({})],
  [/^DEVP(-?[\d.]+)$/, ([value]) => ({ deviationC: [Number(value), -10] })],
]

function readStep(fields: readonly string[], before: StoredStep | undefined): StoredStep | null {
  let step: StoredStep = before
    ? { ...before, ramp: false, humidityRamp: false, guaranteed: false, pause: false }
    : plainStep({})
  for (const field of fields) {
    const below = /^DEVN(-?[\d.]+)$/.exec(field)
    const known = stepFields.find(([pattern]) => pattern.test(field))
    if (below) step = { ...step, deviationC: [step.deviationC[0], -Math.abs(Number(below[1]))] }
    else if (known) step = { ...step, ...known[1]((known[0].exec(field) ?? []).slice(1)) }
    else return null
  }
  return step
}

/** What is wrong with a step. */
function problemOf(step: StoredStep, { draft, fitting }: { draft: StoredProgram; fitting: Fitting }): Outcome {
  if (step.ramp && step.guaranteed) return writeError(14)
  if (step.humidityRamp && step.humidityPercent === null) return writeError(15)
  if (step.humidityPercent !== null && !fitting.hasHumidity) return 'CONT NOT READY-1'
  const { temperatureC, humidityPercent: percent } = step
  const isHumid = percent === null || (percent <= draft.highPercent && percent >= draft.lowPercent)
  return temperatureC <= draft.highC && temperatureC >= draft.lowC && isHumid ? null : 'DATA OUT OF RANGE'
}

function readCounter(text: string, steps: number): StoredCounter | null {
  const [, start = 0, end = 0, cycles = 0] = (/\((\d+)\.(\d+)\.(\d+)\)$/.exec(text) ?? []).map(Number)
  const isPossible = start >= 1 && end >= start && end <= steps && cycles <= 999
  return isPossible || (start === 0 && cycles === 0) ? { start, end, cycles } : null
}

function setCounters(draft: StoredProgram, fields: readonly string[]): Outcome {
  if (fields.length === 0) return writeError(11)
  const found = fields.map((field) => ({
    letter: field[0] === 'B' ? 'b' : 'a',
    of: readCounter(field, draft.steps.length),
  }))
  if (found.some((each) => each.of === null)) return writeError(9)
  for (const { letter, of } of found) draft[letter as 'a' | 'b'] = of ?? noCounter
  return null
}

function setEnd(draft: StoredProgram, [end = '', pattern = '']: readonly string[]): Outcome {
  if (end === '') return writeError(11)
  const [, next] = /^PTN(\d+)$/.exec(pattern) ?? []
  if (end === 'RUN' && next === undefined) return writeError(11)
  if (!['OFF', 'STANDBY', 'CONSTANT', 'HOLD', 'RUN'].includes(end)) return 'PARA ERR'
  draft.end = end === 'RUN' ? `RUN:${next}` : end
  return null
}

const ranges: Readonly<Record<string, 'highC' | 'lowC' | 'highPercent' | 'lowPercent'>> = {
  HTEMP: 'highC',
  LTEMP: 'lowC',
  HHUMI: 'highPercent',
  LHUMI: 'lowPercent',
}

function setRange(draft: StoredProgram, [key = '', value = '']: readonly string[]): Outcome {
  const name = ranges[key]
  if (!name || !/^-?\d+(\.\d+)?$/.test(value)) return 'PARA ERR'
  draft[name] = Number(value)
  return null
}

/** `PRE MODE,TEMP,SV`, `PRE TSV,23.0`, `PRE HSV,50`. */
function setStart(draft: StoredProgram, [key = '', first = '', second = '']: readonly string[]): Outcome {
  const isHumidity = key === 'PREHSV' || first === 'HUMI'
  const start = isHumidity ? draft.preHumidity : draft.preTemperature
  if (key === 'PREMODE') {
    if (!['OFF', 'PV', 'SV'].includes(second)) return 'PARA ERR'
    start.mode = second as 'OFF' | 'PV' | 'SV'
  } else if (/^-?\d+(\.\d+)?$/.test(first)) start.value = Number(first)
  else return 'PARA ERR'
  return null
}

const copyOf = (program: StoredProgram): StoredProgram => ({
  ...program,
  steps: [...program.steps],
  preTemperature: { ...program.preTemperature },
  preHumidity: { ...program.preHumidity },
})

/** `PRGM DATA WRITE,PGMn,…`: one program is edited at a time, its steps in order. */
export function createProgramEditor(deps: EditorDeps): (args: readonly string[]) => Outcome {
  const { context, chamber, fitting, programs } = deps
  let edit: Edit | null = null

  const begin = (number: number, kind: Edit['kind']): Outcome => {
    const { number: running, kind: runs } = chamber.state.running ?? {}
    if (edit) return writeError(edit.kind === 'EDIT' ? 4 : 5)
    if (number > fitting.dialect.ramPrograms) return writeError(1)
    if (runs === 'program' && running === number) return writeError(10)
    const old = programs.get(number)
    if (kind === 'OVER WRITE' && !old) return 'DATA NOT READY'
    const fresh = emptyProgram({ highC: fitting.mostC, lowC: fitting.leastC, date: deps.date() })
    edit = { number, kind, draft: kind === 'EDIT' || !old ? fresh : copyOf(old) }
    return null
  }
  const end = (kind: Edit['kind'], isKept: boolean): Outcome => {
    if (!edit || edit.kind !== kind) return writeError(kind === 'EDIT' ? 3 : 6)
    if (isKept && edit.draft.steps.length === 0) return writeError(13)
    if (isKept) programs.set(edit.number, { ...edit.draft, date: deps.date() })
    edit = null
    return null
  }
  const writeStep = ({ draft, kind }: Edit, number: number, fields: readonly string[]): Outcome => {
    const isNext = number === draft.steps.length + 1 && number <= fitting.dialect.mostSteps
    const isOld = kind === 'OVER WRITE' && number >= 1 && number <= draft.steps.length
    if (!isNext && !isOld) return writeError(8)
    const step = readStep(fields, isOld ? draft.steps[number - 1] : draft.steps.at(-1))
    if (!step) return writeError(13)
    const problem = problemOf(step, { draft, fitting })
    if (problem === null) draft.steps[number - 1] = step
    return problem
  }
  const write = (open: Edit, args: readonly string[], name: string): Outcome => {
    const [key = '', ...rest] = args
    const step = /^STEP(\d{1,2})$/.exec(key)
    if (step) return writeStep(open, Number(step[1]), rest)
    if (key === 'COUNT') return setCounters(open.draft, rest)
    if (key === 'END') return setEnd(open.draft, rest)
    if (key === 'NAME') {
      open.draft.name = name
      return null
    }
    return key.startsWith('PRE') ? setStart(open.draft, args) : setRange(open.draft, args)
  }
  return ([slot = '', ...raw]) => {
    const [, text = ''] = /^PGM:?(\d{1,2})$/.exec(squeezed(slot)) ?? []
    const args = raw.map(squeezed)
    if (text === '' || args.length === 0) return 'PARA ERR'
    if (hasFault(context, 'program-busy')) return writeError(12)
    const number = Number(text)
    const [, kind, action] = /^(EDIT|OVERWRITE)(START|END|CANCEL)$/.exec(args[0] ?? '') ?? []
    const which = kind === 'EDIT' ? 'EDIT' : 'OVER WRITE'
    if (action === 'START') return number < 1 ? 'DATA OUT OF RANGE' : begin(number, which)
    if (edit && edit.number !== number) return writeError(7)
    if (action !== undefined) return end(which, action === 'END')
    return edit ? write(edit, args, (raw[1] ?? '').trim()) : writeError(2)
  }
}
