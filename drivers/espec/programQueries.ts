import { deviations, modeOf } from './chamberCommands.ts'
import { programOf, stepOf } from './operationCommands.ts'
import { refuse, toNumber, type Commands, type EspecDevice, type Handler } from './simulatedDevice.ts'
import { formatDetail, formatProgram, formatStep, formatTenths, formatTime } from './storedProgram.ts'

/** Step, set-points now and time left of what runs. */
function position({ chamber, fitting }: EspecDevice): string[] {
  const { temperatureC, humidityPercent } = chamber.setPoint()
  const isRemote = chamber.state.running?.kind === 'remote'
  // Clients read a number here of a remote program, and a word as well of another.
  const hasHumidity = fitting.hasHumidity && !(isRemote && humidityPercent === null)
  const humidity = humidityPercent === null ? 'OFF' : humidityPercent.toFixed(0)
  // The time left is shown in whole minutes, the one that is going on included.
  const minutes = Math.ceil(chamber.runner.remainingMs() / 60_000)
  return [
    String(Math.max(1, chamber.runner.step())),
    formatTenths(temperatureC),
    ...(hasHumidity ? [humidity] : []),
    formatTime(minutes),
  ]
}

/** What the controller knows about its programs. */
export function programQueries(device: EspecDevice): Commands {
  const { chamber, programs, fitting } = device
  const { dialect } = fitting
  return {
    'PRGM MON?': () => {
      const { running } = chamber.state
      if (running?.kind !== 'program') return refuse('CONT NOT READY-2')
      const counters = chamber.counters.left().slice(0, dialect.counters)
      return [...(dialect.saysProgram ? [running.number] : []), ...position(device), ...counters].join(',')
    },
    'PRGM SET?': () => {
      const { running } = chamber.state
      if (dialect.programWord === 'PGM') return refuse('CMD ERR')
      if (running?.kind !== 'program') return refuse('CONT NOT READY-2')
      const { name, end } = running.program
      const word = running.number > dialect.ramPrograms ? 'ROM' : 'RAM'
      return `${word}:${running.number},${name},END(${end.replace(/:.*/, '')})`
    },
    'PRGM USE?': ([what]) => {
      if (dialect.programWord === 'PGM') return refuse('CMD ERR')
      const numbers = [...programs.keys()].sort((a, b) => a - b)
      if (what === undefined || what === 'RAM') return [numbers.length, ...numbers].join(',')
      if (what === 'ROM') return '0'
      const program = programs.get(programOf(what, device) ?? 0)
      return program ? `${program.name},${program.date}` : refuse('DATA NOT READY')
    },
    'PRGM DATA?': data(device, false),
    'RUN PRGM MON?': () =>
      chamber.state.running?.kind === 'remote' ? [...position(device), 0].join(',') : refuse('CONT NOT READY-2'),
    'RUN PRGM?': () => remoteProgram(device),
  }
}

/** `PRGM DATA?,RAM:n[,DETAIL|STEPk]` */
const data =
  (device: EspecDevice, withPtc: boolean): Handler =>
  ([slot, part]) => {
    const { programs, fitting } = device
    const { dialect, hasHumidity } = fitting
    const number = programOf(slot, device)
    if (number === null) return refuse('PARA ERR')
    const program = programs.get(number)
    if (!program) return refuse('DATA NOT READY')
    if (part === undefined) return formatProgram(program, dialect)
    if (part === 'DETAIL') return dialect.hasDetail ? formatDetail(program, hasHumidity) : refuse('PARA ERR')
    const step = stepOf(part)
    const found = program.steps[(step ?? 0) - 1]
    if (step === null) return refuse('PARA ERR')
    return found ? formatStep(step, found, { hasHumidity, withPtc, dialect }) : refuse('DATA NOT READY')
  }

function remoteProgram({ chamber, fitting }: EspecDevice): string {
  const { running } = chamber.state
  if (running?.kind !== 'remote') return refuse('CONT NOT READY-2')
  const { preTemperature, preHumidity, steps } = running.program
  const [step] = steps
  if (!step) return refuse('DATA NOT READY')
  const humidity = `HUMI${preHumidity.value.toFixed(0)} GOHUMI${(step.humidityPercent ?? 0).toFixed(0)}`
  const relays = step.relays.length > 0 ? [`RELAYON,${step.relays.join(',')}`] : []
  return [
    `TEMP${formatTenths(preTemperature.value)} GOTEMP${formatTenths(step.temperatureC)}`,
    ...(fitting.hasHumidity && step.humidityPercent !== null ? [humidity] : []),
    `TIME${formatTime(step.minutes)}`,
    step.refrigeration,
    ...relays,
  ].join(' ')
}

/** Product temperature control: a second sensor at the specimen, an option. */
export function productCommands(device: EspecDevice): Commands {
  const { chamber, fitting, measured, alarms, productControl, isProtected } = device
  const { constant } = chamber
  const isP300 = fitting.dialect.name === 'P-300'
  const fitted =
    (answer: Handler): Handler =>
    (args, text) =>
      fitting.hasPtc ? answer(args, text) : refuse('CONT NOT READY-1')
  const onOff = (): string => (constant.ptc ? 'ON' : 'OFF')
  return {
    'MON PTC?': fitted(() => {
      const humidity = fitting.hasHumidity ? [measured.humidity()] : []
      return [measured.product(), measured.temperature(), ...humidity, modeOf(device, false), alarms().length].join(',')
    }),
    'TEMP PTC?': fitted(() => {
      const setPoint = formatTenths(chamber.setPoint().temperatureC)
      const setPoints = [setPoint, setPoint].join(',')
      return `${onOff()},${measured.product()},${measured.temperature()},${setPoints},${deviations(constant.deviationC, isP300)}`
    }),
    'SET PTC?': fitted(() => `${onOff()},${deviations(constant.deviationC, isP300)}`),
    'PTC?': fitted(() => productControl.values.map(formatTenths).join(',')),
    'SYSTEM SET?': ([what = '']) =>
      ['PTCOPT', 'PTC', 'PTS'].includes(what) ? (fitting.hasPtc ? 'ON' : 'OFF') : refuse('PARA ERR'),
    'PRGM DATA PTC?': fitted(data(device, true)),
    'TEMP PTC': fitted((args) => {
      const [state = '', plus = '', minus = ''] = args.map((each) => each.replaceAll(/\s/g, ''))
      const above = toNumber(/^DEVP(.*)$/.exec(plus)?.[1])
      const below = toNumber(/^DEVN(.*)$/.exec(minus)?.[1])
      if (!/^PTC(ON|OFF)$/.test(state) || above === null || below === null) return refuse('PARA ERR')
      if (isProtected()) return refuse('PROTECT ON')
      Object.assign(constant, { ptc: state === 'PTCON', deviationC: [above, -Math.abs(below)] })
      return null
    }),
    PTC: fitted((args) => {
      const values = args.map(toNumber)
      if (values.length !== 7 || values.includes(null)) return refuse('PARA ERR')
      productControl.values = values as number[]
      return null
    }),
  }
}
