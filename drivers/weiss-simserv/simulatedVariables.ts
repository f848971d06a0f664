import { hasFault } from '../bench/faults.ts'
import { gradient, refusal, variable } from './commands.ts'
import { actual, setWithin, withIndex, type Handler } from './handlers.ts'
import type { Panel } from './simulatedPanel.ts'

interface ControlVariable {
  name: string
  unit: string
  input: readonly [number, number]
  warning: readonly [number, number]
  alarm: readonly [number, number]
  measure: () => number | null
  set: (value: number) => void
  shown: { set: (value: number) => void; get: () => number }
  working: () => number
}

function controlVariables({ air, lag, hasHumidity }: Panel): ControlVariable[] {
  const { temperatureC, humidityPercent } = air.settings()
  const temperature: ControlVariable = {
    name: 'Temperature',
    unit: '°C',
    input: [-75, 180],
    warning: [-80, 185],
    alarm: [-85, 190],
    measure: () => air.measuredC(),
    set: (value) => air.change({ temperatureC: value }),
    shown: lag(temperatureC),
    working: () => air.workingC(),
  }
  const humidity: ControlVariable = {
    name: 'Humidity',
    unit: '% rF',
    input: [0, 98],
    warning: [0, 100],
    alarm: [0, 100],
    measure: () => air.measuredPercent(),
    set: (value) => air.change({ humidityPercent: value }),
    shown: lag(humidityPercent),
    working: () => air.workingPercent(),
  }
  return hasHumidity ? [temperature, humidity] : [temperature]
}

function readActual({ context }: Panel, value: number | null): string[] | number {
  if (hasFault(context, 'read-failed')) return ['Read failed']
  return value === null || hasFault(context, 'code-8') ? refusal.cannotRead : [actual(value)]
}

/** While a program runs its set-points show. */
const setpointOf = (panel: Panel, own: ControlVariable): number =>
  panel.air.program.state() === 'idle' ? own.shown.get() : own.working()

/** Control variables and their gradients. */
export function variables(panel: Panel): [string, Handler][] {
  const { air, lag } = panel
  const all = controlVariables(panel)
  const of = (index: number): ControlVariable => all[index - 1]!
  const read = (handle: (own: ControlVariable) => string[] | number): Handler =>
    withIndex(all.length, (index) => handle(of(index)))
  const limit = (pick: (own: ControlVariable) => number): Handler => read((own) => [actual(pick(own))])
  const set = (own: ControlVariable, value: number): void => {
    own.set(value)
    const { temperatureC, humidityPercent } = air.settings()
    own.shown.set(own === all[0] ? temperatureC : humidityPercent)
  }
  const up = lag(0)
  const down = lag(0)
  // Only the temperature has a gradient; 0 is as fast as it can.
  const ramp = (shown: typeof up, take: (rate: number | null) => void): Handler =>
    setWithin(
      1,
      () => [0, 100],
      (_index, rate) => {
        take(rate === 0 ? null : rate)
        shown.set(rate)
      },
    )
  return [
    [variable.count, () => [String(all.length)]],
    [variable.name, read((own) => [own.name])],
    [variable.unit, read((own) => [own.unit])],
    [
      variable.setSetpoint,
      setWithin(
        all.length,
        (i) => of(i).input,
        (i, value) => set(of(i), value),
      ),
    ],
    [variable.getSetpoint, read((own) => [actual(setpointOf(panel, own))])],
    [variable.actual, read((own) => readActual(panel, own.measure()))],
    [variable.inputMinimum, limit((own) => own.input[0])],
    [variable.inputMaximum, limit((own) => own.input[1])],
    [variable.warningMinimum, limit((own) => own.warning[0])],
    [variable.warningMaximum, limit((own) => own.warning[1])],
    [variable.alarmMinimum, limit((own) => own.alarm[0])],
    [variable.alarmMaximum, limit((own) => own.alarm[1])],
    [gradient.setUp, ramp(up, (rampUpKPerMin) => air.change({ rampUpKPerMin }))],
    [gradient.getUp, withIndex(1, () => [actual(up.get())])],
    [gradient.setDown, ramp(down, (rampDownKPerMin) => air.change({ rampDownKPerMin }))],
    [gradient.getDown, withIndex(1, () => [actual(down.get())])],
  ]
}
