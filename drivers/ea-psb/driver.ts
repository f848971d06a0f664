// EA PSB, PSI and PS supplies and ELR loads, series 9000 and 10000, by SCPI on TCP 5025 or USB: sets, output, alarms.
// Doesn't decide how much current a module stands. Takes the remote control with each set, gives it back with the safe stop.
// Follows EA's “Programming Guide ModBus & SCPI” for KE 2.xx and 3.xx.
import { createCanceller } from '../../src/base/clock.ts'
import type { Cancellation } from '../../src/base/cancellation.ts'
import type { DriverContext, DriverModule, Instrument, Reading } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { alarmsOfQuestionable } from '../ea/alarms.ts'
import { createPacedLink } from '../scpi/pacedLink.ts'
import { createSweepGuard } from '../scpi/safeState.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { createEaClient } from './eaClient.ts'
import { setNumber, setOutput } from './eaSettings.ts'
import { createUnitMemory, type UnitMemory } from './eaUnit.ts'
import { profile } from './profile.ts'
import { stopUnit } from './safeStop.ts'

const lineSettings = { sendTerminator: '\n', receiveTerminators: '\n', quietMs: 300, defaultTimeoutMs: 1500 }
/** Between messages (programming guide: 5 ms at least, 10 to 15 recommended). */
const pauseMs = 10

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings,
  createInstrument: (link, context) => createUnit(link, context),
}

function createUnit(plainLink: LineLink, context: DriverContext): Instrument {
  const { name, clock } = context
  const link = createPacedLink(plainLink, { clock, afterWriteMs: pauseMs, afterQueryMs: pauseMs })
  const memory = createUnitMemory(link, name)
  const guard = createSweepGuard()

  return {
    identify: memory.identify,
    read: (signal) => readAll(link, { name, memory, signal }),
    set: async (settingName, value, signal) => {
      const setting = checkSetting(profile, { name: settingName, value }, name)
      let actual = value
      await guard.run(signal ?? createCanceller().signal, async (own) => {
        const unit = await memory.unit(own)
        const deps = { client: createEaClient(link, name, { signal: own }), context, unit, signal: own }
        if (typeof value === 'boolean') await setOutput(deps, value)
        else actual = await setNumber(deps, setting, Number(value))
      })
      return { name: settingName, asked: value, actual }
    },
    safeStop: (onSent) => {
      guard.stop()
      return stopUnit(link, { name, memory }, onSent)
    },
  }
}

/** Bits 8 to 11 of the operation status: constant voltage, current, power, resistance. */
const regulationOf = (operation: number): number =>
  [8, 9, 10, 11].findIndex((bit) => (operation & (1 << bit)) !== 0) + 1

async function readAll(
  link: LineLink,
  of: { name: string; memory: UnitMemory; signal: Cancellation | undefined },
): Promise<Reading[]> {
  const client = createEaClient(link, of.name, { signal: of.signal })
  const kind = await of.memory.kind(of.signal)
  const [voltageV, currentA, powerW] = await client.askArray()
  const output = await client.askText(kind === 'load' ? 'INP?' : 'OUTP?', /^(ON|OFF)$/)
  const owner = await client.askText('SYST:LOCK:OWN?', /^(REMOTE|NONE|LOCAL)$/)
  // Alarms before any look into the error queue, which acknowledges them.
  const questionable = await client.askRegister('STAT:QUES:COND?')
  const operation = await client.askRegister('STAT:OPER:COND?')
  const flag = (channel: string, value: number): Reading => ({ channel, value, unit: '1' })
  return [
    { channel: 'voltage', value: voltageV, unit: 'V' },
    { channel: 'current', value: currentA, unit: 'A' },
    { channel: 'power', value: powerW, unit: 'W' },
    flag('output', output === 'ON' ? 1 : 0),
    flag('regulation', output === 'ON' ? regulationOf(operation) : 0),
    flag('remote', owner === 'REMOTE' ? 1 : 0),
    flag('alarms', alarmsOfQuestionable(questionable)),
  ]
}
