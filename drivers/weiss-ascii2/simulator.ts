// A Weiss / Vötsch chamber at the wire by ASCII-2: $01I, $01E, $01U (gradients) and $01? (its own description).
// Silent for another address and for what it doesn't understand. Not simulated: programs, time, messages.
// Follows clients of VT 4002, VT 7004 and VT³/VC³ 7060, and what such a chamber says to $01?.
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { chamberFaults, createSimulatedChamber, type SimulatedChamber } from '../climate/simulatedChamber.ts'
import { describeLines, modelOf, readOrder, writeOrder, type SimulatedModel } from './simulatedModels.ts'
import { formatField } from './protocol.ts'

const answerMs = 40
/** What an input without a sensor shows. */
const noSensor = -191.3

/**
 * Options: `address` (01), `model` (`climate`; `temperature`: no humidity; `external`: with an external cabinet, 9 values to
 * write and 16 to read; `old`: 10 and 10 values, 16 digits, no $01?), `hardware` (2.00), `acknowledge`
 * (`off`: writing isn't answered), `startMs` (0, silence after power-on).
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'locked', title: 'writing is acknowledged and ignored: another client has control', effect: 'refused' },
    { name: 'write-refused', title: 'writing is answered with 1', effect: 'refused' },
    ...Object.values(chamberFaults),
  ],
  createSimulator: (context) => {
    const { clock, options } = context
    const poweredMs = clock.monotonicMs()
    const execute = createExecutor(context)
    return createLineDevice({
      context,
      terminator: '\r',
      execute: async (line) => {
        if (clock.monotonicMs() - poweredMs < Number(options['startMs'] ?? 0)) return null
        await clock.sleep(answerMs)
        return execute(line.trim())
      },
    })
  },
}

/** What each place of a line stands for. */
type Values = (name: string) => { nominal: number; actual: number }

function valuesOf(model: SimulatedModel, air: SimulatedChamber, context: SimulatorContext): Values {
  const still = new Map(model.sets.map((set, i) => [`SV0${i + 1}`, set.initial]))
  return (name) => {
    const title = model.controls[Number(name.slice(2)) - 1]?.title
    if (name.startsWith('CV') && title === 'Temperature')
      return { nominal: air.workingC(), actual: air.measuredC() ?? noSensor }
    if (name.startsWith('CV') && title === 'Humidity')
      return { nominal: air.workingPercent(), actual: air.measuredPercent() ?? noSensor }
    const set = still.get(name)
    if (set !== undefined) return { nominal: set, actual: set }
    return { nominal: 0, actual: name === 'MV01' ? context.bench.moduleTemperatureC(0) : noSensor }
  }
}

function createExecutor(context: SimulatorContext): (line: string) => string | null {
  const model = modelOf(context.options['model'])
  const air = createSimulatedChamber(context)
  const head = `$${context.options['address'] ?? '01'}`
  const valueOf = valuesOf(model, air, context)
  let digits = '0'.repeat(model.digits)

  const snapshot = (): string => {
    const seen = new Set<string>()
    const values = readOrder(model).map((name) => {
      const isFirst = !seen.has(name)
      seen.add(name)
      return formatField(isFirst ? valueOf(name).nominal : valueOf(name).actual)
    })
    return [...values, shownDigits(model, air, digits)].join(' ')
  }
  const write = (words: readonly string[]): string | null => {
    const values = words.filter((word) => /^-?\d+\.\d+$/.test(word)).map(Number)
    const given = words.find((word) => /^[01]{16,32}$/.test(word))
    if (values.length === 0 || values.length + (given === undefined ? 0 : 1) !== words.length) return null
    if (hasFault(context, 'write-refused')) return '1'
    const answer = context.options['acknowledge'] === 'off' ? null : '0'
    if (hasFault(context, 'locked')) return answer
    // A line without digits stops the chamber.
    digits = (given ?? '').padEnd(model.digits, '0').slice(0, model.digits)
    takeValues(model, air, values)
    air.change({ isHumidityOn: model.humidityDigit !== null && digits[model.humidityDigit] === '1' })
    if (digits[model.startDigit] === '1') air.start()
    else air.stop()
    return answer
  }
  const ramps = (words: readonly string[]): string | null => {
    const [up, down] = words.map(Number)
    if (words.length !== 4 || up === undefined || down === undefined || !(up >= 0) || !(down >= 0)) return null
    air.change({ rampUpKPerMin: up || null, rampDownKPerMin: down || null })
    return '0'
  }
  return (line) => {
    air.look()
    const [command = '', ...words] = line.split(/ +/)
    if (command === `${head}I`) return snapshot()
    if (command === `${head}E`) return write(words)
    if (command === `${head}U`) return ramps(words)
    return command === `${head}?` && model.describes
      ? describeLines(model, head, context.options['hardware']).join('\r')
      : null
  }
}

/** Start and humidity are shown as they are, the other digits as they were written. */
function shownDigits(model: SimulatedModel, air: SimulatedChamber, written: string): string {
  const shown = [...written]
  shown[model.startDigit] = air.isRunning() ? '1' : '0'
  if (model.humidityDigit !== null) shown[model.humidityDigit] = air.settings().isHumidityOn ? '1' : '0'
  return shown.join('')
}

function takeValues(model: SimulatedModel, air: SimulatedChamber, values: readonly number[]): void {
  const order = writeOrder(model)
  order.forEach((name, i) => {
    // The places of actual values are written for nothing.
    if (order.indexOf(name) !== i) return
    const control = name.startsWith('CV') ? model.controls[Number(name.slice(2)) - 1] : undefined
    const value = values[i]
    if (!control || value === undefined) return
    const taken = Math.min(control.maximum, Math.max(control.minimum, value))
    if (control.title === 'Temperature') air.change({ temperatureC: taken })
    if (control.title === 'Humidity') air.change({ humidityPercent: taken })
  })
}
