import { describe, expect, it } from 'vitest'
import { createLineLink } from '../../src/engine/transport/lineLink.ts'
import { createStrictClient, type StrictManners } from '../../drivers/scpi/strictClient.ts'
import { createBench, failureOf, type Bench } from './support.ts'

const settings = { sendTerminator: '\r\n', receiveTerminators: '\n', quietMs: 200, defaultTimeoutMs: 500 }

const clientOn = (bench: Bench, more: Partial<StrictManners> = {}) => {
  const link = createLineLink({ wire: bench.wire, clock: bench.clock, settings, name: 'hv' })
  return createStrictClient(link, { name: 'hv', echo: 'maybe', ...more })
}
const answering = (answers: Record<string, string>) => createBench((line, { say }) => say(answers[line.trim()] ?? ''))

describe('a client of an instrument that answers every line', () => {
  it.each([
    ['without an echo', 'A? 1\r\n', '\r\n'],
    ['behind an echo', 'A?\r\nA? 1\r\n', 'ON\r\n\r\n'],
    ['twice', 'A?\r\nA? 1\r\nA?\r\nA? 1\r\n', '\r\n\r\n'],
  ])('takes answers %s', async (_name, answer, empty) => {
    const bench = answering({ 'A?': answer, ON: empty })
    const client = clientOn(bench)
    expect(await bench.run(client.ask('A?', /^A\? \d$/))).toBe('A? 1')
    await bench.run(client.command('ON'))
  })

  it('passes over the empty lines that commands before have left', async () => {
    const bench = answering({ 'A?': '\r\n\r\n7\r\n' })
    expect(await bench.run(clientOn(bench).ask('A?', /^\d$/))).toBe('7')
  })

  it('ends with the first wrong line, and is quiet until the rest of it has come', async () => {
    const bench = createBench((line, { say }) => {
      if (line.trim() === 'A?') {
        say('\xffA?\r\n')
        say('5\r\n', 100)
      } else say('6\r\n', 10)
    })
    const client = clientOn(bench)
    expect((await bench.run(failureOf(client.ask('A?', /^\d$/)))).code).toBe('device.badReply')
    // The 5 belongs to the question that failed.
    expect(await bench.run(client.ask('B?', /^\d$/))).toBe('6')
    expect(bench.clock.monotonicMs()).toBe(310)
  })

  it('asks for the echo where there always is one', async () => {
    const bench = answering({ U1: 'U1\r\n+01000-01\r\n', I1: '00012-09\r\n' })
    const client = clientOn(bench, { echo: 'always' })
    expect(await bench.run(client.ask('U1', /^[+-]\d+-\d\d$/))).toBe('+01000-01')
    expect((await bench.run(failureOf(client.ask('I1', /^\d+-\d\d$/)))).code).toBe('device.badReply')
  })

  it('tells a refusal from rubbish', async () => {
    const bench = answering({ SET: 'E5\r\n', GET: 'E2\r\n', ODD: 'F0\r\n' })
    const client = clientOn(bench, { refusal: /^E\d+$/ })
    expect(await bench.run(failureOf(client.command('SET', /^E0$/)))).toMatchObject({
      code: 'device.refused',
      context: { request: 'SET', detail: 'it answered E5' },
    })
    expect((await bench.run(failureOf(client.ask('GET', /^S0:/)))).code).toBe('device.refused')
    expect((await bench.run(failureOf(client.command('ODD', /^E0$/)))).code).toBe('device.badReply')
  })

  it('times out where nothing but empty lines comes', async () => {
    const bench = answering({ 'A?': '\r\n' })
    expect((await bench.run(failureOf(clientOn(bench).ask('A?', /^\d$/)))).code).toBe('device.timeout')
  })
})
