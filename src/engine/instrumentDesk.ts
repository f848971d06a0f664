import { z } from 'zod'
import { createCanceller, type Clock } from '../base/clock.ts'
import type { StationEvent } from '../contract/api.ts'
import { StationError } from '../contract/errors.ts'
import type { DriverModule } from '../contract/instrument.ts'
import type { InstrumentConfig } from '../contract/run.ts'
import { createCalibrations, type Calibrations } from './calibrations.ts'
import type { AuditLevel } from './instruments/commandLog.ts'
import type { HandCare } from './instruments/hands.ts'
import type { InstrumentGap } from './instruments/connections.ts'
import { effectiveProfile } from './instruments/effectiveProfile.ts'
import { createInstrumentManager, type InstrumentManager } from './instruments/manager.ts'
import { createTraceBook, type TraceBook } from './instruments/traceBook.ts'
import type { SimulatedLab } from './simulatedLab.ts'
import type { Store } from './storage/store.ts'
import { createLinkOpener } from './transport/openLink.ts'
import { listSerialPorts, stableLink, type SerialPortInfo } from './transport/serialPorts.ts'

export interface InstrumentDeskDeps {
  clock: Clock
  store: Store
  drivers: ReadonlyMap<string, DriverModule>
  /** In the place of real instruments. */
  lab: SimulatedLab | null
  virtualTime: boolean
  /** Every instrument is kept connected and read while no run has it; in real time unless said otherwise. */
  keepConnected?: boolean | undefined
  publish: (event: StationEvent) => void
  hand?: HandCare
  onError: (error: unknown) => void
}

export type TraceView = ReturnType<TraceBook['get']> & { link: string | null }

/** The station's instruments, with what is kept of them: list, register of calibrations, trail of commands, traces. */
export interface InstrumentDesk {
  instruments: InstrumentManager
  calibrations: Calibrations
  save: (config: InstrumentConfig, who?: string) => Promise<void>
  remove: (id: string, who?: string) => Promise<void>
  auditLevel: () => AuditLevel
  saveAuditLevel: (level: AuditLevel, who: string) => Promise<void>
  startTrace: (id: string) => Promise<TraceView>
  stopTrace: (id: string) => TraceView
  trace: (id: string) => TraceView
  scanPorts: () => Promise<(SerialPortInfo & { link: string | null })[]>
  close: () => Promise<void>
}

const auditLevelSchema = z.enum(['off', 'commands', 'all'])
const auditSetting = 'instruments.audit'

const retryMs = 5_000

/** Writes that nobody waits for; the end of the station does. One that finds the disk full waits for room until then. */
function createBackground({ clock, onError }: Pick<InstrumentDeskDeps, 'clock' | 'onError'>) {
  const going = new Set<Promise<unknown>>()
  const end = createCanceller()
  const patiently = async (work: () => Promise<unknown>): Promise<void> => {
    for (;;) {
      try {
        return void (await work())
      } catch (error) {
        if (!(error instanceof StationError) || error.code !== 'storage.full' || end.signal.aborted) throw error
      }
      await clock.sleep(retryMs, end.signal).catch(() => undefined)
    }
  }
  return {
    run: (work: () => Promise<unknown>): void => {
      const own = patiently(work)
        .catch(onError)
        .finally(() => going.delete(own))
      going.add(own)
    },
    settled: async (): Promise<void> => {
      end.cancel(new Error('the station ends'))
      while (going.size > 0) await Promise.all(going)
    },
  }
}

/** In the log of the run that has the instrument, else in the station's. */
const createGapLog =
  ({ store, publish }: InstrumentDeskDeps, utcMs: () => number) =>
  async (gap: InstrumentGap): Promise<void> => {
    const seconds = gap.toUtcMs === null ? 0 : (gap.toUtcMs - gap.fromUtcMs) / 1000
    const isLost = gap.state === 'lost'
    const text = isLost
      ? `${gap.name} was lost: ${gap.reason} The station tries to reach it again.`
      : `${gap.name} is back, after ${seconds.toFixed(1)} s without it.`
    const isRun = gap.owner !== null && !gap.owner.includes(' ')
    const found = {
      runId: isRun ? gap.owner : null,
      utcMs: utcMs(),
      level: isLost ? 'warning' : 'info',
      kind: 'link',
      text,
    } as const
    publish({ type: 'log', event: await store.addEvent(found) })
  }

