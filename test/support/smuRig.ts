import { createCanceller } from '../../src/base/clock.ts'
import type { DriverModule, SimulatorModule, SweepPoints, SweepRequest } from '../../src/contract/instrument.ts'
import type { LineLink } from '../../src/contract/link.ts'
import { openLine, type RigOptions } from './driverRig.ts'

/** Opens a source meter on its simulator for sweeps, its output and its answers to be looked at beside the driver. */
export const smuOpener =
  (driver: DriverModule, simulator: SimulatorModule, request: SweepRequest) =>
  async (more: RigOptions = {}) => {
    const line = await openLine(driver, simulator, { ...more, bench: { disturbances: true, ...more.bench } })
    const { clock, link } = line
    /** The driver on a link that isn't quite what it seems. */
    const createOn = (changed: Partial<LineLink>) => {
      if (driver.link !== 'line') throw new Error('a line driver')
      return driver.createInstrument({ ...link, ...changed }, { clock, name: 'smu', deviations: [] })
    }
    const instrument = createOn({})
    const batches: SweepPoints[] = []
    const sweep = (asked: Partial<SweepRequest> = {}, signal = createCanceller().signal) =>
      clock.run(instrument.ivSource!.sweep({ ...request, ...asked }, (points) => void batches.push(points), signal))
    return { ...line, createOn, instrument, batches, sweep }
  }
