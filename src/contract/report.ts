import { z } from 'zod'
import { verdictSchema } from './run.ts'

/** A printed cell: the text as printed, and the number behind it where it is one. */
export const cellSchema = z.object({ text: z.string(), number: z.number().nullable().optional() })
export type Cell = z.infer<typeof cellSchema>

const keyValues = z.object({
  kind: z.literal('keyValues'),
  title: z.string(),
  rows: z.array(z.object({ label: z.string(), value: cellSchema, note: z.string().optional() })),
})
const table = z.object({
  kind: z.literal('table'),
  title: z.string(),
  columns: z.array(z.object({ label: z.string(), unit: z.string(), align: z.enum(['left', 'right']) })),
  rows: z.array(z.array(cellSchema)),
  note: z.string().optional(),
})
const chart = z.object({
  kind: z.literal('chart'),
  title: z.string(),
  /** all: the axes hold all values. Otherwise they begin at zero and end at the open-circuit voltage. */
  fit: z.literal('all').optional(),
  note: z.string().optional(),
  x: z.object({ label: z.string(), unit: z.string() }),
  left: z.object({ label: z.string(), unit: z.string() }),
  right: z.object({ label: z.string(), unit: z.string() }).nullable(),
  series: z.array(
    z.object({
      label: z.string(),
      axis: z.enum(['left', 'right']),
      /** dotted: not recorded by this station. */
      style: z.enum(['solid', 'dashed', 'dotted']),
      x: z.array(z.number()),
      y: z.array(z.number()),
    }),
  ),
  markers: z.array(z.object({ label: z.string(), axis: z.enum(['left', 'right']), x: z.number(), y: z.number() })),
})
/** Small charts of the same kind beside each other. */
const charts = z.object({
  kind: z.literal('charts'),
  title: z.string(),
  charts: z.array(chart).min(1),
  note: z.string().optional(),
})
const text = z.object({ kind: z.literal('text'), title: z.string(), paragraphs: z.array(z.string()) })

export const reportSectionSchema = z.discriminatedUnion('kind', [keyValues, table, chart, charts, text])
export type ReportSection = z.infer<typeof reportSectionSchema>

const headlineSchema = z.array(
  z.object({ label: z.string(), value: cellSchema, unit: z.string(), uncertainty: cellSchema.nullable() }),
)
const moduleOfReport = z.object({ id: z.string(), maker: z.string(), model: z.string() })

/** One module of a run of several. */
export const reportLaneSchema = z.object({
  id: z.string(),
  module: moduleOfReport,
  state: z.enum(['in', 'removed', 'stopped', 'done']),
  /** Why it left. */
  reason: z.string().nullable(),
  verdict: verdictSchema,
  sentence: z.string(),
  reasons: z.array(z.string()),
  headline: headlineSchema,
})
export type ReportLane = z.infer<typeof reportLaneSchema>

/** A report as words and numbers, before any layout: PDF, preview and workbook are all made from it. */
export const reportModelSchema = z.object({
  number: z.string(),
  title: z.string(),
  /** Printed across everything that isn't live, or didn't go through: SIMULATED, IMPORTED, STOPPED … */
  mark: z.string().nullable(),
  /** DRAFT until signed. */
  draft: z.boolean(),
  issuedUtcMs: z.number(),
  laboratory: z.object({ name: z.string(), address: z.string(), station: z.string() }),
  /** Of several modules the first. */
  module: moduleOfReport,
  /** Every module of a test that can have several. */
  lanes: z.array(reportLaneSchema).optional(),
  /** A virtual clock drove the run. */
  virtualTime: z.boolean().optional(),
  protocol: z.object({ id: z.string(), version: z.string(), title: z.string(), templateSha256: z.string() }),
  verdict: z.object({
    value: verdictSchema,
    /** The run ended before it could be judged: large print says so, and not a verdict. */
    isNone: z.literal(true).optional(),
    sentence: z.string(),
    reasons: z.array(z.string()),
    decisionRule: z.string(),
  }),
  /** Of one module. Of several, each has its own in `lanes`, and this is empty. */
  headline: headlineSchema,
  sections: z.array(reportSectionSchema),
  signature: z.object({ name: z.string(), meaning: z.string(), signedUtcMs: z.number() }).nullable(),
  dataSha256: z.string(),
  softwareVersion: z.string(),
})
export type ReportModel = z.infer<typeof reportModelSchema>
