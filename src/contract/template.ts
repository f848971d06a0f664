import { z } from 'zod'
import { roleSchema } from './instrument.ts'

/**
 * How sure a fact is: A seen in a public source, B well-known content of the standard, C uncertain (an editable
 * setting, to be checked in a bought copy), R a recommendation of ours, not of a standard.
 */
export const confidenceSchema = z
  .enum(['A', 'B', 'C', 'R'])
  .describe(
    'How sure the fact is. A: seen in a public source. B: well-known content of the standard. C: uncertain, to be checked in a bought copy. R: our own recommendation.',
  )
  .meta({ id: 'mark' })
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
export const valueRefSchema = z
  .union([
    scalarSchema,
    z.strictObject({ param: name }).describe('The value of a parameter of this run.'),
    z
      .strictObject({ result: z.string().min(1) })
      .describe('A computed result, by the step’s output name and a dotted path.'),
    z
      .strictObject({
        record: z.literal('sweeps'),
        within: z.string().optional().describe('Only those that this step, or the steps in it, recorded.'),
      })
      .describe('The raw sweeps that this run recorded; of a lane only its own.'),
    z
      .strictObject({
        record: z.literal('exposure'),
        exposure: z.string().describe('Name of the exposure.'),
        during: z.array(z.string()).optional().describe('Only what was spent in these steps.'),
      })
      .describe('The exposure ledger of this run: every stretch of time and what it counts for.'),
    z
      .strictObject({ expr: z.string().min(1).max(2000) })
      .describe(
        'An expression in CEL over param, result and role, such as "param.impA * 0.01" or "role.chamber.temperature > 20.0".',
      ),
  ])
  .describe(
    'A value: itself, or {"param"}, {"result"}, {"record"} or {"expr"}: where it comes from when the run reaches it.',
  )
  .meta({ id: 'value' })
export type ValueRef = z.infer<typeof valueRefSchema>

export const parameterSchema = z
  .strictObject({
    name: name.describe('Name by which {"param"} and --param call it; a number’s name ends in its unit.'),
    title: z.string().min(1).describe('What the operator reads beside the field.'),
    help: z.string().optional().describe('One sentence for the operator.'),
    group: z
      .enum(['module', 'measurement', 'laboratory', 'limits'])
      .describe('Where it is asked for: of the module, how to measure, what the laboratory can, what is allowed.'),
    type: z.enum(['number', 'integer', 'text', 'boolean', 'choice']).describe('What may be typed in.'),
    unit: z.string().optional().describe('Unit of a number, as printed.'),
    minimum: z.number().optional().describe('Least value that is accepted.'),
    maximum: z.number().optional().describe('Greatest value that is accepted.'),
    choices: z.array(z.string()).optional().describe('What can be chosen, where the type is choice.'),
    default: scalarSchema.describe('null: there is no default; what needs the value is then not measured.'),
    required: z.boolean().default(false).describe('Whether a run can’t start without a value.'),
    mark: confidenceSchema,
    source: z.string().optional().describe('Clause or document of the default.'),
  })
  .refine((p) => (p.minimum ?? -Infinity) <= (p.maximum ?? Infinity), {
    message: 'the minimum is above the maximum',
  })
  .refine((p) => p.type !== 'choice' || (p.choices?.length ?? 0) > 0, {
    message: 'a choice needs choices',
  })
  .refine((p) => new Set(p.choices).size === (p.choices?.length ?? 0), { message: 'a choice is given twice' })
  .refine((p) => p.type === 'choice' || p.choices === undefined, { message: 'only a choice has choices' })
export type Parameter = z.infer<typeof parameterSchema>

export const roleNeedSchema = z
  .strictObject({
    name: name.describe('Name by which the steps of this template call the role.'),
    title: z.string().min(1).describe('What the operator reads where instruments are assigned.'),
    role: roleSchema.describe('What an instrument has to be able to do.'),
    minimum: z.number().int().min(0).default(1).describe('Instruments without which no run starts.'),
    maximum: z.number().int().min(1).default(1).describe('Most instruments that the role takes.'),
    recommended: z.number().int().min(1).optional().describe('With fewer, the pre-flight page warns.'),
    perLane: z
      .boolean()
      .optional()
      .describe('Each module lane has its own: the first assigned one serves the first lane, and so on.'),
    help: z.string().optional().describe('One sentence for the operator.'),
  })
  .refine((need) => need.minimum <= need.maximum, {
    message: 'the minimum is above the maximum',
  })
  .refine((need) => (need.recommended ?? 1) <= need.maximum, { message: 'more are recommended than the role takes' })
  .describe('A part that instruments play in this protocol.')
