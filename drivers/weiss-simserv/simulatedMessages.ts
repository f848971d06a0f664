import { hasFault } from '../bench/faults.ts'
import { chamberFaults } from '../climate/simulatedChamber.ts'
import { digitalIn, message, messageType } from './commands.ts'
import { withIndex, type Handler } from './handlers.ts'
import type { Panel } from './simulatedPanel.ts'

interface Message {
  text: string
  type: number
  isActive: () => boolean
}

/** Digital inputs, and the messages that come from them and from the sensors. */
export function inputsAndMessages({ air, context }: Panel): {
  commands: [string, Handler][]
  standing: () => { alarms: number; warnings: number }
} {
  const has = (name: string) => (): boolean => hasFault(context, name)
  const { alarm, warning, info } = messageType
  const messages: Message[] = [
    { text: 'Temperature limiter test space', type: alarm, isActive: () => air.hasAlarm() },
    { text: 'Temperature sensor', type: alarm, isActive: has(chamberFaults.temperatureSensor.name) },
    { text: 'Humidity sensor', type: warning, isActive: has(chamberFaults.humiditySensor.name) },
    { text: 'Door open', type: warning, isActive: () => air.isDoorOpen() },
    { text: 'Manual mode', type: info, isActive: () => air.isRunning() && air.program.state() === 'idle' },
  ]
  const inputs = [
    { name: 'Door', value: () => !air.isDoorOpen() },
    { name: 'Customer 1', value: () => false },
  ]
  const of = (handle: (own: Message) => string): Handler =>
    withIndex(messages.length, (index) => [handle(messages[index - 1]!)])
  const standing = (type: number): number => messages.filter((each) => each.type === type && each.isActive()).length
  return {
    standing: () => ({ alarms: standing(alarm), warnings: standing(warning) }),
    commands: [
      [digitalIn.count, () => [String(inputs.length)]],
      [digitalIn.name, withIndex(inputs.length, (index) => [inputs[index - 1]!.name])],
      [digitalIn.value, withIndex(inputs.length, (index) => [inputs[index - 1]!.value() ? '1' : '0'])],
      [message.count, () => [String(messages.length)]],
      [message.text, of((own) => own.text)],
      [message.type, of((own) => String(own.type))],
      [message.category, of((own) => (own.type === alarm ? '1' : '0'))],
      [message.status, of((own) => (own.isActive() ? '1' : '0'))],
      // What still is as it shouldn't comes back at once.
      [message.reset, () => []],
    ],
  }
}
