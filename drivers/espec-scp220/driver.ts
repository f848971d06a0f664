// ESPEC SCP-220 chamber controller, and the S2 and ES-102 that speak nearly as it does, by ASCII lines over RS-232, RS-485, TCP.
// Doesn't decide which climate a test needs, nor whether what is in the chamber bears it. A pause isn't told from running here.
// Follows the ESPEC network guide (chapter 3), seen on JMIC 4.00, and ChamberConnectLibrary's scp220.py and es102.py.
import type { DriverModule } from '../../src/contract/instrument.ts'
import { createEspecChamber, especLineSettings } from '../espec/chamber.ts'
import { es102, scp220 } from '../espec/dialect.ts'
import { profile } from './profile.ts'

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings: especLineSettings,
  createInstrument: (link, context) =>
    createEspecChamber({
      link,
      context,
      profile,
      dialect: context.deviations.includes('es-102') ? es102 : scp220,
      repeatsQuestions: context.deviations.includes('old-protocol'),
    }),
}
