// An ESPEC P-300 at the wire: its commands, its programs with counters and guaranteed soak, on the bench's climate chamber.
// Decides nothing about cables. Follows the ESPEC network guide (chapter 3) and ChamberConnectLibrary's p300.py.
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { p300 } from '../espec/dialect.ts'
import { createEspecSimulator, especFaults } from '../espec/simulator.ts'

export const simulator: SimulatorModule = {
  faults: especFaults,
  createSimulator: (context) => createEspecSimulator(context, p300),
}
