import { profileSchema, type Profile } from '../../src/contract/instrument.ts'
import profileJson from './profile.json' with { type: 'json' }

export const profile: Profile = profileSchema.parse(profileJson)
