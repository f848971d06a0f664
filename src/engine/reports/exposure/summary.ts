import { evidenceOf } from '../../../analysis/backfill/evidence.ts'
import type { BackFill } from '../../../contract/backFill.ts'
import type { Dossier } from '../../../contract/dossier.ts'
import type { ExposureAccount, ExposureLoss, RunExposure } from '../../../contract/exposure.ts'
import type { ExposureClass, ExposureEntry } from '../../../contract/run.ts'
import type { Exposure } from '../../../contract/template.ts'
import { isSameAccount, lossesOf, type AccountRule } from './losses.ts'

type Ledger = Pick<Dossier, 'template' | 'exposure' | 'exposures' | 'dispositions' | 'backFills'> & {
  run: Pick<Dossier['run'], 'lanes'>
}

interface Account {
  exposure: Exposure
  lane: string | null
  rule: AccountRule
  entries: ExposureEntry[]
}

/** Thousands of stretches are added: what is lost in the last digits must not make 1000 h miss 1000 h. */
const withoutRounding = (value: number): number => Math.round(value * 1e9) / 1e9

/** Also those that got nothing: an account without any row is the worst of them. */
const accountsOf = (ledger: Ledger): Account[] =>
  (ledger.template.exposure ?? []).flatMap((exposure) => {
    const lanes = exposure.perLane === true ? (ledger.run.lanes ?? []).map(({ id }) => id) : []
    return (lanes.length > 0 ? lanes : [null]).map((lane) => {
      const asked = ledger.exposures?.find((each) => each.id === exposure.id && each.lane === lane)
      const place = { exposure: exposure.id, lane }
      return {
        ...{ exposure, lane },
        rule: {
          quantity: exposure.quantity,
          required: asked?.required ?? null,
          longestGapS: asked?.longestGapS ?? null,
        },
        entries: (ledger.exposure ?? []).filter((entry) => isSameAccount(entry, place)),
      }
    })
  })

const addUp = ({ exposure, lane, rule, entries }: Account, losses: readonly ExposureLoss[]): ExposureAccount => {
  const lasted = (kind: ExposureClass): number =>
    entries.reduce((sum, each) => (each.class === kind ? sum + each.durationMs : sum), 0)
  return {
    ...{ exposure: exposure.id, title: exposure.title, quantity: exposure.quantity, unit: exposure.unit, lane },
    ...{ required: rule.required, losses: losses.length, clause: exposure.clause, mark: exposure.mark },
    credited: withoutRounding(entries.reduce((sum, each) => (each.class === 'credited' ? sum + each.amount : sum), 0)),
    elapsedMs: entries.reduce((sum, each) => sum + each.durationMs, 0),
    creditedMs: lasted('credited'),
    outOfToleranceMs: lasted('outOfTolerance'),
    unknownMs: lasted('unknown'),
    blindMs: lasted('blind'),
  }
}

/** The ledger of a run added up, and what of it was not credited, with what was decided about that. */
export function summariseExposure(ledger: Ledger): RunExposure {
  const { dispositions = [], backFills = [] } = ledger
  const accounts = accountsOf(ledger).map((account) => ({
    account,
    losses: lossesOf(account.entries, account.rule, dispositions).map((loss) => withEvidence(loss, backFills)),
  }))
  return {
    accounts: accounts.map(({ account, losses }) => addUp(account, losses)),
    losses: accounts.flatMap(({ losses }) => losses),
    entries: [...(ledger.exposure ?? [])],
    dispositions: [...dispositions],
    backFills: [...backFills],
  }
}

function withEvidence(loss: ExposureLoss, backFills: readonly BackFill[]): ExposureLoss {
  const evidence = evidenceOf(loss, backFills)
  return evidence ? { ...loss, evidence } : loss
}
