import { z } from 'zod'

/** How a tracer's file is laid out, told by a person: for programs whose headers say too little, or nothing. */
export const columnSchema = z.int().min(1).max(500).describe('Counted from 1')
export const titleSchema = z
  .string()
  .trim()
  .max(200)
  .optional()
  .describe('What the header line has to say there; not checked unless given')

const quantity = <T extends readonly [string, ...string[]]>(units: T) =>
  z.strictObject({ column: columnSchema, title: titleSchema, unit: z.enum(units) })

export const importUnits = {
  voltage: ['V', 'mV', 'kV', 'µV'],
  current: ['A', 'mA', 'kA', 'µA'],
  irradiance: ['W/m²', 'kW/m²', 'mW/cm²', 'suns'],
  temperature: ['°C', 'K', '°F'],
} as const

export const importEncodings = ['utf-8', 'windows-1252', 'utf-16le', 'shift_jis', 'gb18030'] as const
export const importDelimiters = [',', ';', '\t', '|', ' '] as const

const columns = z
  .strictObject({
    voltage: quantity(importUnits.voltage),
    current: quantity(importUnits.current),
    irradiance: quantity(importUnits.irradiance).optional(),
    temperature: quantity(importUnits.temperature).optional(),
    curve: z
      .strictObject({ column: columnSchema, title: titleSchema })
      .optional()
      .describe('Tells the curves of a file apart; one curve unless given'),
  })
  .superRefine((given, context) => {
    const used = Object.entries(given).map(([name, each]) => ({ name, column: each?.column }))
    for (const [i, each] of used.entries())
      if (each.column !== undefined && used.findIndex((other) => other.column === each.column) !== i)
        context.addIssue({
          code: 'custom',
          path: [each.name, 'column'],
          message: 'this column has another meaning, too',
        })
  })

/** How the text of a table is cut into cells. */
export const tableShape = {
  name: z.string().trim().min(1, 'the profile needs a name').max(80),
  encoding: z.enum(importEncodings).default('utf-8'),
  delimiter: z.enum(importDelimiters).default(',').describe('A space stands for any number of them'),
  decimal: z.enum(['.', ',']).default('.'),
  /** The last of them is the header line. */
  skipLines: z.int().min(0).max(10_000).default(1).describe('Lines before the first line of numbers'),
  /** Lines that start with it are left out. */
  comment: z.string().max(8).default(''),
  stopAtEmptyLine: z.boolean().default(false).describe('Whether a summary below an empty line is left out'),
}

export const importProfileSchema = z.strictObject({
  ...tableShape,
  columns,
  sign: z
    .enum(['automatic', 'generator', 'load'])
    .default('automatic')
    .describe('generator: positive while the module delivers; load: negative; automatic: each curve is looked at'),
})
export type ImportProfile = z.infer<typeof importProfileSchema>
export type ImportColumn = keyof ImportProfile['columns']
