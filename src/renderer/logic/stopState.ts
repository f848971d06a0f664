import type { Run, SafeStop } from '../../contract/run.ts'
import { isActive } from './words.ts'

/** How far a stop has come, as the station reported it. Only `confirmed` means that outputs were read back as off. */
export type StopPhase = 'idle' | 'ready' | 'requested' | 'sent' | 'confirmed' | 'notConfirmed' | 'ended' | 'failed'

export interface StopView {
  run: Run
  safeStops: readonly SafeStop[]
}

/** The phase of the stop of one run. `asked`: this window has asked for it. */
export function stopPhaseOf(view: StopView, asked: boolean): StopPhase {
  const { run, safeStops } = view
  const any = (state: SafeStop['state']): boolean => safeStops.some((stop) => stop.state === state)
  if (any('notConfirmed')) return 'notConfirmed'
  if (isActive(run.status) && run.status !== 'stopping') return asked ? 'requested' : 'ready'
  const allConfirmed = safeStops.length > 0 && safeStops.every((stop) => stop.state === 'confirmed')
  if (run.status === 'stopping') return allConfirmed ? 'confirmed' : any('sent') ? 'sent' : 'requested'
  if (!asked) return 'idle'
  return allConfirmed ? 'confirmed' : 'ended'
}

const order: readonly StopPhase[] = [
  'failed',
  'notConfirmed',
  'ready',
  'requested',
  'sent',
  'ended',
  'confirmed',
  'idle',
]

/** Of several runs the phase that needs a person most. */
export function worstPhase(phases: readonly StopPhase[]): StopPhase {
  return order.find((phase) => phases.includes(phase)) ?? 'idle'
}

export const stopWords: Record<StopPhase, string> = {
  idle: 'Nothing is running.',
  ready: 'A run is going on. This stops it at once and asks nothing.',
  requested: 'Stop requested. Not yet confirmed: treat the outputs as live.',
  sent: 'Outputs commanded off. Not yet read back: treat them as live.',
  confirmed: 'Stopped: every output was read back as off.',
  notConfirmed: 'NOT CONFIRMED: an output could not be read back as off. Switch it off by hand.',
  ended: 'The run has ended. The station reported no complete read-back of its outputs: see the log.',
  failed: 'The station did not take the stop. Use the emergency stop at the bench.',
}
