import { implement, ORPCError, ValidationError } from '@orpc/server'
import { apiVersion, stationContract, type StationEvent } from '../contract/api.ts'
import { StationError } from '../contract/errors.ts'
import type { DriverModule } from '../contract/instrument.ts'
import { createBackFillApi } from './backFillApi.ts'
import { createManualApi } from './instrumentApi.ts'
import { partsOf } from './protocolParts.ts'
import { loadRunView } from './runView.ts'
import type { Station } from './station.ts'

/** Most events a window may lag behind before it has to ask for a fresh snapshot. */
const longestQueue = 10_000

/** So many lines of the station's log are shown. */
const longestLog = 200

/**
 * The station's events as they come, until the window goes. A window that can't keep up is cut off and reconnects.
 * @param leave called at the end, however it comes: what is in hand at a window that was cut off isn't answered for
 */
export async function* followEvents(
  on: Station['onEvent'],
  signal: AbortSignal | undefined,
  leave: () => void = () => undefined,
): AsyncGenerator<StationEvent, void, void> {
  const queue: StationEvent[] = []
  let wake = (): void => undefined
  const off = on((event) => {
    queue.push(event)
    wake()
  })
  const onAbort = (): void => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    while (!signal?.aborted && queue.length <= longestQueue) {
      const event = queue.shift()
      if (event) yield event
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    off()
    leave()
  }
}

/** What the contract has against an input, by field; null for any other error. */
function inputFault(error: unknown): StationError | null {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST' || !(error.cause instanceof ValidationError))
    return null
  const place = (path: readonly unknown[]): string => path.map(String).join('.') || 'the whole'
  const faults = error.cause.issues.slice(0, 10).map((issue) => `${place(issue.path ?? [])}: ${issue.message}`)
  return new StationError('usage.invalidInput', { detail: faults.join('; ') }, error)
}

/** An operating error keeps its three sentences on the way to the window; anything else is a fault of ours. */
function toWire(thrown: unknown): unknown {
  const error = inputFault(thrown) ?? thrown
  return error instanceof StationError
    ? new ORPCError('STATION', { defined: true, status: 422, message: error.message, data: error.text })
    : error
}

const implementStation = (onError: (error: unknown) => void) =>
  implement(stationContract).use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      if (!(error instanceof StationError) && !(error instanceof ORPCError)) onError(error)
      throw toWire(error)
    }
  })

/** The station behind the one contract, whatever the wire to the window is. */
export function createApi(
  station: Station,
  given: { drivers: ReadonlyMap<string, DriverModule>; onError: (error: unknown) => void },
) {
  const os = implementStation(given.onError)
  const done = { ok: true as const }
  return os.router({
    station: {
      hello: os.station.hello.handler(({ input }) => {
        if (input.apiVersion === apiVersion) return station.info()
        throw new StationError('usage.invalidInput', {
          detail: `this window speaks version ${input.apiVersion}, the station version ${apiVersion}: load the page again`,
        })
      }),
      snapshot: os.station.snapshot.handler(() => station.snapshot()),
      events: os.station.events.handler(({ input, signal }) => {
        const leave = input ? station.windows.enter(input.window) : () => undefined
        // Not left to the end of the stream: nobody may take anything from it any more.
        signal?.addEventListener('abort', leave)
        return followEvents(station.onEvent, signal, leave)
      }),
      log: os.station.log.handler(() => station.reader.stationEvents(longestLog)),
      saveLaboratory: os.station.saveLaboratory.handler(({ input }) => station.saveLaboratory(input)),
    },
    protocols: {
      get: os.protocols.get.handler(({ input }) => station.protocols.get(input.id)),
      parts: os.protocols.parts.handler(({ input: { id } }) =>
        partsOf(station.protocols.get(id), station.protocols.all()),
      ),
      ...createApprovalApi(os, station.approvals),
    },
    instruments: {
      ...createInstrumentApi(os, station, given.drivers),
      ...createManualApi(os, station.instrumentDesk),
    },
    import: createImportApi(os, station),
    backFill: createBackFillApi(os, station.backFill),
    queue: createQueueApi(os, station.queue),
    runs: {
      preflight: os.runs.preflight.handler(({ input }) => station.preflight(input)),
      start: os.runs.start.handler(({ input }) => station.startRun(input)),
      importCurves: os.runs.importCurves.handler(({ input }) => station.importCurves(input)),
      stop: os.runs.stop.handler(({ input }) => {
        station.stopRun(input.runId, input.who, { emergency: input.emergency ?? false })
        return done
      }),
      ...createControlApi(os, station),
      answer: os.runs.answer.handler(({ input }) => {
        station.answer(input)
        return done
      }),
      detail: os.runs.detail.handler(({ input }) => station.detail(input.runId)),
      channels: os.runs.channels.handler(({ input }) => station.reader.channels(input.runId)),
      view: os.runs.view.handler(({ input }) => loadRunView(station.reader, input)),
      report: os.runs.report.handler(({ input }) => station.report(input.runId)),
      exposure: os.runs.exposure.handler(({ input }) => station.exposure(input.runId)),
      dispose: os.runs.dispose.handler(({ input }) => station.dispose(input)),
      sign: os.runs.sign.handler(({ input }) => station.sign(input)),
    },
  })
}

