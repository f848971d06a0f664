// A CTS control at the wire: the ASCII protocol in 8-bit frames, and the two plainer forms seen on its TCP port.
// Silent for another address, a wrong checksum and what it doesn't know. Not simulated: locking of the panel, softkeys.
// Follows the interface protocol on cts-umweltsimulation.de, and the drivers of DESY and labtoys.
import { bytesToLatin1, latin1ToBytes } from '../../src/base/bytes.ts'
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { chamberFaults } from '../climate/simulatedChamber.ts'
import { decodeFrame, decodeSevenBit, encodeFrame, encodeSevenBit, etx, stx } from './protocol.ts'
import { createSimulatedControl } from './simulatedControl.ts'

const answerMs = 25
const longestFrame = 60

/**
 * Options: `address` (1), `hardware` (2.00), `startMs` (0, silence after power-on). How it is asked is how it answers: in frames
 * with address, bit 7 and checksum; in frames of plain text; or, without STX, in plain text with no end.
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'wrong-checksum', title: 'the checksum of each answer is wrong', effect: 'error' },
    { name: 'other-answer', title: 'the answer is to another command', effect: 'error' },
    ...Object.values(chamberFaults),
  ],
  createSimulator: (context) => {
    const { clock, options, send } = context
    const poweredMs = clock.monotonicMs()
    const address = Number(options['address'] ?? 1)
    const control = createSimulatedControl(context)
    let input: number[] = []

    const reply = async (request: string, encode: (text: string) => Uint8Array): Promise<void> => {
      const found = control.execute(request)
      if (found === null) return
      await clock.sleep(answerMs)
      send(encode(hasFault(context, 'other-answer') ? 'x' : found))
    }
    const framed = (text: string): Uint8Array => {
      const frame = encodeFrame(address, text)
      if (hasFault(context, 'wrong-checksum')) frame[frame.length - 2] = (frame.at(-2) ?? 0) ^ 0x01
      return frame
    }
    const take = (frame: Uint8Array): void => {
      const plain = decodeSevenBit(frame)
      if (plain !== null) return void reply(plain, encodeSevenBit)
      const found = decodeFrame(frame)
      if (found?.address === address) void reply(found.text, framed)
    }
    return {
      receive: (bytes) => {
        if (clock.monotonicMs() - poweredMs < Number(options['startMs'] ?? 0)) return
        if (input.length === 0 && bytes[0] !== stx && bytes.every((byte) => byte < 0x80))
          return void reply(bytesToLatin1(bytes).trim(), latin1ToBytes)
        for (const byte of bytes) {
          if (byte === stx || input.length > longestFrame) input = []
          if (byte === stx || input.length > 0) input.push(byte)
          if (byte === etx) take(Uint8Array.from(input.splice(0)))
        }
      },
    }
  },
}
