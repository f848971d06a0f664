import { controlValue, digitalOut, manualMode, measured, refusal } from './commands.ts'
import { actual, setWithin, withIndex, type Handler } from './handlers.ts'
import type { Panel } from './simulatedPanel.ts'

/** Values that are set and not controlled: here the fan. */
export function controlValues({ lag }: Panel): [string, Handler][] {
  const limits = [20, 100] as const
  const fan = lag(100)
  return [
    [controlValue.count, () => ['1']],
    [controlValue.name, withIndex(1, () => ['Fan speed'])],
    [controlValue.unit, withIndex(1, () => ['%'])],
    [controlValue.get, withIndex(1, () => [actual(fan.get())])],
    [
      controlValue.set,
      setWithin(
        1,
        () => limits,
        (_index, value) => fan.set(value),
      ),
    ],
    [controlValue.minimum, withIndex(1, () => [actual(limits[0])])],
    [controlValue.maximum, withIndex(1, () => [actual(limits[1])])],
  ]
}

/** A Pt100 at the specimen, and the water temperature. */
export function measuredValues({ context }: Panel): [string, Handler][] {
  const values = [
    { name: 'Pt100 specimen', read: () => context.bench.moduleTemperatureC(0) },
    { name: 'Water', read: () => context.bench.ambientTemperatureC() },
  ]
  const of = (handle: (own: (typeof values)[number]) => string[]): Handler =>
    withIndex(values.length, (index) => handle(values[index - 1]!))
  return [
    [measured.count, () => [String(values.length)]],
    [measured.name, of((own) => [own.name])],
    [measured.unit, of(() => ['°C'])],
    [measured.actual, of((own) => [actual(own.read())])],
    [measured.alarmMinimum, of(() => [actual(-100)])],
    [measured.alarmMaximum, of(() => [actual(200)])],
    [measured.warningMinimum, of(() => [actual(-90)])],
    [measured.warningMaximum, of(() => [actual(190)])],
  ]
}

const names = ['Cond. protect.', 'Humidity', 'Customer 1', 'Customer 2', 'Customer 3', 'Compr. air', 'Dryer']
const humidityNumber = 2

/** Names by number, states by number + 1: state 1 starts and ends manual mode. */
export function digitalOutputs(panel: Panel): [string, Handler][] {
  const { air, lag, context, hasHumidity } = panel
  const hasHumidityOutput = hasHumidity && context.options['humidityOutput'] !== 'none'
  const nameOf = (number: number): string =>
    number === humidityNumber && !hasHumidityOutput ? 'Customer 4' : (names[number - 1] ?? '')
  if (hasHumidity && !hasHumidityOutput) air.change({ isHumidityOn: true })
  const states = names.map(() => lag(false))

  const switchOutput = (number: number, isOn: boolean): void => {
    if (number === humidityNumber && hasHumidityOutput) air.change({ isHumidityOn: isOn })
    const isRefused = number === humidityNumber && hasHumidityOutput && air.settings().isHumidityOn !== isOn
    if (!isRefused) states[number - 1]?.set(isOn)
  }
  const switchManual = (isOn: boolean): void => {
    if (air.program.state() !== 'idle') return
    if (isOn) air.start()
    else air.stop()
  }
  const get = (index: number): boolean => (index === manualMode ? air.isRunning() : (states[index - 2]?.get() ?? false))
  return [
    [digitalOut.count, () => [String(names.length)]],
    [digitalOut.name, withIndex(names.length, (number) => [nameOf(number)])],
    [digitalOut.get, withIndex(names.length + 1, (index) => [get(index) ? '1' : '0'])],
    [
      digitalOut.set,
      withIndex(names.length + 1, (index, [value]) => {
        if (value !== '0' && value !== '1') return refusal.parameters
        if (index === manualMode) switchManual(value === '1')
        else switchOutput(index - 1, value === '1')
        return []
      }),
    ],
  ]
}
