import { assert } from '../../src/base/assert.ts'
import { latin1ToBytes } from '../../src/base/bytes.ts'
import type { WordOrder } from '../../src/base/words.ts'
import type { SimulatorContext, SimulatorFault, WireSimulator } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createModbusSlave } from '../bench/modbusSlave.ts'
import { createEaDevice } from './eaDevice.ts'
import { createEaModbus } from './eaModbus.ts'
import { createEaScpi } from './eaScpi.ts'
import { ratingOf } from './models.ts'

/** Faults of the unit, whichever protocol is spoken. */
export const eaFaults: readonly SimulatorFault[] = [
  { name: 'clamp', title: 'the current is taken 10 % lower than asked', effect: 'refused' },
  {
    name: 'ignored',
    title: 'set-points are left as they were; only the error queue, or an exception, says so',
    effect: 'refused',
  },
  { name: 'local', title: 'somebody at the panel keeps the remote control', effect: 'refused' },
  { name: 'over-voltage', title: 'a voltage from outside trips the over-voltage protection', effect: 'refused' },
  { name: 'over-temperature', title: 'the unit is too hot: the output goes off', effect: 'refused' },
  { name: 'power-fail', title: 'the mains fail: the output goes off', effect: 'refused' },
  { name: 'lag', title: 'the first read-back after a set still shows the old value', effect: 'harmless' },
  { name: 'stuck-output', title: 'the output can’t be switched off', effect: 'notSafe' },
]

/** A command without a terminator counts as ended when nothing more came for this long. */
const endMs = 20
/** Pieces of one Modbus request come closer together. */
const gapMs = 50

type Protocol = 'modbus' | 'scpi' | 'none'

/** The first byte of a message says which protocol it is (programming guide): 0 and 1, up to 41, and from 42 on. */
function protocolOf(bytes: Uint8Array, knowsTcp: boolean): Protocol {
  const [first = 0, , third, fourth, high = 0, low = 0] = bytes
  // Modbus TCP has zeros where no SCPI text has; on a real unit it is on port 502, where nothing else is spoken.
  const isTcp = bytes.length >= 8 && third === 0 && fourth === 0 && high * 256 + low === bytes.length - 6
  if (isTcp) return knowsTcp ? 'modbus' : 'none'
  if (first <= 1) return 'modbus'
  return first <= 41 ? 'none' : 'scpi'
}

/**
 * An EA supply or load at the wire: SCPI and Modbus RTU on one port, Modbus TCP too. Options: `model` (PSB 9200-140,
 * PSB 10200-420, PSI 9200-70, PSI 9080-60 T, ELR 9200-70), `serial`, `firmware`, `unit` (0: the address that it answers),
 * `modbusTcp` (on, off: firmware without it), `light` (on: the module is lit), `fault`.
 */
export function createEaSimulator(context: SimulatorContext): WireSimulator {
  const { clock, options } = context
  const rating = ratingOf(options['model'] ?? 'PSB 9200-140')
  assert(rating !== null, `there is no simulated model ${options['model'] ?? ''}`)
  const serial = options['serial'] ?? '2660090001'
  const firmware = options['firmware'] ?? 'V3.06 21.08.2019'
  const device = createEaDevice(context, rating)
  const mode = { isFull: false }
  const scpi = createEaScpi(
    context,
    device,
    (userText) => `EA Elektro-Automatik GmbH & Co. KG,${rating.model},${serial},${firmware},${userText}`,
  )
  const text = createLineDevice({ context, terminator: '\n', execute: scpi.execute })
  const order = (): WordOrder => (hasFault(context, 'word-order') ? 'lowFirst' : 'highFirst')
  const modbus = createModbusSlave({
    context,
    device: createEaModbus(device, { serial, firmware, mode, order }),
    functions: [1, 3, 5, 6, 16],
    unit: Number(options['unit'] ?? 0),
    // Limited mode knows address 0 alone, full mode 0 and 1 (register 10013).
    alsoAnswers: (unit) => mode.isFull && unit <= 1,
  })
  const isEnd = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d
  let open: Protocol = 'none'
  let lastMs = -Infinity
  let chunk = 0

  const takeText = (bytes: Uint8Array): void => {
    const own = ++chunk
    text.receive(bytes)
    open = isEnd(bytes.at(-1)) ? 'none' : 'scpi'
    if (open === 'scpi')
      void clock.sleep(endMs).then(() => {
        if (own !== chunk || open !== 'scpi') return
        open = 'none'
        text.receive(latin1ToBytes('\n'))
      })
  }
  return {
    receive: (bytes) => {
      const isLate = clock.monotonicMs() - lastMs > gapMs
      lastMs = clock.monotonicMs()
      if (open === 'modbus' && (isLate || modbus.pendingBytes() === 0)) open = 'none'
      const protocol = open === 'none' ? protocolOf(bytes, options['modbusTcp'] !== 'off') : open
      if (protocol === 'scpi') takeText(bytes)
      if (protocol !== 'modbus') return
      open = 'modbus'
      modbus.receive(bytes)
    },
  }
}
