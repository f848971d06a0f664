import type { InstrumentState } from '../../contract/api.ts'
import type { StartRequest } from '../../contract/startRequest.ts'
import type { Scalar, Template } from '../../contract/template.ts'
import { countProblem, laneProblems, type LaneDraft } from './lanes.ts'
import { checkParameters, textOf, type ParameterTexts } from './parameters.ts'
import { keepExisting, roleProblem, suggestRoles, type RoleChoice } from './roles.ts'

export interface DraftInput {
  module: StartRequest['module']
  operator: string
  texts: ParameterTexts
  roles: RoleChoice
  /** The other modules, where the protocol takes several. */
  others: readonly LaneDraft[]
  /** Why an instrument is used though its calibration would keep it out, by its id. */
  calibrationReasons: Readonly<Record<string, string>>
}

export interface Prepared {
  request: StartRequest
  /** Roles as they would be used: the operator's choice, else the suggestion. */
  roles: RoleChoice
  /** In words, by parameter name. */
  parameterProblems: Record<string, string>
  /** In words, by role name. */
  roleProblems: Record<string, string>
  /** In words, by lane; null where all is well. */
  laneProblems: (string | null)[]
  /** Too many or too few modules. */
  countProblem: string | null
  /** How many things are wrong in all. */
  problemCount: number
}

type Lane = NonNullable<StartRequest['lanes']>[number]

/** What differs of a module's label, checked; `faults` in words. */
function labelOf(template: Template, { texts }: LaneDraft): { parameters: Lane['parameters']; faults: string[] } {
  const own = template.parameters.filter(({ name }) => (texts[name] ?? '').trim() !== '')
  const { values, problems } = checkParameters(own, texts)
  return {
    parameters: values,
    faults: own.flatMap(({ name, title }) => (problems[name] ? [`${title}: ${problems[name]}`] : [])),
  }
}

const trimmed = ({ id, maker, model }: Pick<LaneDraft, 'id' | 'maker' | 'model'>): StartRequest['module'] => ({
  ...{ id: id.trim(), maker: maker.trim(), model: model.trim() },
})

function prepareLanes(template: Template, draft: DraftInput) {
  if (template.lanes === undefined) return { request: {}, laneProblems: [], countProblem: null }
  const labels = draft.others.map((each) => labelOf(template, each))
  const lanes: Lane[] = [
    { module: trimmed(draft.module), parameters: {} },
    ...draft.others.map((each, i) => ({ module: trimmed(each), parameters: labels[i]!.parameters })),
  ]
  const ids = lanes.map(({ module }) => module.id)
  return {
    request: { lanes },
    laneProblems: laneProblems(ids).map((problem, i) => problem ?? labels[i - 1]?.faults[0] ?? null),
    countProblem: countProblem(ids.length, template.lanes),
  }
}

/** The reasons for instruments that the test still uses. */
function overridesOf(draft: DraftInput, chosen: StartRequest['roles']): Pick<StartRequest, 'calibrationOverrides'> {
  const used = new Set(Object.values(chosen).flat())
  const reasons = Object.entries(draft.calibrationReasons).filter(([id]) => used.has(id))
  return reasons.length === 0 ? {} : { calibrationOverrides: Object.fromEntries(reasons) }
}

/** What would be asked of the station, and what is still wrong with it. */
export function prepareRequest(
  template: Template,
  draft: DraftInput,
  instruments: readonly InstrumentState[],
): Prepared {
  const { values, problems } = checkParameters(template.parameters, draft.texts)
  const roles = { ...suggestRoles(template.roles, instruments), ...keepExisting(draft.roles, instruments) }
  const roleProblems: Record<string, string> = {}
  for (const need of template.roles) {
    const problem = roleProblem(need, roles[need.name] ?? [])
    if (problem !== null) roleProblems[need.name] = problem
  }
  const { request: lanes, ...wrong } = prepareLanes(template, draft)
  const chosen = Object.fromEntries(template.roles.map((need) => [need.name, [...(roles[need.name] ?? [])]]))
  return {
    request: {
      protocolId: template.id,
      module: trimmed(draft.module),
      operator: draft.operator.trim(),
      parameters: values,
      roles: chosen,
      ...lanes,
      ...overridesOf(draft, chosen),
    },
    roles,
    parameterProblems: problems,
    roleProblems,
    ...wrong,
    problemCount:
      Object.keys({ ...problems, ...roleProblems }).length +
      wrong.laneProblems.filter((problem) => problem !== null).length +
      (wrong.countProblem === null ? 0 : 1),
  }
}

/** What was asked for, as the operator would have typed it: for asking otherwise. */
export function draftOf({
  module,
  operator,
  parameters,
  roles,
  lanes = [],
  calibrationOverrides = {},
  protocolId,
}: StartRequest): DraftInput & {
  protocolId: string
} {
  const texts = (values: Readonly<Record<string, Scalar>>): ParameterTexts =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]))
  const labelOf = ({ maker = '', model = '', id }: Partial<StartRequest['module']> & { id: string }) => ({
    id,
    maker,
    model,
  })
  return {
    ...{ protocolId, operator, roles, texts: texts(parameters), module: labelOf(lanes[0]?.module ?? module) },
    calibrationReasons: calibrationOverrides,
    others: lanes.slice(1).map((lane) => ({ ...labelOf(lane.module), texts: texts(lane.parameters ?? {}) })),
  }
}
