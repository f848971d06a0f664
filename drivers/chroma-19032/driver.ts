// Chroma 19032/1905x by RS-232: insulation resistance up to 1 kV, leakage under direct voltage above, one step a test.
// Doesn't decide which resistance or leakage is enough, nor whether the lid is closed: the tester's own interlock does.
// Follows the 19032 command sheet (SAFEty subsystem); at most four commands a second, and each value is read back.
import { StationError } from '../../src/contract/errors.ts'
import type { DriverContext, DriverModule, Identity, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink, QueryOptions } from '../../src/contract/link.ts'
import { createInsulationTester } from '../scpi/insulationTester.ts'
import { createPacedLink } from '../scpi/pacedLink.ts'
import { createStrictClient } from '../scpi/strictClient.ts'
import { form, query } from './commands.ts'
import { profile } from './profile.ts'
import { stopTester } from './safeStop.ts'
import { askIsTesting, askResult, askSteps, readingsOf, runTest, testing, type Tester } from './testRun.ts'

const lineSettings = { sendTerminator: '\r\n', receiveTerminators: '\r\n', quietMs: 500, defaultTimeoutMs: 2000 }
/** It loses commands that come sooner. */
const paceMs = 250

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createTester(link, context),
}

function createTester(link: LineLink, context: DriverContext): Instrument {
  const { name, clock, deviations } = context
  const paced = createPacedLink(link, { clock, afterWriteMs: paceMs, afterQueryMs: paceMs })
  const testerFor = (defaults: QueryOptions): Tester => ({
    client: createStrictClient(paced, { name, echo: 'maybe', defaults }),
    name,
    clock,
    isLive: deviations.includes('live-readings'),
    write: (line) => paced.write(line, defaults),
  })
  return createInsulationTester(context, {
    profile,
    identify: (signal) => identifyUnit(testerFor({ signal })),
    read: (signal) => readPresent(testerFor({ signal })),
    runTest: (run, onReadings) => runTest(testerFor({ signal: run.signal }), run, onReadings),
    switchOff: (onSent) => stopTester({ link: paced, name, clock }, onSent),
  })
}

async function identifyUnit({ client, name }: Tester): Promise<Identity> {
  const reply = await client.ask(query.identity, form.anyText)
  const [maker = '', model = '', serialNumber = '', firmware = ''] = reply.split(',').map((part) => part.trim())
  const isKnown = /^chroma/i.test(maker) && profile.models.some((pattern) => new RegExp(pattern).test(model))
  if (!isKnown)
    throw new StationError('device.wrongModel', { expected: profile.title, link: name, actual: reply.slice(0, 120) })
  return { maker: 'Chroma', model, serialNumber, firmware }
}

/** The results stand until the next test; while one runs there are none. */
async function readPresent(tester: Tester): Promise<Reading[]> {
  const isTesting = await askIsTesting(tester)
  if (isTesting || (await askSteps(tester)) === 0) {
    const reason = isTesting ? 'a test is running' : 'no test has been set'
    const missing = { value: null, reason }
    return [
      { channel: 'resistance', unit: 'Ω', ...missing },
      { channel: 'leakage', unit: 'A', ...missing },
      { channel: 'voltage', unit: 'V', ...missing },
      testing(isTesting),
    ]
  }
  return [...readingsOf(await askResult(tester)), testing(false)]
}
