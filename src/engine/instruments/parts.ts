import { messageOf } from '../../contract/errors.ts'
import type {
  Instrument,
  InstrumentPart,
  InstrumentParts,
  SafeStateProof,
  StopExtent,
} from '../../contract/instrument.ts'

interface Watch {
  name: string
  watched: Instrument
  begin: () => void
  /** What the whole did with this part, or what is done now because it did nothing; null for a chamber that goes on. */
  finish: (extent: StopExtent) => Promise<StoppedPart | null>
}

interface StoppedPart extends SafeStateProof {
  name: string
  /** The whole left it out. */
  skipped: boolean
}

const noProof = (problem: unknown): SafeStateProof => ({ safe: false, evidence: [], detail: messageOf(problem) })

/** Nothing in it but a chamber energises. */
const isChamber = ({ profile: { roles, settings } }: InstrumentPart): boolean =>
  roles.includes('Chamber') && settings.every(({ energises, role }) => !energises || role === 'Chamber')

function watchPart(given: InstrumentPart): Watch {
  const { name, instrument: part } = given
  let stopped: Promise<SafeStateProof> | null = null
  const safeStop: Instrument['safeStop'] = (onSent, extent) => (stopped = part.safeStop(onSent, extent))
  return {
    name,
    // Everything else stays the part's own, also what it only knows after identify().
    watched: Object.assign(Object.create(part) as Instrument, { safeStop }),
    begin: () => void (stopped = null),
    finish: async (extent) => {
      const skipped = stopped === null
      if (skipped && extent === 'electrical' && isChamber(given)) return null
      return { name, skipped, ...(await (stopped ?? part.safeStop()).catch(noProof)) }
    },
  }
}

/** The proof of the whole: safe only if it says so itself and every part does. */
function judge(own: SafeStateProof, parts: readonly StoppedPart[]): SafeStateProof {
  const skipped = parts.filter((each) => each.skipped)
  const unsafe = parts.filter((each) => !each.safe)
  const told = own.safe ? [...new Set([...skipped, ...unsafe])] : skipped
  const details = [
    own.detail,
    ...told.map((each) => `${each.name}: ${each.detail ?? (each.safe ? 'safe' : 'not safe')}`),
  ]
  const evidence = skipped.flatMap((each) =>
    each.evidence.map((line) => ({ ...line, command: `${each.name}: ${line.command}` })),
  )
  return {
    safe: own.safe && unsafe.length === 0,
    evidence: [...own.evidence, ...evidence],
    detail: details.filter((text) => text !== null).join('; ') || null,
  }
}

/** Parts that know whether the whole's safe stop reached them. A part that stands in two slots is one. */
export function watchParts(parts: InstrumentParts): {
  parts: InstrumentParts
  guard: (whole: Instrument) => Instrument
} {
  const watches = new Map<Instrument, Watch>()
  for (const part of Object.values(parts).flat())
    if (!watches.has(part.instrument)) watches.set(part.instrument, watchPart(part))
  const watchedParts = Object.entries(parts).map(([slot, each]) => [
    slot,
    each.map((part) => ({ ...part, instrument: watches.get(part.instrument)?.watched ?? part.instrument })),
  ])
  /** Whatever the driver of the whole does or forgets: every part is stopped. */
  const guard = (whole: Instrument): Instrument => {
    const safeStop: Instrument['safeStop'] = async (onSent, extent = 'all') => {
      for (const watch of watches.values()) watch.begin()
      const own = await whole.safeStop(onSent, extent).catch(noProof)
      const stopped = await Promise.all([...watches.values()].map((each) => each.finish(extent)))
      return judge(
        own,
        stopped.filter((each) => each !== null),
      )
    }
    return Object.assign(Object.create(whole) as Instrument, { safeStop })
  }
  return { parts: Object.fromEntries(watchedParts) as InstrumentParts, guard }
}
