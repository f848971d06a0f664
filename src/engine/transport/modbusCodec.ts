import { EventEmitter } from 'node:events'
import modbusSerial from 'modbus-serial'
import { assert } from '../../base/assert.ts'
import { rtuFrame } from './modbusFrame.ts'

export type ModbusClient = InstanceType<typeof modbusSerial.default>

/** A request, and what its answer says. */
export interface ModbusCodec<T> {
  pdu: Uint8Array
  decode: (answer: Uint8Array) => Promise<T>
}

/**
 * Reading registers (3 holding, 4 input), which nearly every poll does, without modbus-serial: that is a client for each
 * request, and a tenth of what the whole poll costs. Modbus Application Protocol V1.1b3, 6.3 and 6.4.
 */
export const readRegisters = (code: 3 | 4, address: number, count: number): ModbusCodec<number[]> => ({
  pdu: Uint8Array.of(code, address >> 8, address & 0xff, count >> 8, count & 0xff),
  // Code, number of bytes, registers; the link gives it only what has the predicted length.
  decode: async (answer) => {
    assert(answer.length === 2 + 2 * count, 'an answer has as many registers as were asked for')
    return Array.from({ length: count }, (_each, i) => ((answer[2 + 2 * i] ?? 0) << 8) | (answer[3 + 2 * i] ?? 0))
  },
})

/** Room for the checksum that modbus-serial puts behind its requests. */
const crcBytes = 2

/**
 * One request, encoded and decoded by modbus-serial on a port that leads nowhere. It gets no timer, no connection and only
 * the one frame that was found to be the answer: left alone, it takes a late answer for the next request's
 * (test/transport/lateAnswer.test.ts).
 * @param call one call of the client
 */
export async function encodeWithModbusSerial<T>(
  unit: number,
  call: (client: ModbusClient) => Promise<T>,
): Promise<ModbusCodec<T>> {
  const sent: Uint8Array[] = []
  const port = Object.assign(new EventEmitter(), {
    isOpen: true,
    open: (done: (error: null) => void) => done(null),
    write: (frame: Uint8Array) => void sent.push(frame),
  })
  const client = new modbusSerial.default(port)
  client.open()
  client.setID(unit)
  const decoded = call(client)
  const [frame] = sent
  // Nothing was written: the client refused the arguments, and says why.
  if (!frame) await decoded
  assert(frame, 'modbus-serial wrote a request')
  const decode = (answer: Uint8Array): Promise<T> => {
    port.emit('data', Buffer.from(rtuFrame(unit, answer)))
    return decoded
  }
  return { pdu: Uint8Array.from(frame.subarray(1, -crcBytes)), decode }
}