/** What a person may do with a run that goes on, or that was interrupted. */
function createControlApi(os: Implementer, station: Station) {
  const done = { ok: true as const }
  return {
    pause: os.runs.pause.handler(async ({ input }) => {
      await station.pauseRun(input.runId, input.who)
      return done
    }),
    resume: os.runs.resume.handler(async ({ input }) => {
      await station.resumeRun(input.runId, input.who)
      return done
    }),
    removeLane: os.runs.removeLane.handler(async ({ input }) => {
      await station.removeLane(input)
      return done
    }),
    inspectRecovery: os.runs.inspectRecovery.handler(({ input }) => station.inspectRecovery(input.runId)),
    recover: os.runs.recover.handler(({ input }) => station.recoverRun(input)),
  }
}

export type Implementer = ReturnType<typeof implementStation>

/** Who answers for a protocol. */
function createApprovalApi(os: Implementer, { history, act }: Station['approvals']) {
  return {
    history: os.protocols.history.handler(({ input }) => history(input.id)),
    submit: os.protocols.submit.handler(({ input }) => act('submit', input)),
    approve: os.protocols.approve.handler(({ input }) => act('approve', input)),
    decline: os.protocols.decline.handler(({ input }) => act('decline', input)),
    retire: os.protocols.retire.handler(({ input }) => act('retire', input)),
  }
}

function createQueueApi(os: Implementer, queue: Station['queue']) {
  return {
    add: os.queue.add.handler(({ input }) => queue.add(input)),
    edit: os.queue.edit.handler(({ input }) => queue.edit(input)),
    move: os.queue.move.handler(({ input }) => queue.move(input)),
    remove: os.queue.remove.handler(({ input }) => queue.remove(input)),
    start: os.queue.start.handler(({ input }) => queue.start(input)),
    mayStartAlone: os.queue.mayStartAlone.handler(({ input }) => ({ refused: queue.whyAttended(input) })),
  }
}

function createImportApi(os: Implementer, { importProfiles }: Station) {
  const { list, save, delete: remove } = os.import.profiles
  return {
    profiles: {
      list: list.handler(() => importProfiles.list()),
      save: save.handler(({ input }) => importProfiles.save(input.profile, input.who)),
      delete: remove.handler(({ input }) => importProfiles.remove(input.name, input.who)),
    },
  }
}

function createInstrumentApi(os: Implementer, station: Station, drivers: ReadonlyMap<string, DriverModule>) {
  return {
    drivers: os.instruments.drivers.handler(() => [...drivers.values()].map((driver) => driver.profile)),
    forms: os.instruments.forms.handler(() =>
      [...drivers.values()].map((driver) => ({
        driver: driver.profile.id,
        example: driver.exampleDefinition ?? null,
        parts: driver.link === 'parts' ? [...driver.parts] : [],
      })),
    ),
    save: os.instruments.save.handler(async ({ input }) => {
      await station.saveInstrument(input)
      return station.instruments.state(input.id)
    }),
    remove: os.instruments.remove.handler(async ({ input }) => {
      await station.removeInstrument(input.id)
      return { ok: true as const }
    }),
    identify: os.instruments.identify.handler(({ input }) => station.instruments.identify(input.id)),
    read: os.instruments.read.handler(({ input }) => station.instruments.read(input.id)),
  }
}
