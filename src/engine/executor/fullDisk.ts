import type { Cancellation } from '../../base/cancellation.ts'
import type { Clock } from '../../base/clock.ts'
import { StationError } from '../../contract/errors.ts'
import type { ExecutorStore } from './execute.ts'

type Written = 'values' | 'words'

export interface FullDiskDeps {
  store: ExecutorStore
  clock: Clock
  /** Whether the run can stand still here. What must not wait, such as a tear-down or a sweep, fails as it would. */
  mayWait: () => boolean
  /** The run is being stopped: whatever waits ends with its reason. */
  end: Cancellation
  /** The first write found no room, and waits. */
  full: (error: StationError) => void
  /** Nothing waits any more: everything is stored, or what waited may no longer. */
  over: (isStored: boolean) => void
  /** A write that can't wait found no room, of measured values or of the log and the journal; returns what it throws. */
  refused: (error: StationError, what: Written) => Error
}

export interface FullDisk {
  /** The same store; a write that finds no room waits for it, and those after it wait behind it. */
  store: ExecutorStore
  /** What the disk said; null while there is room. */
  readonly error: StationError | null
}

/** Often enough for somebody who has just made room and looks at the screen. */
const retryMs = 5_000

const isFull = (error: unknown): error is StationError => error instanceof StationError && error.code === 'storage.full'

/**
 * Keeps a run that can stand still from ending because a disk is full: its writes wait, in their order, and nothing that
 * was measured is dropped. Who waits for a write waits along, so nothing more is measured meanwhile.
 */
export function createFullDisk(deps: FullDiskDeps): FullDisk {
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  let error: StationError | null = null

  const untilRoom = async <T>(work: () => Promise<T>, what: Written): Promise<T> => {
    for (;;) {
      try {
        return await work()
      } catch (failure) {
        if (!isFull(failure)) throw failure
        if (!deps.mayWait()) throw deps.refused(failure, what)
        await deps.clock.sleep(retryMs, deps.end)
      }
    }
  }
  const wait = <T>(work: () => Promise<T>, what: Written): Promise<T> => {
    waiting++
    const mine = last.then(() => untilRoom(work, what))
    const settle = (isStored: boolean): void => {
      if (--waiting > 0) return
      error = null
      if (!deps.end.aborted) deps.over(isStored)
    }
    last = mine.then(
      () => settle(true),
      () => settle(false),
    )
    return mine
  }
  const patiently: Patiently = async (work, what = 'words') => {
    if (waiting > 0 && deps.mayWait()) return wait(work, what)
    try {
      return await work()
    } catch (failure) {
      if (!isFull(failure)) throw failure
      if (!deps.mayWait()) throw deps.refused(failure, what)
      if (error === null) {
        error = failure
        deps.full(failure)
      }
      return wait(work, what)
    }
  }
  return {
    store: patientStore(deps.store, patiently),
    get error() {
      return error
    },
  }
}

type Patiently = <T>(work: () => Promise<T>, what?: Written) => Promise<T>

/** Reads don't need room, and the end of a run has a patience of its own. */
const patientStore = (store: ExecutorStore, patiently: Patiently): ExecutorStore => ({
  addChannel: (channel) => patiently(() => store.addChannel(channel), 'values'),
  appendSamples: (blocks) => patiently(() => store.appendSamples(blocks), 'values'),
  addSweep: (sweep) => patiently(() => store.addSweep(sweep)),
  appendSweepPoints: (at, blocks, limiting) => patiently(() => store.appendSweepPoints(at, blocks, limiting)),
  completeSweep: (at) => patiently(() => store.completeSweep(at)),
  enterStep: (step) => patiently(() => store.enterStep(step)),
  endStep: (step) => patiently(() => store.endStep(step)),
  saveStepState: (step) => patiently(() => store.saveStepState(step)),
  addExposure: (runId, entries) => patiently(() => store.addExposure(runId, entries)),
  saveRun: (run, audit) => patiently(() => store.saveRun(run, audit)),
  finishRun: (run, criteria, audit) => store.finishRun(run, criteria, audit),
  addEvent: (event) => patiently(() => store.addEvent(event)),
  addResult: (runId, result, audit) => patiently(() => store.addResult(runId, result, audit)),
  audit: (entry) => patiently(() => store.audit(entry)),
  sweeps: (runId) => store.sweeps(runId),
})
