import { verify } from 'node:crypto'
import { canonicalJson } from '../base/canonicalJson.ts'
import { createTurns } from '../base/turns.ts'
import type { ProtocolSummary } from '../contract/api.ts'
import {
  describeApproval,
  isPending,
  isProtocolActionLegal,
  isSameName,
  type Approval,
  type ProtocolAct,
  type ProtocolAction,
  type ProtocolRecord,
} from '../contract/approval.ts'
import { StationError } from '../contract/errors.ts'
import type { PreflightLine } from '../contract/run.ts'
import type { Template } from '../contract/template.ts'
import { makerApprovals } from './makerApprovals.ts'
import { templateHash, type Protocols } from './protocols.ts'
import { createSigner } from './reports/bundle/signature.ts'
import { loadSealingKey, sealingKeyOf } from './reporting.ts'
import type { Reader, Store } from './storage/store.ts'

/** What each protocol is at this station, and the acts that make it so. */
export interface Approvals {
  of: (template: Template) => Approval
  summaries: () => ProtocolSummary[]
  /** The newest first. */
  history: (id: string) => ProtocolRecord[]
  act: (action: ProtocolAction, given: ProtocolAct) => Promise<ProtocolSummary>
}

/** What the records make of a content: the last decision about its version counts, else the maker's word, else nobody's. */
export function approvalOf(
  template: Pick<Template, 'id' | 'version' | 'state'>,
  sha256: string,
  records: readonly ProtocolRecord[],
): Approval {
  const own = records.filter((each) => each.protocolId === template.id && each.version === template.version)
  const decided = own.findLast(({ action }) => action === 'approve' || action === 'retire') ?? null
  const latest = own.findLast((each) => each.sha256 === sha256 && each.action !== 'approve')
  const submitted = latest?.action === 'submit' ? latest : null
  const base = { sha256, decided, submitted }
  if (decided?.action === 'retire') return { state: 'retired', ...base }
  if (decided) return { state: decided.sha256 === sha256 ? 'approved' : 'changed', ...base }
  if (template.state === 'retired') return { state: 'retired', ...base }
  const shipped = makerApprovals[`${template.id} ${template.version}`]
  if (shipped === undefined) return { state: 'draft', ...base }
  return { state: shipped === sha256 ? 'shipped' : 'changed', ...base }
}

/** The line of the pre-flight page that says whether the protocol may be run. */
export function checkProtocol(template: Template, approval: Approval): PreflightLine {
  const line = {
    id: 'protocol',
    title: `Protocol ${template.id} ${template.version}`,
    detail: describeApproval(approval),
  }
  if (approval.state === 'retired')
    return { ...line, state: 'problem', todo: 'Choose the version that replaced it, or have it approved again.' }
  if (approval.state === 'approved' || approval.state === 'shipped') return { ...line, state: 'ok', todo: null }
  return {
    ...line,
    state: 'warning',
    todo: 'Have it approved on the Protocols page before a customer’s test; until then the report says that it wasn’t.',
  }
}

/** @throws StationError protocol.approval where the act is not possible, or not by this person */
function requireActable(template: Template, approval: Approval, given: ProtocolAct & { action: ProtocolAction }): void {
  const refuse = (detail: string): StationError =>
    new StationError('protocol.approval', { id: template.id, version: template.version, detail })
  const { action, name } = given
  if (given.sha256 !== approval.sha256)
    throw refuse('the content at the station is another than the one that was looked at.')
  if (!isProtocolActionLegal(approval.state, action))
    throw refuse(`“${action}” is not possible: it is ${describeApproval(approval)}.`)
  if (action === 'submit' && isPending(approval)) throw refuse('this content waits for approval already.')
  if (action !== 'approve' && action !== 'decline') return
  const { submitted } = approval
  if (!submitted || !isPending(approval))
    throw refuse('nobody has submitted this content: who wrote it does that first, and a second person approves.')
  if (action === 'decline') return
  const author = [submitted.name, submitted.author ?? submitted.name].find((each) => isSameName(each, name))
  if (author !== undefined) throw refuse(`${author} wrote or submitted it, so a second person has to approve it.`)
}

export const summaryOf = (template: Template, records: readonly ProtocolRecord[]): ProtocolSummary => {
  const { id, version, title, purpose } = template
  return { id, version, title, purpose, approval: approvalOf(template, templateHash(template), records) }
}

interface Deps {
  store: Store
  utcMs: () => number
  protocols: Protocols
  changed: (summaries: ProtocolSummary[]) => void
}

export async function createApprovals(deps: Deps): Promise<Approvals> {
  const { store, protocols } = deps
  const records = (await store.protocolRecords()).map(({ record }) => record)
  const of = (template: Template): Approval => approvalOf(template, templateHash(template), records)
  const summaries = (): ProtocolSummary[] => protocols.all().map((each) => summaryOf(each, records))
  const act = async (action: ProtocolAction, given: ProtocolAct): Promise<ProtocolSummary> => {
    const template = protocols.get(given.id)
    const before = of(template)
    requireActable(template, before, { ...given, action })
    const record: ProtocolRecord = {
      ...{ seq: (records.at(-1)?.seq ?? 0) + 1, protocolId: template.id, version: template.version, action },
      ...{ sha256: before.sha256, name: given.name, role: given.role, comment: given.comment },
      ...(given.author === undefined ? {} : { author: given.author }),
      utcMs: deps.utcMs(),
    }
    const { signature } = createSigner(await loadSealingKey(store))(bytesOf(record))
    const detail = { ...record, before: before.state }
    const audit = { actor: record.name, action: `protocol.${action}`, subject: template.id, detail }
    await store.addProtocolRecord({ record, signature, template }, audit)
    records.push(record)
    deps.changed(summaries())
    return summaryOf(template, records)
  }
  // One after the other: each looks at what stands before it adds to it.
  const turns = createTurns()
  return {
    of,
    summaries,
    history: (id) => records.filter((each) => each.protocolId === protocols.get(id).id).reverse(),
    act: (action, given) => turns.take(() => act(action, given)),
  }
}

const bytesOf = (record: ProtocolRecord): Uint8Array => Buffer.from(canonicalJson(record))

/** What is wrong with the kept records, in words; empty where each is what this station signed. */
export async function findForgedApprovals(store: Reader): Promise<{ count: number; faults: string[] }> {
  const all = await store.protocolRecords()
  const key = await sealingKeyOf(store)
  const faults = all.flatMap((each, i) => {
    const { record, signature, template } = each
    const what = `record ${record.seq} (${record.action} of ${record.protocolId})`
    if (record.seq !== i + 1) return [`before ${what} one is missing`]
    if (!key || !verify(null, bytesOf(record), key, Buffer.from(signature, 'base64')))
      return [`${what} is not what this station signed`]
    return templateHash(template) === record.sha256 ? [] : [`the template of ${what} is not the one that was seen`]
  })
  return { count: all.length, faults }
}