export type RoleNeed = z.infer<typeof roleNeedSchema>

/** Measured values that have to be somewhere. */
export const bandSchema = z
  .strictObject({
    role: name.describe('Role whose values are meant.'),
    channel: z.string().optional().describe('Only this channel of the instruments; all that serve the role otherwise.'),
    target: valueRefSchema.optional().describe('The value to be at; needs a tolerance.'),
    tolerance: valueRefSchema.optional().describe('Allowed distance from the target, the edge included.'),
    minimum: valueRefSchema.optional().describe('No value may be below this.'),
    maximum: valueRefSchema.optional().describe('No value may be above this.'),
  })
  .refine((band) => (band.target === undefined) === (band.tolerance === undefined), {
    message: 'a target and its tolerance go together',
  })
  .refine((band) => band.target !== undefined || band.minimum !== undefined || band.maximum !== undefined, {
    message: 'a band needs a target, a minimum or a maximum',
  })
  .describe('A window for measured values.')
  .meta({ id: 'band' })
export type Band = z.infer<typeof bandSchema>

export const guardSchema = z
  .strictObject({
    id: z.string().min(1).describe('Name of the guard, unique in the template.'),
    title: z.string().min(1).describe('What the operator reads when it acts.'),
    band: bandSchema.describe('Where the values have to be.'),
    delayS: valueRefSchema
      .optional()
      .describe('It acts when the values were outside for this long without a break (s).'),
    hysteresis: valueRefSchema.optional().describe('They are back only this far inside the window.'),
    silenceS: valueRefSchema.optional().describe('It acts, too, when no value came for this long (s).'),
    action: z
      .enum(['warn', 'pause', 'stopLane', 'stop'])
      .describe(
        'warn: log it. pause: pause until a person goes on. stopLane: end the lane concerned. stop: end the run in its safe state.',
      ),
    during: z.array(z.string()).min(1).optional().describe('Steps in which it watches; the whole run otherwise.'),
  })
  .describe('Watches measured values all the time and acts by itself.')
export type Guard = z.infer<typeof guardSchema>

export const exposureSchema = z
  .strictObject({
    id: name.describe('Name by which {"record": "exposure"} calls it.'),
    title: z.string().min(1).describe('What is printed in the ledger.'),
    quantity: z
      .enum(['time', 'integral', 'cycles'])
      .describe('What is credited: hours in the bands, an integral of a channel over them, or valid cycles.'),
    unit: z.string().describe('Unit of what is credited, as printed.'),
    during: z.array(z.string()).min(1).describe('Steps whose time is put to account.'),
    bands: z.array(bandSchema).min(1).describe('All of them have to be met for time to be credited.'),
    amount: z
      .strictObject({
        role: name,
        channel: z.string().optional(),
        perHour: z
          .number()
          .positive()
          .describe('What one unit of the channel held for one hour is worth, such as 1 for V to Vh.'),
      })
      .optional()
      .describe('The channel that is integrated, by its magnitude.'),
    longestGapS: valueRefSchema.describe('Two samples further apart leave the time between them unknown (s).'),
    required: valueRefSchema.optional().describe('What the standard asks for.'),
    perLane: z.boolean().optional().describe('Each lane has an account of its own.'),
    clause: z.string(),
    mark: confidenceSchema,
  })
  .refine((each) => each.quantity !== 'time' || each.unit === 'h', { message: 'time is credited in h' })
  .refine((each) => (each.quantity === 'integral') === (each.amount !== undefined), {
    message: 'an integral needs an amount, and only an integral',
  })
  .describe('An account of the stress that the standard credits.')
export type Exposure = z.infer<typeof exposureSchema>

export const recoveryRuleSchema = z
  .enum(['continue', 'extend', 'restart', 'ask', 'never'])
  .describe(
    'After a power cut or a crash in this step. continue: go on where it was. extend: go on, and repeat what was not credited. restart: do the step again. ask: a person decides. never: it is not done again unattended.',
  )
export type RecoveryRule = z.infer<typeof recoveryRuleSchema>

/** What every step has; the rest of its fields is declared by the step kind. */
export const stepBaseShape = {
  id: stepId.describe('Name of the step, unique in the template; the journal and the log use it.'),
  kind: z.string(),
  title: z.string().min(1).describe('What the operator reads while the step runs.'),
  when: z
    .strictObject({ value: valueRefSchema, equals: scalarSchema })
    .optional()
    .describe('The step is left out unless the value equals this.'),
  recovery: recoveryRuleSchema.optional(),
}
export const stepBaseSchema = z.looseObject(stepBaseShape)
export type StepBase = z.infer<typeof stepBaseSchema>

