import { describe, expect, it } from 'vitest'
import { loadDossier } from '../../src/engine/dossier.ts'
import { templateHash } from '../../src/engine/protocols.ts'
import { identificationSection } from '../../src/engine/reports/model/identification.ts'
import { dataSeal } from '../../src/engine/reports/seal.ts'
import { verifyDatabase } from '../../src/engine/verify.ts'
import { soakTemplate } from '../support/soakTemplate.ts'
import { openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'

const id = 'PVTP-054'
const template = soakTemplate()
const author = { name: 'A. Author', role: 'test engineer' }
const boss = { name: 'B. Boss', role: 'head of laboratory' }

const open = (): Promise<VirtualStation> => openVirtualStation({ templates: [template] })
const shaOf = ({ station }: VirtualStation): string => templateHash(station.protocols.get(id))
const act = (on: VirtualStation, ...[action, who, more = {}]: Act) =>
  on.run(on.station.approvals.act(action, { id, sha256: shaOf(on), ...who, comment: '', ...more }))
type Act = [action: 'submit' | 'approve' | 'decline' | 'retire', who: typeof author, more?: object]

const approve = async (on: VirtualStation): Promise<void> => {
  await act(on, 'submit', author)
  await act(on, 'approve', boss, { comment: 'read and tried in a dry run' })
}
const stateOf = ({ station }: VirtualStation): string => station.approvals.of(station.protocols.get(id)).state

async function protocolLine(on: VirtualStation) {
  const request = { protocolId: id, module: { id: 'M', maker: '', model: '' }, operator: 'O', parameters: {} }
  const lines = await on.run(on.station.preflight({ ...request, roles: { chamber: ['sim-chamber'] } }))
  return lines.find((line) => line.id === 'protocol')
}

describe('a protocol', () => {
  it('is approved by a second person only, and only what was submitted', async () => {
    const on = await open()
    // The file calls itself approved: that is a claim.
    expect(stateOf(on)).toBe('draft')
    expect(await protocolLine(on)).toMatchObject({ state: 'warning', detail: 'a draft: approved by nobody' })
    const refusal = (work: Promise<unknown>, said: RegExp) =>
      expect(work).rejects.toMatchObject({ code: 'protocol.approval', message: expect.stringMatching(said) as string })
    await refusal(act(on, 'approve', boss), /nobody has submitted/)
    await act(on, 'submit', author, { author: 'C. Colleague' })
    await refusal(act(on, 'submit', boss), /waits for approval already/)
    await refusal(act(on, 'approve', { ...author, name: 'a author' }), /A\. Author wrote or submitted it/)
    await refusal(act(on, 'approve', { ...boss, name: 'C. Colleague' }), /C\. Colleague wrote or submitted it/)
    await refusal(act(on, 'approve', boss, { sha256: 'another' }), /another than the one that was looked at/)
    expect(stateOf(on)).toBe('draft')
    const { approval } = await act(on, 'approve', boss)
    expect(approval).toMatchObject({ state: 'approved', decided: boss, submitted: author })
    expect(await protocolLine(on)).toMatchObject({ state: 'ok', detail: expect.stringContaining('B. Boss') as string })
    expect(on.events.filter((event) => event.type === 'protocols').length).toBe(2)
    expect(on.errors).toEqual([])
  })

  it('that was sent back has to be submitted again', async () => {
    const on = await open()
    await act(on, 'submit', author)
    await act(on, 'decline', boss, { comment: 'the humidity is missing' })
    await expect(act(on, 'approve', boss)).rejects.toMatchObject({ code: 'protocol.approval' })
    await act(on, 'submit', author)
    expect((await act(on, 'approve', boss)).approval.state).toBe('approved')
    const actions = on.station.approvals.history(id).map((each) => each.action)
    expect(actions).toEqual(['approve', 'submit', 'decline', 'submit'])
  })

  it('keeps its approval over a restart, and loses it with a change under the same version', async () => {
    const on = await open()
    await approve(on)
    const again = await on.run(on.killAndRestart(1000))
    expect(stateOf(again)).toBe('approved')
    const changed = await again.run(again.killAndRestart(1000, [{ ...template, purpose: 'Another purpose.' }]))
    expect(stateOf(changed)).toBe('changed')
    expect(await protocolLine(changed)).toMatchObject({
      ...{ state: 'warning', detail: expect.stringContaining('changed since its approval by B. Boss') as string },
    })
    const back = await changed.run(changed.killAndRestart(1000, [template]))
    expect(stateOf(back)).toBe('approved')
    const next = await back.run(back.killAndRestart(1000, [{ ...template, version: '1.0.1' }]))
    expect(stateOf(next)).toBe('draft')
  })

  it('that was retired begins no run, and can be approved again', async () => {
    const on = await open()
    await approve(on)
    await act(on, 'retire', boss, { comment: 'replaced by a better one' })
    expect(await protocolLine(on)).toMatchObject({
      ...{ state: 'problem', detail: expect.stringContaining('replaced by a better one') as string },
    })
    await expect(on.run(on.start())).rejects.toMatchObject({ code: 'run.preflight' })
    await approve(on)
    expect(stateOf(on)).toBe('approved')
  })
})

const printedOf = (dossier: Parameters<typeof identificationSection>[0]): string =>
  JSON.stringify(identificationSection(dossier, { number: '1', issuedUtcMs: 0 }))

describe('a run', () => {
  it('keeps the approval it began under, prints it, and is verified with it', async () => {
    const on = await open()
    await approve(on)
    const { station } = on
    const run = await on.run(on.start({ holdS: 60 }))
    await act(on, 'retire', boss, { comment: 'while a run goes on' })
    const ended = await on.run(station.whenEnded(run.id))
    expect(ended).toMatchObject({ status: 'completed', approval: { state: 'approved', decided: boss } })
    expect(ended.approval?.sha256).toBe(ended.templateSha256)
    const dossier = await loadDossier(station.reader, run.id, { name: '', address: '', station: '' })
    expect(printedOf(dossier)).toContain('approved by B. Boss (head of laboratory, name as typed)')
    // What it ran under is part of what is sealed and signed.
    const forged = { ...dossier.run, approval: { ...dossier.run.approval!, state: 'draft' as const } }
    expect(dataSeal({ ...dossier, run: forged })).not.toBe(dossier.dataSha256)
    expect((await verifyDatabase(station.reader)).filter((check) => !check.ok)).toEqual([])
  })

  it('of a draft says so on paper', async () => {
    const on = await open()
    const run = await on.run(on.start({ holdS: 60 }))
    await on.run(on.station.whenEnded(run.id))
    const dossier = await loadDossier(on.station.reader, run.id, { name: '', address: '', station: '' })
    expect(printedOf(dossier)).toContain('a draft: approved by nobody')
  })
})

describe('the records', () => {
  it('have their rows in the audit trail', async () => {
    const on = await open()
    await approve(on)
    const rows = await on.station.reader.auditRows(id)
    expect(rows.map((row) => [row.action, row.actor])).toEqual([
      ['protocol.submit', author.name],
      ['protocol.approve', boss.name],
    ])
    expect(JSON.parse(rows[1]!.detail)).toMatchObject({ sha256: shaOf(on), before: 'draft', role: boss.role })
  })

  it('that somebody changed behind the station’s back are named by verify', async () => {
    const on = await open()
    await approve(on)
    const faults = async () => (await verifyDatabase(on.station.reader)).filter((check) => !check.ok)
    expect(await faults()).toEqual([])
    on.db.exec('DROP TRIGGER protocol_records_stay')
    const forge = (sql: string) => on.db.exec(`UPDATE protocol_records SET ${sql} WHERE action = 'approve'`)
    forge(`record = replace(record, 'B. Boss', 'D. Deputy')`)
    expect(await faults()).toMatchObject([
      { detail: expect.stringContaining('not what this station signed') as string },
    ])
    forge(`record = replace(record, 'D. Deputy', 'B. Boss'), template = replace(template, 'Warm air', 'Hot air')`)
    expect(await faults()).toMatchObject([{ detail: expect.stringContaining('not the one that was seen') as string }])
    on.db.exec('DROP TRIGGER protocol_records_are_kept')
    on.db.exec(`DELETE FROM protocol_records WHERE action = 'submit'`)
    expect(await faults()).toMatchObject([{ detail: expect.stringContaining('one is missing') as string }])
  })
})
