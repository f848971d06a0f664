import { create } from 'zustand'
import type { LaneDraft } from '../logic/lanes.ts'
import type { ParameterTexts } from '../logic/parameters.ts'
import type { RoleChoice } from '../logic/roles.ts'
import { operatorKey, readText, writeText } from './browserMemory.ts'

export interface DraftModule {
  id: string
  maker: string
  model: string
}

/** The test that is being put together; it becomes a run only at the station. */
export interface Draft {
  protocolId: string | null
  module: DraftModule
  /** The other modules of a test of several; `module` is in the first lane. */
  others: readonly LaneDraft[]
  operator: string
  texts: ParameterTexts
  /** Only what the operator chose himself; other roles get the suggestion. */
  roles: RoleChoice
  /** Why an instrument is used though its calibration would keep it out, by its id. */
  calibrationReasons: Readonly<Record<string, string>>
  /** The queued run that this is to become, instead of a new one. */
  queuedId: string | null
}

interface DraftActions {
  chooseProtocol: (protocolId: string) => void
  setModule: (change: Partial<DraftModule>) => void
  setOthers: (others: readonly LaneDraft[]) => void
  setOperator: (operator: string) => void
  setText: (name: string, text: string) => void
  setTexts: (texts: ParameterTexts) => void
  reset: (names: readonly string[]) => void
  setRole: (role: string, instrumentIds: readonly string[]) => void
  /** null takes the reason back. */
  setCalibrationReason: (instrumentId: string, reason: string | null) => void
  /** Takes a queued run up again, to ask for it otherwise. */
  takeUp: (queuedId: string, draft: Omit<Draft, 'queuedId'>) => void
  clear: () => void
}

const noModule: DraftModule = { id: '', maker: '', model: '' }
const blank = {
  ...{ protocolId: null, module: noModule, others: [], texts: {}, roles: {}, calibrationReasons: {} },
  queuedId: null,
} satisfies Omit<Draft, 'operator'>

export const useDraft = create<Draft & DraftActions>()((set) => ({
  ...blank,
  operator: readText(operatorKey) ?? '',
  // What the label says stays: a protocol takes from the texts the names that it knows.
  chooseProtocol: (protocolId) =>
    set((draft) => (draft.protocolId === protocolId ? {} : { protocolId, roles: {}, calibrationReasons: {} })),
  setModule: (change) => set((draft) => ({ module: { ...draft.module, ...change } })),
  setOthers: (others) => set({ others }),
  setOperator: (operator) => {
    writeText(operatorKey, operator)
    set({ operator })
  },
  setText: (name, text) => set((draft) => ({ texts: { ...draft.texts, [name]: text } })),
  setTexts: (texts) => set((draft) => ({ texts: { ...draft.texts, ...texts } })),
  reset: (names) =>
    set((draft) => ({
      texts: Object.fromEntries(Object.entries(draft.texts).filter(([name]) => !names.includes(name))),
    })),
  setRole: (role, instrumentIds) => set((draft) => ({ roles: { ...draft.roles, [role]: instrumentIds } })),
  setCalibrationReason: (instrumentId, reason) =>
    set(({ calibrationReasons: { [instrumentId]: _old, ...others } }) => ({
      calibrationReasons: reason === null ? others : { ...others, [instrumentId]: reason },
    })),
  takeUp: (queuedId, draft) => set({ ...draft, queuedId }),
  clear: () => set(blank),
}))
