// Any instrument that speaks in lines of text (SCPI and the like), as a lab's definition describes it.
// Doesn't decide what the commands mean: the definition says so, and names the manual it follows. Has no procedures of its own.
// Follows SCPI-1999 for numbers (9.9E37 is over range, 9.91E37 no value) and IEEE 488.2 for *IDN?.
import { assert } from '../../src/base/assert.ts'
import type { DriverContext, DriverModule, Instrument, SettingValue } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { checkSetting } from '../scpi/settingCheck.ts'
import { lineSettingsOf, parseScpi, profileOf, type ScpiSetting } from './definition.ts'
import exampleDefinition from './example.json' with { type: 'json' }
import { createSession } from './session.ts'

export const driver: DriverModule = {
  // What the example is and can, under the driver's own name.
  profile: {
    ...profileOf(exampleDefinition),
    title: 'Any SCPI or text instrument, written down as data',
    manual: 'SCPI-1999 and IEEE 488.2; what the commands mean by the manual that the definition names',
  },
  profileOf,
  exampleDefinition,
  link: 'line',
  lineSettings: lineSettingsOf(exampleDefinition),
  lineSettingsOf,
  createInstrument: (link, context) => createInstrument(link, context),
}

/** A word for what a setting of words holds. */
const wordOf = (value: SettingValue): number | string => (typeof value === 'number' ? value : String(value))

const actualOf = (setting: ScpiSetting, readBack: number | string): SettingValue =>
  setting.type === 'boolean' ? readBack === 'true' : readBack

function createInstrument(link: LineLink, context: DriverContext): Instrument {
  const definition = parseScpi(context.definition)
  const profile = profileOf(context.definition)
  const session = createSession(link, definition, context.name)
  const instrument: Instrument = {
    identify: (signal) => session.identify({ signal }),
    read: (signal) => session.channels({ signal }),
    safeStop: (onSent) => session.stop(context.clock, onSent),
  }
  if (definition.settings.length === 0) return instrument
  return {
    ...instrument,
    set: async (name, value, signal) => {
      checkSetting(profile, { name, value }, context.name)
      const setting = definition.settings.find((each) => each.name === name)
      assert(setting, 'the profile has the settings of the definition')
      const readBack = await session.apply(setting, wordOf(value), { priority: 'control', signal })
      return { name, asked: value, actual: actualOf(setting, readBack) }
    },
  }
}
