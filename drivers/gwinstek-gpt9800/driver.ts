// GW Instek GPT-9800/9900 by USB or RS-232: insulation resistance up to 1 kV, leakage under direct voltage above.
// Doesn't decide which resistance or leakage is enough, nor whether the lid is closed: the tester's own interlock does.
// Follows the GPT-9000/9000A series user manual; edits are ignored during a test and clamped silently: each is read back.
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createInsulationTester } from '../scpi/insulationTester.ts'
import { createPacedLink } from '../scpi/pacedLink.ts'
import { createStrictClient } from '../scpi/strictClient.ts'
import { form, query } from './commands.ts'
import { profile } from './profile.ts'
import { stopTester } from './safeStop.ts'
import { ask, readingsOf, runTest, type Tester } from './testRun.ts'

const lineSettings = { sendTerminator: '\r\n', receiveTerminators: '\r\n', quietMs: 300, defaultTimeoutMs: 2000 }
/** Between commands it wants about 25 ms. */
const paceMs = 30

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createTester(link, context),
}

function createTester(link: LineLink, context: DriverContext): Instrument {
  const { name, clock } = context
  const paced = createPacedLink(link, { clock, afterWriteMs: paceMs, afterQueryMs: paceMs })
  const testerFor = (defaults: QueryOptions): Tester => {
    const client = createStrictClient(paced, { name, echo: 'maybe', defaults })
    return { client, name, clock, write: (line) => paced.write(line, defaults) }
  }
  return createInsulationTester(context, {
    profile,
    identify: (signal) => identifyUnit(testerFor({ signal })),
    read: (signal) => readPresent(testerFor({ signal })),
    runTest: (run, onReadings) => runTest(testerFor({ signal: run.signal }), run, onReadings),
    switchOff: (onSent) => stopTester({ link: paced, name, clock }, onSent),
  })
}

async function identifyUnit({ client, name }: Tester): Promise<Identity> {
  const reply = await client.ask(query.identity, /^[\x20-\x7e]{3,120}$/)
  const [model = '', serialNumber = '', firmware = ''] = reply.split(',').map((part) => part.trim())
  const isKnown = form.identity.test(reply) && profile.models.some((pattern) => new RegExp(pattern).test(model))
  if (!isKnown)
    throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: reply.slice(0, 120) })
  return { maker: 'GW Instek', model, serialNumber, firmware }
}

async function readPresent(tester: Tester): Promise<Reading[]> {
  const measurement = await ask(tester)
  const isTesting = (await tester.client.ask(query.testing, form.testing)) === 'TEST ON'
  return [...readingsOf(measurement), { channel: 'testing', unit: '1', value: isTesting ? 1 : 0 }]
}