export const criterionSchema = z
  .strictObject({
    id: z.string().describe('Name of the criterion, unique in the template.'),
    title: z.string().min(1).describe('What is printed in the table of criteria.'),
    kind: z
      .enum(['validity', 'acceptance'])
      .describe('validity: the measurement counts only if met; acceptance: the module fails if not met.'),
    value: valueRefSchema.describe('What is judged. Without a value the criterion is not measured.'),
    unit: z.string().describe('Unit of value and limits, as printed; empty for a count.'),
    decimals: z.number().int().min(0).max(9).default(2).describe('Decimals printed; the judgement uses all digits.'),
    minimum: valueRefSchema.optional().describe('The criterion is not met below this.'),
    maximum: valueRefSchema.optional().describe('The criterion is not met above this.'),
    clause: z.string().describe('Where the limit comes from.'),
    mark: confidenceSchema,
  })
  .refine((c) => c.minimum !== undefined || c.maximum !== undefined, {
    message: 'a criterion needs a minimum or a maximum',
  })
export type Criterion = z.infer<typeof criterionSchema>

export const reportLineSchema = z.strictObject({
  label: z.string().min(1).describe('What is printed in front of the value.'),
  value: valueRefSchema.describe('The value that is printed.'),
  unit: z.string().describe('Its unit, as printed.'),
  decimals: z.number().int().min(0).max(9).describe('Decimals printed.'),
  expandedUncertaintyPercent: valueRefSchema.optional().describe('Expanded uncertainty in percent of the value.'),
})
export type ReportLine = z.infer<typeof reportLineSchema>

export const templateShape = {
  $schema: z.string().optional().describe('./schema.json: gives help in an editor.'),
  id: z
    .string()
    .regex(/^PVTP-0(0[1-9]|[1-4]\d|5[0-4])$/, 'an id is PVTP-001 to PVTP-054')
    .describe('The number of the protocol; also the name of the file.'),
  version: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'a version is three numbers with dots')
    .describe('Raised with every change; printed on each report.'),
  state: z
    .enum(['draft', 'approved', 'retired'])
    .describe('What the file says of itself: a claim. What counts are the approvals at the station.'),
  title: z.string().min(1).describe('The name of the test.'),
  purpose: z.string().min(1).describe('What it finds out, in a sentence or two.'),
  standards: z
    .array(
      z.strictObject({
        document: z.string(),
        clause: z.string().optional(),
        mark: confidenceSchema,
      }),
    )
    .describe('The documents that the test follows.'),
  parameters: z.array(parameterSchema).describe('Every figure that can differ from run to run or from lab to lab.'),
  roles: z.array(roleNeedSchema).describe('The instruments that the test needs, by what they have to do.'),
  lanes: z
    .strictObject({
      minimum: z.number().int().min(1).describe('Modules without which no run starts.'),
      maximum: z.number().int().min(1).max(64).describe('Most modules in one run.'),
      title: z.string().min(1).describe('What a lane is called, such as “Module in the chamber”.'),
    })
    .refine((lanes) => lanes.minimum <= lanes.maximum, { message: 'the minimum is above the maximum' })
    .optional()
    .describe('Several modules in one run, each with its own values, verdict and end; one module otherwise.'),
  guards: z.array(guardSchema).optional().describe('What is watched all the time.'),
  exposure: z.array(exposureSchema).optional().describe('What the standard credits, and how it is counted.'),
  pause: z
    .strictObject({
      text: z.string().min(1).describe('What a pause does, in one sentence that the operator reads before the click.'),
      energy: z
        .enum(['off', 'keep'])
        .describe('off: outputs are switched off while paused. keep: they stay as they are.'),
    })
    .optional()
    .describe('Whether the test can be paused, and what that means; it can’t otherwise.'),
  recovery: z
    .strictObject({
      longestOutageS: valueRefSchema.describe('After a longer outage a person decides, whatever the step says (s).'),
      unattended: z.boolean().describe('Whether the station may go on by itself after a shorter one.'),
    })
    .optional()
    .describe('What happens after a power cut, a crash or a loss of the link; a person decides otherwise.'),
  criteria: z.array(criterionSchema).describe('What is judged at the end.'),
  decisionRule: z.string().min(1).describe('Printed with the verdict (ISO/IEC 17025, 7.8.6).'),
  report: z.strictObject({
    title: z.string().describe('Title of the report.'),
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
export const templateSchema = z.strictObject({
  ...templateShape,
  steps: z.array(stepBaseSchema).min(1),
})
export type Template = z.infer<typeof templateSchema>
