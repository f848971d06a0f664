// An iseg SHR at the wire: four channels with switchable polarity and three output modes, every line answered.
// Decides nothing about cables: channel n is on the bench's lane n. Follows the iseg SCPI programmers guide of
// 2020-10-07 and the texts that SweepMe's, ESRF's and hexesvm's drivers send; noise and bleeder are from general knowledge.
import type { SimulatorContext, SimulatorModule } from '../../src/contract/instrument.ts'
import { hasFault } from '../bench/faults.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createScpiInterpreter } from '../bench/scpi.ts'
import { createShrChannel, type OutputMode } from './shrChannel.ts'
import { channelQueries, channelSettings, outputCommands, outputSettings, type ShrModule } from './shrCommands.ts'
import { moduleCommands } from './shrModuleCommands.ts'

/** 2 kV / 4 mA, 4 kV / 3 mA, 6 kV / 2 mA. */
const modes: readonly OutputMode[] = [
  { nominalV: 2000, nominalA: 0.004 },
  { nominalV: 4000, nominalA: 0.003 },
  { nominalV: 6000, nominalA: 0.002 },
]

/**
 * Options: `serial`, `channels` (4), `lane` of channel 0 (0), `mode` (1: 2 kV / 4 mA), `echo` (on at a serial port, off over
 * TCP), `type` (SR042060r4050000200).
 */
export const simulator: SimulatorModule = {
  faults: [
    { name: 'trip', title: 'the modules are shorted: a channel that is switched on trips', effect: 'refused' },
    { name: 'inhibit', title: 'the external inhibit is active', effect: 'refused' },
    { name: 'interlock-open', title: 'the safety loop is open', effect: 'refused' },
    { name: 'arc', title: 'arcs are detected', effect: 'missing' },
    { name: 'clamp', title: 'the hardware limit stands at a tenth of the nominal voltage', effect: 'refused' },
    { name: 'stuck-output', title: 'no command switches the output off', effect: 'notSafe' },
    { name: 'slow-ramp', title: 'ramps take twenty times as long', effect: 'harmless' },
    { name: 'echo', title: 'each line is echoed (or no longer, where it was)', effect: 'harmless' },
  ],
  createSimulator: (context) => {
    const module = createShr(context)
    const interpreter = createScpiInterpreter(
      {
        ...outputCommands(module),
        ...channelQueries(module),
        ...channelSettings(module),
        ...outputSettings(module, modes.length),
        ...moduleCommands(module),
      },
      // A wrong line is answered with an empty one, too, and noted in the channels' events.
      () => module.channels.forEach((channel) => channel.event('inputError')),
    )
    return createLineDevice({
      context,
      terminator: '\r\n',
      execute: async (line) => {
        for (const channel of module.channels) channel.watch()
        // One that switches the echo is itself still answered as before.
        const isEchoing = module.echo !== hasFault(context, 'echo')
        const answer = (await interpreter.execute(line)) ?? ''
        return isEchoing ? `${line}\r\n${answer}` : answer
      },
    })
  },
}

function createShr(context: SimulatorContext): ShrModule {
  const { options, random, bench } = context
  const count = Number(options.channels ?? 4)
  const mode = Number(options.mode ?? 1)
  const first = Number(options.lane ?? 0)
  return {
    channels: Array.from({ length: count }, (_each, i) =>
      createShrChannel(context, { lane: first + i, mode, modes, random: random.fork(`channel ${i}`) }),
    ),
    identity: `iseg Spezialelektronik GmbH,${options.type ?? 'SR042060r4050000200'},${options.serial ?? '680042'},7.32`,
    percentPerS: 5,
    percentAPerS: 20,
    average: 64,
    kill: false,
    baud: 9600,
    echo: (options.echo ?? (options.wire === 'serial' ? 'on' : 'off')) === 'on',
    adjusts: false,
    eventMask: 0,
    channelMask: 0,
    canAddress: 1,
    configMode: 0,
    isClosed: () => bench.interlock.isClosed() && !hasFault(context, 'interlock-open'),
  }
}