export async function createInstrumentDesk(deps: InstrumentDeskDeps): Promise<InstrumentDesk> {
  const { clock, store, lab } = deps
  const stored = auditLevelSchema.safeParse(await store.setting(auditSetting))
  let level: AuditLevel = stored.success ? stored.data : deps.virtualTime ? 'off' : 'commands'
  const background = createBackground(deps)
  const tellGap = createGapLog(deps, () => clock.utcMs())
  const book = createTraceBook()
  const calibrations = await createCalibrations({ store, utcMs: () => clock.utcMs() })
  const instruments = createInstrumentManager({
    clock,
    drivers: deps.drivers,
    opener: createLinkOpener({ clock, trace: book.note, ...(lab ? { attachSimulated: lab.attach } : {}) }),
    // Reconnecting stations must not all come at once; a simulated run stays the same every time.
    ...(deps.virtualTime ? {} : { random: Math.random }),
    changed: (states) => deps.publish({ type: 'instruments', instruments: states }),
    onReading: ({ id, ...reading }) => deps.publish({ type: 'idleReading', instrument: id, ...reading }),
    onGap: (gap) => background.run(() => tellGap(gap)),
    auditLevel: () => level,
    onCommand: ({ id, who, call, ...detail }) =>
      background.run(() => store.audit({ actor: who, action: `instrument.${call}`, subject: id, detail })),
    onError: deps.onError,
    register: calibrations,
    hand: deps.hand,
  })
  for (const config of lab ? lab.instruments : await store.instruments()) instruments.put(config)
  if (deps.keepConnected ?? !deps.virtualTime) instruments.start()

  return {
    instruments,
    calibrations: { ...calibrations, add: createAdd(deps, { instruments, calibrations }) },
    ...createList(deps, instruments),
    ...createTraces(book, instruments),
    auditLevel: () => level,
    saveAuditLevel: async (next, who) => {
      const detail = { old: level, new: next }
      await store.saveSetting(auditSetting, next, {
        actor: who,
        action: 'instruments.auditLevel',
        subject: 'station',
        detail,
      })
      level = next
    },
    scanPorts: async () => (await listSerialPorts()).map((port) => ({ ...port, link: stableLink(port) })),
    close: async () => {
      await instruments.close()
      await background.settled()
    },
  }
}

/** Changes to the station's list of instruments, each in the audit trail. */
function createList(deps: InstrumentDeskDeps, instruments: InstrumentManager): Pick<InstrumentDesk, 'save' | 'remove'> {
  const { store } = deps
  const refuseSimulated = (): void => {
    if (deps.lab)
      throw new StationError('usage.invalidInput', {
        detail:
          'the simulated lab’s instruments can’t be changed; start the station without --simulate to add real ones',
      })
  }
  return {
    save: async (config, who = 'operator') => {
      refuseSimulated()
      // Refuses an unknown driver, and a definition or parts that make no instrument.
      effectiveProfile(config, { drivers: deps.drivers, configOf: instruments.config })
      const old = instruments.states().find((state) => state.config.id === config.id)?.config ?? null
      instruments.put(config)
      const detail = { old, new: config }
      await store.saveInstrument(config, { actor: who, action: 'instrument.save', subject: config.id, detail })
    },
    remove: async (id, who = 'operator') => {
      refuseSimulated()
      const old = instruments.config(id)
      instruments.remove(id)
      await store.removeInstrument(id, { actor: who, action: 'instrument.remove', subject: id, detail: { old } })
    },
  }
}

/** A certificate that comes in is at once the one that runs freeze with the instrument. */
const createAdd =
  (
    { store }: InstrumentDeskDeps,
    given: { instruments: InstrumentManager; calibrations: Calibrations },
  ): Calibrations['add'] =>
  async (id, entry, who) => {
    const { instruments, calibrations } = given
    const config = instruments.config(id)
    const records = await calibrations.add(id, entry, who)
    const calibration = calibrations.inForce(id)
    if (JSON.stringify(calibration) !== JSON.stringify(config.calibration)) {
      const next: InstrumentConfig = { ...config, calibration }
      instruments.recalibrate(id, calibration)
      const detail = { old: config.calibration, new: calibration }
      await store.saveInstrument(next, { actor: who, action: 'instrument.calibration', subject: id, detail })
    }
    return records
  }

function createTraces(
  book: TraceBook,
  instruments: InstrumentManager,
): Pick<InstrumentDesk, 'startTrace' | 'stopTrace' | 'trace'> {
  const view = (id: string): TraceView => {
    const { wireName: link } = instruments.stats(id)
    return { link, ...book.get(link ?? '') }
  }
  return {
    startTrace: async (id) => {
      // The wire has its name once it was opened.
      if (instruments.stats(id).wireName === null) await instruments.identify(id)
      const { wireName } = instruments.stats(id)
      if (wireName !== null) book.start(wireName)
      return view(id)
    },
    stopTrace: (id) => {
      const { wireName } = instruments.stats(id)
      if (wireName !== null) book.stop(wireName)
      return view(id)
    },
    trace: view,
  }
}
