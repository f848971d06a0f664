import { z } from 'zod'
import { roleSchema } from './instrument.ts'

/**
 * How sure a fact is: A seen in a public source, B well-known content of the standard, C uncertain (an editable
 * setting, to be checked in a bought copy), R a recommendation of ours, not of a standard.
 */
export const confidenceSchema = z.enum(['A', 'B', 'C', 'R'])
export type Confidence = z.infer<typeof confidenceSchema>

const name = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, 'a name starts with a small letter and has letters and digits only')
const stepId = z
  .string()
  .regex(/^[a-z][A-Za-z0-9-]*$/, 'an id starts with a small letter and has letters, digits and hyphens only')

export const scalarSchema = z.union([z.number(), z.string(), z.boolean(), z.null()])
export type Scalar = z.infer<typeof scalarSchema>

/** A value in a template: itself, or where it comes from when the run reaches it. */
export const valueRefSchema = z.union([
  scalarSchema,
  z.strictObject({ param: name }).describe('The value of a parameter of this run.'),
  z
    .strictObject({ result: z.string().min(1) })
    .describe('A computed result, by the step’s output name and a dotted path.'),
  z.strictObject({ record: z.literal('sweeps') }).describe('The raw sweeps that this run recorded.'),
])
export type ValueRef = z.infer<typeof valueRefSchema>

export const parameterSchema = z
  .strictObject({
    name,
    title: z.string().min(1),
    help: z.string().optional().describe('One sentence for the operator.'),
    group: z.enum(['module', 'measurement', 'laboratory', 'limits']),
    type: z.enum(['number', 'integer', 'text', 'boolean', 'choice']),
    unit: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    choices: z.array(z.string()).optional(),
    default: scalarSchema.describe('null: there is no default; what needs the value is then not measured.'),
    required: z.boolean().default(false).describe('Whether a run can’t start without a value.'),
    mark: confidenceSchema,
    source: z.string().optional().describe('Clause or document of the default.'),
  })
  .refine((p) => p.type !== 'choice' || (p.choices?.length ?? 0) > 0, { message: 'a choice needs choices' })
export type Parameter = z.infer<typeof parameterSchema>

export const roleNeedSchema = z.strictObject({
  name,
  title: z.string().min(1),
  role: roleSchema,
  minimum: z.number().int().min(0).default(1),
  maximum: z.number().int().min(1).default(1),
  recommended: z.number().int().optional(),
  help: z.string().optional(),
})
export type RoleNeed = z.infer<typeof roleNeedSchema>

/** What every step has; the rest of its fields is declared by the step kind. */
export const stepBaseShape = {
  id: stepId,
  kind: z.string(),
  title: z.string().min(1).describe('What the operator reads while the step runs.'),
  when: z
    .strictObject({ value: valueRefSchema, equals: scalarSchema })
    .optional()
    .describe('The step is left out unless the value equals this.'),
}
export const stepBaseSchema = z.looseObject(stepBaseShape)
export type StepBase = z.infer<typeof stepBaseSchema>

export const criterionSchema = z
  .strictObject({
    id: z.string(),
    title: z.string().min(1),
    kind: z
      .enum(['validity', 'acceptance'])
      .describe('validity: the measurement counts only if met; acceptance: the module fails if not met.'),
    value: valueRefSchema,
    unit: z.string(),
    decimals: z.number().int().min(0).max(9).default(2),
    minimum: valueRefSchema.optional(),
    maximum: valueRefSchema.optional(),
    clause: z.string(),
    mark: confidenceSchema,
  })
  .refine((c) => c.minimum !== undefined || c.maximum !== undefined, {
    message: 'a criterion needs a minimum or a maximum',
  })
export type Criterion = z.infer<typeof criterionSchema>

export const reportLineSchema = z.strictObject({
  label: z.string().min(1),
  value: valueRefSchema,
  unit: z.string(),
  decimals: z.number().int().min(0).max(9),
  expandedUncertaintyPercent: valueRefSchema.optional(),
})
export type ReportLine = z.infer<typeof reportLineSchema>

export const templateShape = {
  $schema: z.string().optional(),
  id: z.string().regex(/^PVTP-0(0[1-9]|[1-4]\d|5[0-4])$/, 'an id is PVTP-001 to PVTP-054'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  state: z.enum(['draft', 'approved', 'retired']),
  title: z.string().min(1),
  purpose: z.string().min(1),
  standards: z.array(z.strictObject({ document: z.string(), clause: z.string().optional(), mark: confidenceSchema })),
  parameters: z.array(parameterSchema),
  roles: z.array(roleNeedSchema),
  criteria: z.array(criterionSchema),
  decisionRule: z.string().min(1).describe('Printed with the verdict (ISO/IEC 17025, 7.8.6).'),
  report: z.strictObject({
    title: z.string(),
    headline: z.array(reportLineSchema).min(1).describe('The results in the order in which they are printed.'),
    budget: z.string().optional().describe('Name of the result that holds an uncertainty budget.'),
    curves: z.string().optional().describe('Name of the result that holds the evaluated curves.'),
    corrected: z
      .string()
      .optional()
      .describe('Name of the result that holds the curves corrected to the target conditions.'),
  }),
}

/** The template as every part but the executor needs it: steps are checked in full by the step kinds themselves. */
export const templateSchema = z.strictObject({ ...templateShape, steps: z.array(stepBaseSchema).min(1) })
export type Template = z.infer<typeof templateSchema>
