import type { Clock } from '../../src/base/clock.ts'
import { messageOf } from '../../src/contract/errors.ts'
import type {
  Instrument,
  InstrumentPart,
  InstrumentParts,
  SafeStateProof,
  StopExtent,
} from '../../src/contract/instrument.ts'
import type { StationDefinition } from './profile.ts'

const pollMs = 500

interface StopDeps {
  parts: InstrumentParts
  hv: InstrumentPart
  chamber: InstrumentPart
  clock: Clock
  definition: StationDefinition
  extent: StopExtent
}

const noProof = (error: unknown): SafeStateProof => ({ safe: false, evidence: [], detail: messageOf(error) })

/** Reads the voltage until the module is discharged. Never throws. */
async function proveDischarged({ hv, clock, definition }: StopDeps): Promise<SafeStateProof> {
  const { dischargedV, dischargeS } = definition
  const deadlineMs = clock.monotonicMs() + dischargeS * 1000
  for (;;) {
    let text: string
    try {
      const readings = await hv.instrument.read()
      const found = readings.find((each) => each.channel === 'voltage')
      const volts = found?.value ?? null
      text = volts === null ? (found?.reason ?? 'no voltage') : `${volts} V`
      if (volts !== null && Math.abs(volts) <= dischargedV)
        return { safe: true, evidence: [{ command: 'discharged?', readBack: text }], detail: null }
    } catch (error) {
      text = messageOf(error)
    }
    if (clock.monotonicMs() >= deadlineMs) {
      const detail = `not known to be below ${dischargedV} V after ${dischargeS} s: ${text}`
      return { safe: false, evidence: [{ command: 'discharged?', readBack: text }], detail }
    }
    await clock.sleep(pollMs)
  }
}

/**
 * HV off, then discharged, then the chamber to standby, then the rest; each whatever becomes of the others. Never throws.
 * An electrical stop leaves the chamber as it is.
 * @param onSent called when the chamber's commands are out, too: the last of them
 */
export async function stopStation(deps: StopDeps, onSent?: () => void): Promise<SafeStateProof> {
  const { parts, hv, chamber, extent } = deps
  const proofs: { name: string; proof: SafeStateProof }[] = []
  const done = new Set<Instrument>()
  let sent = 0
  const noteSent = (): void => {
    sent++
    if (sent === (extent === 'all' ? 2 : 1)) onSent?.()
  }
  const stop = async ({ name, instrument }: InstrumentPart, told?: () => void): Promise<void> => {
    if (done.has(instrument)) return
    done.add(instrument)
    proofs.push({ name, proof: await instrument.safeStop(told).catch(noProof) })
  }
  await stop(hv, noteSent)
  proofs.push({ name: hv.name, proof: await proveDischarged(deps) })
  if (extent === 'all') await stop(chamber, noteSent)
  else done.add(chamber.instrument)
  for (const part of Object.values(parts).flat()) await stop(part)
  const unsafe = proofs.filter(({ proof }) => !proof.safe)
  return {
    safe: unsafe.length === 0,
    evidence: proofs.flatMap(({ name, proof }) =>
      proof.evidence.map((each) => ({ ...each, command: `${name}: ${each.command}` })),
    ),
    detail: unsafe.map(({ name, proof }) => `${name}: ${proof.detail ?? 'not safe'}`).join('; ') || null,
  }
}
