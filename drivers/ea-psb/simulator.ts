// An EA supply or load at the wire, asked in SCPI; the same port takes Modbus RTU, and Modbus TCP, by the first byte.
// Decides nothing about cables. Not there: function generator, photovoltaic function, master-slave, Anybus modules.
// Follows EA's “Programming Guide ModBus & SCPI” for KE 2.xx and 3.xx; numbers of device classes are made up.
import type { SimulatorModule } from '../../src/contract/instrument.ts'
import { queueOverflow } from '../bench/scpiStatus.ts'
import { createEaSimulator, eaFaults } from '../ea/eaSimulator.ts'

/** Options: see `drivers/ea/eaSimulator.ts`. */
export const simulator: SimulatorModule = {
  faults: [
    ...eaFaults,
    queueOverflow,
    { name: 'spaces', title: 'answers have spaces around, and none before the unit', effect: 'harmless' },
  ],
  createSimulator: createEaSimulator,
}
