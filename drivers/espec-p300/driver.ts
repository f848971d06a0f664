// ESPEC P-300 chamber controller by ASCII lines over RS-232, RS-485 or TCP: temperature, humidity, operation, programs.
// Doesn't decide which climate a test needs, nor whether what is in the chamber bears it. Ramps are the controller's programs.
// Follows the ESPEC network guide (chapter 3) and the layouts that ChamberConnectLibrary's p300.py reads.
import type { DriverModule } from '../../src/contract/instrument.ts'
import { createEspecChamber, especLineSettings } from '../espec/chamber.ts'
import { p300 } from '../espec/dialect.ts'
import { profile } from './profile.ts'

export const driver: DriverModule = {
  profile,
  link: 'line',
  lineSettings: especLineSettings,
  createInstrument: (link, context) =>
    createEspecChamber({ link, context, profile, dialect: p300, repeatsQuestions: false }),
}
