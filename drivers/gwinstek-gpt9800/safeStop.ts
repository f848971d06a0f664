import type { Clock } from '../../src/base/clock.ts'
import type { SafeStateProof } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { createStopEvidence, stopping } from '../scpi/stopEvidence.ts'
import { createStrictClient } from '../scpi/strictClient.ts'
import { command, form, query } from './commands.ts'

/** The tester discharges what it tested by itself; this is left to it. */
const dischargeMs = 1000

/**
 * Ends a test, and asks twice whether it is: at once, and after the discharge. With the test off the tester doesn't measure
 * its terminals, so its state is the proof.
 */
export async function stopTester(
  { link, name, clock }: { link: LineLink; name: string; clock: Clock },
  onSent?: () => void,
): Promise<SafeStateProof> {
  const stop = createStopEvidence()
  if (await stop.sendAll(link, [command.stop])) onSent?.()
  const client = createStrictClient(link, { name, echo: 'maybe', defaults: stopping })
  const askState = () => stop.note(query.testing, () => client.ask(query.testing, form.testing))
  await clock.sleep(100)
  const first = await askState()
  if (first !== 'TEST OFF') await stop.sendAll(link, [command.stop])
  await clock.sleep(dischargeMs)
  const last = await askState()
  return stop.proof([
    last === null ? 'the state of the test was not read back' : null,
    last === 'TEST ON' ? 'a test is still running' : null,
  ])
}
