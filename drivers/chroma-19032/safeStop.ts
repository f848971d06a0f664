import type { Clock } from '../../src/base/clock.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { createStopEvidence, stopping } from '../scpi/stopEvidence.ts'
import { createStrictClient } from '../scpi/strictClient.ts'
import { command, form, query } from './commands.ts'

/** Left to the tester, which discharges what it tested. */
const dischargeMs = 1000

/**
 * Ends a test, twice: a command that comes too soon after another may be lost. With the test off the tester measures
 * nothing, so its state is the proof.
 */
export async function stopTester(
  { link, name, clock }: { link: LineLink; name: string; clock: Clock },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const stop = createStopEvidence()
  if (await stop.sendAll(link, [command.stop])) onSent?.()
  await stop.sendAll(link, [command.stop])
  const client = createStrictClient(link, { name, echo: 'maybe', defaults: stopping })
  const askState = () => stop.note(query.status, () => client.ask(query.status, form.status))
  await askState()
  await clock.sleep(dischargeMs)
  const last = await askState()
  return stop.proof([
    last === null ? 'the state of the test was not read back' : null,
    last !== null && last !== 'STOPPED' ? 'a test is still running' : null,
  ])
}
