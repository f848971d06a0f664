import type { InstrumentState, StartRequest } from '../../contract/api.ts'
import type { Template } from '../../contract/template.ts'
import { checkParameters, type ParameterTexts } from './parameters.ts'
import { keepExisting, roleProblem, suggestRoles, type RoleChoice } from './roles.ts'

export interface DraftInput {
  module: StartRequest['module']
  operator: string
  texts: ParameterTexts
  roles: RoleChoice
}

export interface Prepared {
  request: StartRequest
  /** Roles as they would be used: the operator's choice, else the suggestion. */
  roles: RoleChoice
  /** In words, by parameter name. */
  parameterProblems: Record<string, string>
  /** In words, by role name. */
  roleProblems: Record<string, string>
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
  const chosen = Object.fromEntries(template.roles.map((need) => [need.name, [...(roles[need.name] ?? [])]]))
  return {
    request: {
      protocolId: template.id,
      module: { id: draft.module.id.trim(), maker: draft.module.maker.trim(), model: draft.module.model.trim() },
      operator: draft.operator.trim(),
      parameters: values,
      roles: chosen,
    },
    roles,
    parameterProblems: problems,
    roleProblems,
  }
}
