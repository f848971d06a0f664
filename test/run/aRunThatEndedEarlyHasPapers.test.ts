import { expect, it } from 'vitest'
import type { Dossier } from '../../src/contract/dossier.ts'
import { StationError } from '../../src/contract/errors.ts'
import { buildReportModel } from '../../src/engine/reports/model.ts'
import { soakTemplate } from '../support/soakTemplate.ts'
import { openVirtualStation } from '../support/virtualStation.ts'

const minuteMs = 60_000

/** A station whose papers are only looked at. */
async function open() {
  const issued: Dossier[] = []
  const lab = await openVirtualStation({
    templates: [soakTemplate()],
    createReports: ({ dossier }) => {
      // What can't be reported is refused here as it is in the thread that makes the files.
      buildReportModel(dossier)
      issued.push(dossier)
      return Promise.resolve([])
    },
  })
  return { lab, issued }
}

it('a run that was stopped in the middle of its exposure has papers without a verdict, and can’t be signed', async () => {
  const { lab, issued } = await open()
  const work = async () => {
    const { id } = await lab.start()
    await lab.clock.sleep(45 * minuteMs)
    lab.station.stopRun(id, 'Ada')
    return lab.station.whenEnded(id)
  }
  const ended = await lab.run(work())
  expect(ended).toMatchObject({ status: 'stopped', verdict: null })
  expect(issued.map(({ run }) => run.status)).toEqual(['stopped'])
  const report = await lab.run(lab.station.report(ended.id))
  expect(report).toMatchObject({ mark: 'SIMULATED + STOPPED', draft: true, verdict: { isNone: true } })
  expect(report.sections.map(({ title }) => title)).toContain('Exposure: what the standard credits')
  const signing = lab.run(lab.station.sign({ runId: ended.id, name: 'Ada', meaning: 'approved' }))
  await expect(signing).rejects.toMatchObject({ code: 'run.illegal' })
})

it('one that was stopped before it counted anything has none, and nothing is wrong with that', async () => {
  const { lab, issued } = await open()
  const work = async () => {
    const { id } = await lab.start()
    await lab.clock.sleep(1)
    lab.station.stopRun(id, 'Ada')
    return lab.station.whenEnded(id)
  }
  const ended = await lab.run(work())
  expect(ended.status).toBe('stopped')
  expect(issued).toEqual([])
  expect(lab.errors.filter((error) => !(error instanceof StationError && error.code === 'run.stopped'))).toEqual([])
  const { events } = await lab.station.detail(ended.id)
  expect(events.filter(({ kind }) => kind === 'report')).toEqual([])
})

it('one that was given up after an interruption has papers, too', async () => {
  const { lab, issued } = await open()
  const work = async () => {
    const { id } = await lab.start()
    await lab.clock.sleep(45 * minuteMs)
    const second = await lab.killAndRestart(minuteMs)
    expect(issued).toEqual([])
    await second.station.recoverRun({ runId: id, decision: 'close', who: 'Ada', reason: 'the module broke' })
    return second.station.report(id)
  }
  expect(await lab.run(work())).toMatchObject({ mark: 'SIMULATED + GIVEN UP', verdict: { isNone: true } })
  expect(issued.map(({ run }) => run.status)).toEqual(['closed'])
})
