// An electronic load at the wire that speaks one of five dialects: SCPI in lines ended by LF.
// Decides nothing about cables: what is connected is the bench. Lists, transients and battery tests are not simulated.
// Follows the programming guides of ITECH, Rigol, Siglent and Keysight as far as a sweep and a bench supply test go.
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { createElectronicLoad, loadFaults } from '../bench/electronicLoad.ts'
import { createLineDevice } from '../bench/lineDevice.ts'
import { createScpiInterpreter, ScpiError } from '../bench/scpi.ts'
import { createScpiStatus, queueOverflow } from '../bench/scpiStatus.ts'
import { profileLimit } from '../scpi/smuLimits.ts'
import { dialects, type DialectName } from './dialects.ts'
import { loadCommands } from './loadCommands.ts'
import { profile } from './profile.ts'

/** Who answers in each dialect unless told otherwise. */
const usual: Readonly<Record<DialectName, { maker: string; model: string; firmware: string; serial: string }>> = {
  plain: { maker: 'ACME', model: 'EL-120-240', firmware: '1.0', serial: '1001' },
  itech: { maker: 'ITECH Ltd.', model: 'IT8516C+', firmware: '1.23-1.42', serial: '602061010757610009' },
  rigol: { maker: 'RIGOL TECHNOLOGIES', model: 'DL3031', firmware: '00.01.05.00.01', serial: 'DL3B204800001' },
  siglent: { maker: 'Siglent Technologies', model: 'SDL1030X', firmware: '1.1.1.21R2', serial: 'SDL13GCQ3R0001' },
  keysight: { maker: 'Keysight Technologies', model: 'EL34143A', firmware: '1.2.6-1.0.4', serial: 'MY61001234' },
}

const isDialect = (name: string): name is DialectName => name in dialects

/**
 * Options: `dialect` (itech, plain, rigol, siglent, keysight), `maker`, `model`, `serial`, `firmware`, `fault` as of every
 * load and of the wire.
 */
export const simulator: SimulatorModule = {
  faults: [...loadFaults, queueOverflow],
  createSimulator: (context) => {
    const { options } = context
    const dialect = isDialect(options.dialect ?? '') ? (options.dialect as DialectName) : 'itech'
    const { maker, model, firmware, serial } = { ...usual[dialect], ...options }
    const known = `${model}.maxVoltageV` in profile.limits ? model : 'IT8516C+'
    const limit = (name: string): number => profileLimit(profile, `${known}.${name}`)
    const maxCurrentA = limit('maxCurrentA')
    // Fully on, about 1 V at the largest current.
    const rating = {
      maxVoltageV: limit('maxVoltageV'),
      maxCurrentA,
      maxPowerW: limit('maxPowerW'),
      onOhm: 1 / maxCurrentA,
    }
    const load = createElectronicLoad(context, rating)
    const remote = { on: dialect !== 'itech' }
    const levels = { reset: (): void => undefined }
    const status = createScpiStatus({
      context,
      identity: `${maker},${model},${serial},${firmware}`,
      capacity: 20,
      format: (code, text) => `${code === 0 && dialect === 'keysight' ? '+' : ''}${code},"${text}"`,
      reset: () => {
        load.switchLoad(false)
        load.clearTrips()
        levels.reset()
      },
      idle: () => Promise.resolve(),
    })
    const { commands, reset } = loadCommands({ context, load, rating, dialect, remote })
    levels.reset = reset
    const interpreter = createScpiInterpreter({ ...status.commands, ...commands }, (error) =>
      status.push(error.code, error.message),
    )
    const withoutChannels = (line: string): string => line.replace(/,?\s*\(@1\)/g, '')
    const execute = async (line: string): Promise<string | null> => {
      const isFree = /\?|^\s*(:?SYST|\*)/i.test(line)
      if (remote.on || isFree) return interpreter.execute(dialect === 'keysight' ? withoutChannels(line) : line)
      // The panel has it: commands are refused until SYST:REM.
      const refusal = new ScpiError(-203, 'Command protected')
      status.push(refusal.code, refusal.message)
      return null
    }
    return createLineDevice({ context, terminator: '\n', execute })
  },
}
