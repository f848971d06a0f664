// An ESPEC SCP-220 at the wire (option `model`: `es102` for an ES-102), on the bench's climate chamber.
// Decides nothing about cables. Follows the ESPEC network guide (chapter 3) and ChamberConnectLibrary's scp220.py, es102.py.
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { es102, scp220 } from '../espec/dialect.ts'
import { createEspecSimulator, especFaults } from '../espec/simulator.ts'

export const simulator: SimulatorModule = {
  faults: especFaults,
  createSimulator: (context) => createEspecSimulator(context, context.options['model'] === 'es102' ? es102 : scp220),
}
