import { StationError } from '../../contract/errors.ts'
import type { DriverModule, Profile, Setting, SimulatorFault, SimulatorModule } from '../../contract/instrument.ts'
import { discoverParts } from '../../engine/discover.ts'
import { connectionFaults, wireFaults } from '../../engine/simulatorFaults.ts'
import { readArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { alignTable, exitCode } from '../output.ts'

/** What a driver is and can, as the JSON document has it. */
const describe = (driver: DriverModule, simulator: SimulatorModule | undefined) => ({
  ...driver.profile,
  simulator: simulator ? { faults: simulator.faults } : null,
  ...(driver.exampleDefinition === undefined ? {} : { exampleDefinition: driver.exampleDefinition }),
})

const rangeOf = (setting: Setting): string => {
  const off = setting.canBeOff ? ' or off' : ''
  if (setting.type === 'number') return `${setting.minimum} to ${setting.maximum} ${setting.unit}${off}`
  return setting.type === 'boolean' ? 'true or false' : `${setting.choices?.join(', ') ?? ''}${off}`
}

const section = (title: string, rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? []
    : [
        '',
        title,
        ...alignTable(rows)
          .split('\n')
          .map((line) => `  ${line}`),
      ]

const faultRows = (faults: readonly SimulatorFault[]) => faults.map(({ name, title, effect }) => [name, title, effect])

function tell(profile: Profile, simulator: SimulatorModule | undefined): string {
  const { settings, channels, limits } = profile
  return [
    `${profile.id}: ${profile.title}`,
    `  roles ${profile.roles.join(', ')}; link ${profile.exampleLink}; follows ${profile.manual}`,
    ...section(
      'Settings',
      settings.map((each) => [each.name, rangeOf(each), each.energises ? 'energises' : '', each.title]),
    ),
    ...section(
      'Channels',
      channels.map((each) => [each.channel, each.unit, each.role ?? '', each.title]),
    ),
    ...section(
      'Limits',
      Object.entries(limits).map(([name, value]) => [name, String(value)]),
    ),
    ...section(
      'When it doesn’t answer',
      profile.checks.map((each) => [each]),
    ),
    ...section('Faults of its simulator', faultRows(simulator?.faults ?? [])),
    ...section('Faults of any simulator’s wire', faultRows([...wireFaults, ...connectionFaults])),
  ].join('\n')
}

export const drivers: Command = {
  usage: 'drivers [DRIVER] [--json]',
  about: 'Lists the instruments that the station can talk to; with a name, its settings, channels, limits and faults',
  run: async (args, output) => {
    const { positionals } = readArguments(args, { options: {}, positionals: [0, 1] })
    const [id] = positionals
    const parts = await discoverParts()
    const all = [...parts.drivers.values()]
    if (id !== undefined) {
      const driver = parts.drivers.get(id)
      if (!driver)
        throw new StationError('usage.badArgument', {
          detail: `There is no driver ${id}; there are: ${[...parts.drivers.keys()].join(', ')}.`,
        })
      const simulator = parts.simulators.get(id)
      output.result({ ...describe(driver, simulator), wireFaults, connectionFaults }, tell(driver.profile, simulator))
      return exitCode.ok
    }
    const rows = all.map(({ profile }) => [profile.id, profile.roles.join(', '), profile.exampleLink, profile.title])
    output.result(
      {
        drivers: all.map((each) => describe(each, parts.simulators.get(each.profile.id))),
        wireFaults,
        connectionFaults,
      },
      alignTable([['driver', 'roles', 'example link', 'title'], ...rows]),
    )
    return exitCode.ok
  },
}
