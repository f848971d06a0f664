import { profileSchema, type Profile } from '../../src/contract/instrument.ts'
import parts from '../ea/profileParts.json' with { type: 'json' }
import profileJson from './profile.json' with { type: 'json' }

const { extraSettings, facts, ...own } = profileJson

/** Models, channels, settings and limits are those of all EA units; SCPI knows some settings more. */
export const profile: Profile = profileSchema.parse({
  ...parts,
  ...own,
  settings: [...parts.settings, ...extraSettings],
  facts: { ...parts.facts, ...facts },
})
