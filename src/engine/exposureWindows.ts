import type { BackFill } from '../contract/backFill.ts'
import { messageOf } from '../contract/errors.ts'
import type { Run } from '../contract/run.ts'
import type { Channel } from '../contract/sample.ts'
import type { Band, Exposure, Template } from '../contract/template.ts'
import { roleChannelName } from './acquisition/recorder.ts'
import { windowOf } from './executor/sensors.ts'
import { accountLanesOf, numbersOf } from './exposureNeeds.ts'

type Windows = BackFill['windows']

/** What a channel of a run is called within its instrument; the points of sweeps are none of these. */
export const ownNameOf = ({ name, instrumentName }: Channel): string | null => {
  const at = name.indexOf(`.${instrumentName}.`)
  return at < 0 ? null : name.slice(at + instrumentName.length + 2)
}

/** The recorded channels that a band looks at: those of its role, of a lane only that lane's. */
function channelsOf(band: Band, lane: string | null, { run, channels }: { run: Run; channels: readonly Channel[] }) {
  const used = run.instruments.filter(({ roleName }) => roleName === band.role)
  return channels.filter((each) => {
    const serves = used.some(
      ({ instrumentId, role }) => each.instrumentId === instrumentId && each.name.startsWith(roleChannelName[role]),
    )
    const own = /^[A-Za-z]+\[([^\]]+)\]/.exec(each.name)?.[1] ?? null
    const isHere = own === null || lane === null || own === lane
    return serves && isHere && (band.channel === undefined || ownNameOf(each) === band.channel)
  })
}

type Limits = Pick<Windows[number], 'low' | 'high' | 'longestGapS' | 'problem'>

function limitsOf(exposure: Exposure, band: Band, number: ReturnType<typeof numbersOf>): Limits {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
  try {
    const { low, high } = windowOf(band, (ref) => number(ref, 'a limit'))
    const longestGapS = number(exposure.longestGapS, 'longestGapS')
    return { low: finite(low), high: finite(high), longestGapS, problem: null }
  } catch (error) {
    return { low: null, high: null, longestGapS: 0, problem: messageOf(error) }
  }
}

/** Every window in which the exposures of a run want its channels, with its parameters. */
export const exposureWindows = (given: { run: Run; template: Template; channels: readonly Channel[] }): Windows =>
  (given.template.exposure ?? []).flatMap((exposure) =>
    accountLanesOf(given.run, exposure).flatMap((lane) =>
      exposure.bands.flatMap((band) => {
        const limits = limitsOf(exposure, band, numbersOf(given.run, lane))
        return channelsOf(band, lane?.id ?? null, given).map((channel) => {
          const own = ownNameOf(channel) ?? channel.name
          return {
            ...{ exposure: exposure.id, lane: lane?.id ?? null, title: `${channel.instrumentName} ${own}` },
            ...{ instrumentId: channel.instrumentId ?? '', channel: own, ...limits },
          }
        })
      }),
    ),
  )
