import type { InstrumentState } from '../contract/api.ts'
import type { Scalar, Template } from '../contract/template.ts'

/** Of what the simulated lab offers of its module, what this protocol asks for. */
export const offeredParameters = (
  template: Template,
  offered: Readonly<Record<string, Scalar>>,
): Record<string, Scalar> =>
  Object.fromEntries(Object.entries(offered).filter(([name]) => template.parameters.some((each) => each.name === name)))

/** Every instrument that fits a role, up to as many as the role takes. */
export const assignRoles = (template: Template, states: readonly InstrumentState[]): Record<string, string[]> =>
  Object.fromEntries(
    template.roles.map((need) => {
      const fitting = states.filter((state) => state.roles.includes(need.role)).map((state) => state.config.id)
      return [need.name, fitting.slice(0, need.maximum)]
    }),
  )
