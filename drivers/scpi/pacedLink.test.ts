import { describe, expect, it } from 'vitest'
import { createCanceller } from '../../src/base/clock.ts'
import { createVirtualClock } from '../../src/base/virtualClock.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { createPacedLink } from './pacedLink.ts'

const setUp = () => {
  const clock = createVirtualClock(0, () => new Promise<void>((resolve) => setImmediate(resolve)))
  const sent: string[] = []
  const note = (line: string): void => void sent.push(`${clock.monotonicMs()} ${line}`)
  const link: LineLink = {
    write: async (line) => note(line),
    query: async (line) => {
      note(line)
      await clock.sleep(5)
      return 'answer'
    },
    queryLines: async (line) => {
      note(line)
      return ['one', 'two']
    },
    interrupt: async () => note('interrupt'),
  }
  return { clock, sent, paced: createPacedLink(link, { clock, afterWriteMs: 50, afterQueryMs: 10 }) }
}

describe('a paced link', () => {
  it('waits after a command and after an answer, whoever comes next', async () => {
    const { clock, sent, paced } = setUp()
    const all = [paced.write('A'), paced.query('B?'), paced.query('C?'), paced.queryLines('D?', () => true)]
    await clock.run(Promise.all(all))
    expect(sent).toEqual(['0 A', '50 B?', '65 C?', '80 D?'])
  })

  it('lets a stop go first, and forgets what was cancelled while it waited', async () => {
    const { clock, sent, paced } = setUp()
    const { signal, cancel } = createCanceller()
    const first = paced.query('A?')
    const cancelled = paced.query('B?', { signal }).catch(() => 'cancelled')
    const late = paced.query('C?')
    const stop = paced.write('STOP', { priority: 'stop' })
    cancel(new Error('no more'))
    expect(await clock.run(Promise.all([first, cancelled, late, stop]))).toContain('cancelled')
    expect(sent.map((each) => each.split(' ')[1])).toEqual(['A?', 'STOP', 'C?'])
  })

  it('doesn’t wait where time has passed anyway', async () => {
    const { clock, sent, paced } = setUp()
    await clock.run(paced.write('A'))
    await clock.run(clock.sleep(500))
    await clock.run(paced.write('B'))
    await paced.interrupt(Uint8Array.of(3))
    expect(sent).toEqual(['0 A', '500 B', '500 interrupt'])
  })
})
