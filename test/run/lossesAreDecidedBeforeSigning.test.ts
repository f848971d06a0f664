import { describe, expect, it } from 'vitest'
import type { Dossier } from '../../src/contract/dossier.ts'
import { soakTemplate } from '../support/soakTemplate.ts'
import { openVirtualStation, type VirtualStation } from '../support/virtualStation.ts'

const minuteMs = 60_000

/** An hour of warm air, in whose middle the chamber doesn't answer for ten minutes. */
async function soaked() {
  const base = soakTemplate() as { exposure: object[] }
  const template = {
    ...base,
    exposure: base.exposure.map((each) => ({ ...each, required: { expr: 'param.holdS / 4000.0' } })),
  }
  const issued: Dossier[] = []
  const lab = await openVirtualStation({
    templates: [template],
    createReports: ({ dossier }) => {
      issued.push(dossier)
      return Promise.resolve([])
    },
  })
  const work = async () => {
    const { id } = await lab.start()
    await lab.clock.sleep(50 * minuteMs)
    lab.setFault('espec-p300', 'no-answer')
    await lab.clock.sleep(10 * minuteMs)
    lab.setFault('espec-p300', '')
    return lab.station.whenEnded(id)
  }
  const run = await lab.run(work())
  expect(run.status).toBe('completed')
  return { lab, runId: run.id, issued }
}

const auditOf = (lab: VirtualStation, action: string): unknown[] =>
  lab.db.prepare('SELECT actor, detail FROM audit WHERE action = ?').all(action)

describe('time that was not credited', () => {
  it('waits for a decision: nobody signs before, and nobody decides afterwards', async () => {
    const { lab, runId, issued } = await soaked()
    const { accounts, losses } = await lab.run(lab.station.exposure(runId))
    const open = losses.filter((loss) => loss.open)
    expect(accounts[0]).toMatchObject({ exposure: 'warm', required: 0.9 })
    expect(accounts[0]!.credited).toBeGreaterThanOrEqual(0.9)
    expect(accounts[0]!.elapsedMs).toBeGreaterThan(accounts[0]!.creditedMs + 5 * minuteMs)
    expect(open.map((loss) => [loss.class, loss.proposal])).toEqual([['unknown', 'accept']])

    const signature = { runId, name: 'Ada', meaning: 'approved' }
    await expect(lab.run(lab.station.sign(signature))).rejects.toMatchObject({ code: 'run.undisposed' })

    const decision = { runId, seq: open[0]!.seq, decision: 'accept' as const, who: 'Ada' }
    await expect(lab.run(lab.station.dispose({ ...decision, reason: 'short' }))).rejects.toMatchObject({
      code: 'usage.invalidInput',
    })
    const none = { ...decision, seq: 9999, reason: 'there is no such stretch' }
    await expect(lab.run(lab.station.dispose(none))).rejects.toMatchObject({ code: 'usage.notFound' })

    const reason = 'the recorder of the chamber shows 40 °C all the time'
    const after = await lab.run(lab.station.dispose({ ...decision, reason }))
    expect(after.losses.some((loss) => loss.open)).toBe(false)
    expect(after.dispositions).toMatchObject([{ ...{ decision: 'accept', proposal: 'accept', who: 'Ada' }, reason }])
    expect(auditOf(lab, 'run.dispose')).toHaveLength(1)
    // The papers were made again with it.
    expect(issued.at(-1)?.dispositions).toEqual(after.dispositions)

    const signed = await lab.run(lab.station.sign(signature))
    expect(signed.signature?.dispositionsSha256).toMatch(/^[0-9a-f]{64}$/)
    await expect(lab.run(lab.station.dispose({ ...decision, reason }))).rejects.toMatchObject({ code: 'run.illegal' })
  })

  it('is on the papers with the conditions over time, in a dossier that stays small', async () => {
    const { issued } = await soaked()
    const [dossier] = issued
    expect(dossier).toMatchObject({
      layout: 2,
      exposures: [{ id: 'warm', lane: null, required: 0.9, longestGapS: 120 }],
    })
    const chamber = dossier!.trends!.find((trend) => trend.channel.endsWith('Climate chamber.temperature'))!
    expect(chamber.unit).toBe('°C')
    expect(Math.max(...chamber.maximum)).toBeGreaterThan(38)
    expect(chamber.pixel).toHaveLength(chamber.minimum.length)
    // The chamber was silent for longer than counts: the line is broken there.
    expect(chamber.breaks).toHaveLength(1)
    expect(JSON.stringify(dossier!.trends).length).toBeLessThan(200_000)
  })
})
