import { bytesToHex, bytesToLatin1 } from '../base/bytes.ts'
import type { Implementer } from './api.ts'
import type { InstrumentDesk, TraceView } from './instrumentDesk.ts'

const done = { ok: true as const }

/** A trace as it can be read: hexadecimal, and text where control characters are escaped. */
const toWire = ({ isOn, link, dropped, pieces }: TraceView) => ({
  isOn,
  link,
  dropped,
  pieces: pieces.map(({ atUtcMs, direction, bytes }) => ({
    utcMs: atUtcMs,
    direction,
    hex: bytesToHex(bytes),
    text: bytesToLatin1(bytes).replace(
      /[^\x20-\x7e]/g,
      (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    ),
  })),
})

/** What a person does with an instrument between runs. */
export function createManualApi(os: Implementer, desk: InstrumentDesk) {
  const { instruments, calibrations } = desk
  const { trace, calibrations: register, auditLevel } = os.instruments
  return {
    lock: os.instruments.lock.handler(async ({ input }) => {
      await instruments.lock(input.id, input)
      return done
    }),
    takeOver: os.instruments.takeOver.handler(async ({ input }) => {
      await instruments.takeOver(input.id, input)
      return done
    }),
    unlock: os.instruments.unlock.handler(({ input: { id, who, leaveOn = false } }) =>
      instruments.unlock(id, who, { leaveOn }),
    ),
    set: os.instruments.set.handler(({ input }) => instruments.set(input)),
    safeStop: os.instruments.safeStop.handler(({ input }) => instruments.safeStop(input.id, input.who)),
    stats: os.instruments.stats.handler(({ input }) => instruments.stats(input.id)),
    trace: {
      start: trace.start.handler(async ({ input }) => toWire(await desk.startTrace(input.id))),
      stop: trace.stop.handler(({ input }) => toWire(desk.stopTrace(input.id))),
      get: trace.get.handler(({ input }) => toWire(desk.trace(input.id))),
    },
    scanPorts: os.instruments.scanPorts.handler(() => desk.scanPorts()),
    calibrations: {
      list: register.list.handler(({ input }) => [...calibrations.records(input.id)]),
      add: register.add.handler(async ({ input }) => [...(await calibrations.add(input.id, input.entry, input.who))]),
      policy: register.policy.handler(() => calibrations.policy()),
      savePolicy: register.savePolicy.handler(async ({ input }) => {
        await calibrations.savePolicy(input.policy, input.who)
        return done
      }),
    },
    auditLevel: {
      get: auditLevel.get.handler(() => ({ level: desk.auditLevel() })),
      set: auditLevel.set.handler(async ({ input }) => {
        await desk.saveAuditLevel(input.level, input.who)
        return done
      }),
    },
  }
}
