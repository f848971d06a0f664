import { ScpiError } from '../bench/scpi.ts'
import { keywordArgument } from '../bench/scpiSettings.ts'
import type { SupplyDevice } from './supplyDevice.ts'

interface Sums {
  state: 'OFF' | 'ON' | 'SUSPEND' | 'RESUME'
  atMs: number
  /** What flowed since then, in A or W. */
  rate: number
  activeMs: number
  positive: number
  negative: number
  least: [positive: number, negative: number]
  most: [positive: number, negative: number]
}

const fresh = (atMs: number): Sums => ({
  state: 'OFF',
  atMs,
  rate: 0,
  activeMs: 0,
  positive: 0,
  negative: 0,
  least: [0, 0],
  most: [0, 0],
})

const isCounting = ({ state }: Sums): boolean => state === 'ON' || state === 'RESUME'

/** Manual: hours with three decimals, seconds with one, sums in scientific notation. */
const answers = (key: 'IMIN' | 'PMIN', sums: Sums): Readonly<Record<string, () => string>> => {
  const most = key.replace('MIN', 'MAX')
  const text = (value: number): string => value.toFixed(4)
  return {
    STATE: () => sums.state,
    TIMEHR: () => (sums.activeMs / 3_600_000).toFixed(3),
    TIMESEC: () => (sums.activeMs / 1000).toFixed(1),
    'POS,TOTAL': () => sums.positive.toExponential(6),
    'NEG,TOTAL': () => sums.negative.toExponential(6),
    [`POS,${key}`]: () => text(sums.least[0]),
    [`POS,${most}`]: () => text(sums.most[0]),
    [`NEG,${key}`]: () => text(sums.least[1]),
    [`NEG,${most}`]: () => text(sums.most[1]),
  }
}

function createCounter(deps: { nowMs: () => number; rate: () => number; leastKey: 'IMIN' | 'PMIN' }) {
  let sums = fresh(deps.nowMs())

  /** Adds what flowed since the last look. */
  const advance = (): void => {
    const nowMs = deps.nowMs()
    if (isCounting(sums)) {
      const hours = (nowMs - sums.atMs) / 3_600_000
      sums.activeMs += nowMs - sums.atMs
      sums.positive += Math.max(0, sums.rate) * hours
      sums.negative += Math.min(0, sums.rate) * hours
      const rate = deps.rate()
      const side = rate < 0 ? 1 : 0
      sums.least[side] = sums.least[side] === 0 ? rate : Math.min(sums.least[side], rate)
      sums.most[side] = sums.most[side] === 0 ? rate : Math.max(sums.most[side], rate)
      sums.rate = rate
    }
    sums.atMs = nowMs
  }
  return {
    advance,
    set: (word: string | undefined): void => {
      advance()
      const state = keywordArgument(word, ['OFF', 'ON', 'SUSPEND', 'RESUME']) as Sums['state']
      if (state === 'ON' || state === 'OFF') sums = fresh(deps.nowMs())
      sums.state = state
      sums.rate = deps.rate()
    },
    get: (what: string): string => {
      advance()
      const answer = answers(deps.leastKey, sums)[what]
      if (!answer) throw new ScpiError(-104, 'Data type error')
      return answer()
    },
  }
}

/** The supply's ampere-hour and watt-hour instrument (manual, 5.3.5). It looks when it is asked, not each 100 ms. */
export function createAmpereHours(device: SupplyDevice) {
  const { nowMs } = device
  const currentA = (): number => device.point().currentA
  const counters = {
    AH: createCounter({ nowMs, rate: currentA, leastKey: 'IMIN' }),
    WH: createCounter({ nowMs, rate: () => currentA() * device.point().voltageV, leastKey: 'PMIN' }),
  }
  const counterOf = (word: string | undefined) => {
    // The manual itself writes `AH:NEG,IMAX?` once.
    const name = (word ?? '').toUpperCase().split(':')[0]
    if (name !== 'AH' && name !== 'WH') throw new ScpiError(-104, 'Data type error')
    return counters[name]
  }
  return {
    advance: () => {
      counters.AH.advance()
      counters.WH.advance()
    },
    command: {
      set: ([which, what, setting]: string[]): void => {
        if (what?.toUpperCase() !== 'STATE') throw new ScpiError(-104, 'Data type error')
        counterOf(which).set(setting)
      },
      get: ([which = '', ...what]: string[]): string => {
        const behindColon = which.split(':').slice(1)
        return counterOf(which).get([...behindColon, ...what].join(',').toUpperCase())
      },
    },
  }
}
