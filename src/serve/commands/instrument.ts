import { StationError } from '../../contract/errors.ts'
import { discoverParts } from '../../engine/discover.ts'
import { openInstrument } from '../../engine/instruments/openInstrument.ts'
import { createLinkOpener } from '../../engine/transport/openLink.ts'
import { neededOption, readArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { readDefinition } from '../definitionFile.ts'
import { realClock } from '../environment.ts'
import { alignTable, exitCode } from '../output.ts'

export const instrument: Command = {
  usage: 'instrument DRIVER --link URL [--definition FILE.json] identify|read [--json]',
  about: 'Asks one instrument who it is, or for its values; never energises anything',
  run: async (args, output) => {
    const { positionals, options } = readArguments(args, {
      options: { link: { type: 'string' }, definition: { type: 'string' } },
      positionals: [2, 2],
    })
    const [driver, action] = positionals as [string, string]
    const link = neededOption(options, 'link')
    if (action !== 'identify' && action !== 'read')
      throw new StationError('usage.badArgument', { detail: `“${action}”: identify or read is needed.` })
    const clock = realClock()
    const { drivers } = await discoverParts()
    if (!drivers.has(driver))
      throw new StationError('usage.badArgument', {
        detail: `There is no driver ${driver}; there are: ${[...drivers.keys()].join(', ')}.`,
      })
    const definition = await readDefinition(options)
    const config = { id: driver, name: driver, driver, link, deviations: [], calibration: null, definition }
    const opened = await openInstrument(config, { clock, drivers, opener: createLinkOpener({ clock }) })
    try {
      if (action === 'identify') {
        const { maker, model, serialNumber, firmware } = opened.identity
        const text = `${maker} ${model}, serial number ${serialNumber ?? 'not given'}, firmware ${firmware ?? 'not given'} (${opened.provenance})`
        output.result({ ...opened.identity, provenance: opened.provenance }, text)
        return exitCode.ok
      }
      const readings = await opened.instrument.read()
      const rows = readings.map((each) => [
        each.channel,
        each.value === null ? `– (${each.reason ?? 'no value'})` : String(each.value),
        each.unit,
      ])
      output.result({ identity: opened.identity, provenance: opened.provenance, readings }, alignTable(rows))
      return exitCode.ok
    } finally {
      await opened.close()
    }
  },
}
