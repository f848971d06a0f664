import { useState } from 'react'
import type { ImportProfile } from '../../../contract/importProfile.ts'
import type { StationClient } from '../../connection/transport.ts'
import type { ErrorParts } from '../../logic/errors.ts'
import { formOfProfile, guessMapping, profileOfForm, type MappingForm } from '../../logic/importMapping.ts'
import type { ChosenFile } from '../../parts/FileDrop.tsx'
import { useAction, useFetched } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

/** Values of the choice that are no profile's name: names are trimmed, so none starts with a space. */
const byHeader = ' header'
const byHand = ' hand'

/** How the chosen file is to be read, and the profiles that the station has. */
export interface Reading {
  chosen: string
  options: { value: string; label: string }[]
  choose: (value: string) => void
  /** The mapping that is being made or changed; null while a file is read by its header. */
  form: MappingForm | null
  change: (form: MappingForm) => void
  /** null: the file is read by its header. */
  profile: ImportProfile | null
  todo: string[]
  /** The file's text by the profile's encoding. */
  textOf: (file: ChosenFile) => string
  isSaved: boolean
  save: (profile: ImportProfile, who: string) => void
  remove: (who: string) => void
  busy: boolean
  error: ErrorParts | null
}

const textBy = (file: ChosenFile, form: MappingForm | null): string =>
  form === null || form.encoding === 'utf-8' ? file.text : new TextDecoder(form.encoding).decode(file.content)

const optionsOf = (saved: readonly ImportProfile[]): Reading['options'] => [
  { value: byHeader, label: 'By its header line' },
  ...saved.map(({ name }) => ({ value: name, label: `Profile: ${name}` })),
  { value: byHand, label: 'Say what the columns are …' },
]

export function useReading(file: ChosenFile | null): Reading {
  const station = useStation()
  const action = useAction()
  const fetched = useFetched({ key: 'importProfiles', fetch: (client) => client.import.profiles.list() })
  const [changed, setChanged] = useState<ImportProfile[] | null>(null)
  const [chosen, setChosen] = useState(byHeader)
  const [form, setForm] = useState<MappingForm | null>(null)
  const saved = changed ?? (fetched.state === 'here' ? fetched.value : [])

  const show = (value: string, profiles: readonly ImportProfile[]): void => {
    const profile = profiles.find((each) => each.name === value)
    setChosen(profile ? value : value === byHand ? byHand : byHeader)
    if (profile) setForm(formOfProfile(profile))
    else setForm(value === byHand ? (form ?? guessMapping(file?.text ?? '', file?.name ?? 'New profile')) : null)
  }
  const call = (work: (client: StationClient) => Promise<ImportProfile[]>, then: string): void => {
    void action.run(async () => {
      const profiles = await station.call(work)
      setChanged(profiles)
      show(then, profiles)
    })
  }
  const made = form === null ? null : profileOfForm(form)
  const whoOf = (operator: string): string => (operator.trim() === '' ? 'operator' : operator.trim())
  return {
    chosen,
    options: optionsOf(saved),
    choose: (value) => show(value, saved),
    form,
    change: setForm,
    profile: made !== null && 'profile' in made ? made.profile : null,
    todo: made !== null && 'missing' in made ? [made.missing] : [],
    textOf: (given) => textBy(given, form),
    isSaved: saved.some((each) => each.name === chosen),
    save: (profile, operator) =>
      call((client) => client.import.profiles.save({ profile, who: whoOf(operator) }), profile.name),
    remove: (operator) =>
      call((client) => client.import.profiles.delete({ name: chosen, who: whoOf(operator) }), byHeader),
    busy: action.busy,
    error: action.error,
  }
}
