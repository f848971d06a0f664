import type { Implementer } from './api.ts'
import type { BackFillDesk } from './backFill.ts'

export function createBackFillApi(os: Implementer, { profiles, preview, add }: BackFillDesk) {
  const calls = os.backFill
  return {
    profiles: {
      list: calls.profiles.list.handler(() => profiles.list()),
      save: calls.profiles.save.handler(({ input }) => profiles.save(input.profile, input.who)),
      remove: calls.profiles.remove.handler(({ input }) => profiles.remove(input.name, input.who)),
    },
    preview: calls.preview.handler(({ input }) => preview(input)),
    add: calls.add.handler(({ input }) => add(input)),
  }
}
