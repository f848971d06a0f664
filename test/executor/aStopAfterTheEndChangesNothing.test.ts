import { expect, it } from 'vitest'
import { openVirtualStation } from '../support/virtualStation.ts'
import { safeStep, tinyTemplate } from '../support/tinyTemplate.ts'

it.each(['stop', 'shutdown'])('a %s while the papers are made leaves the verdict as it is', async (what) => {
  let release = (): void => undefined
  const papers = new Promise<void>((resolve) => (release = resolve))
  let asked = false
  const lab = await openVirtualStation({
    templates: [tinyTemplate({ steps: [safeStep('only')] })],
    createReports: async () => {
      asked = true
      await papers
      return []
    },
  })
  const work = async () => {
    const { id } = await lab.start()
    while (!asked) await new Promise((turn) => setImmediate(turn))
    const ended = lab.station.whenEnded(id)
    if (what === 'shutdown') {
      const down = lab.station.shutDown()
      release()
      await down
    } else {
      // To refuse it is as right as to do nothing.
      await Promise.resolve()
        .then(() => lab.station.stopRun(id, 'Test operator'))
        .catch((error: unknown) => expect(error).toMatchObject({ code: 'run.illegal' }))
      release()
    }
    return ended
  }
  const ended = await lab.run(work())
  expect(ended).toMatchObject({ status: 'completed', verdict: 'pass' })
  expect((await lab.station.detail(ended.id)).run).toMatchObject({ status: 'completed', verdict: 'pass' })
})
