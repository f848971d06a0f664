import { profileSchema, type Profile } from '../../src/contract/instrument.ts'
import parts from '../ea/profileParts.json' with { type: 'json' }
import profileJson from './profile.json' with { type: 'json' }

/** Models, channels, settings and limits are those of all EA units. */
export const profile: Profile = profileSchema.parse({ ...parts, ...profileJson })
