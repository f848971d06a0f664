import type { ScpiCommand } from './scpi.ts'

/** Multipliers of IEEE 488.2, 7.7.3: `M` is milli, `MA` mega. */
const multipliers: Readonly<Record<string, number>> = { '': 1, N: 1e-9, U: 1e-6, M: 1e-3, K: 1e3, MA: 1e6 }

const escaped = (text: string): string => text.replace(/[/]/g, '\\/')

/** `300mV` → 0.3, `1A/uS` → 1, `20 OHM` → 20; what isn't a number with this unit stays as it is. */
export function withoutSuffix(text: string, unit: string): string {
  const pattern = new RegExp(`^([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:E[+-]?\\d+)?)\\s*(N|U|MA|M|K)?${escaped(unit)}$`, 'i')
  const [, number, multiplier = ''] = pattern.exec(text) ?? []
  if (number === undefined) return text
  return String(Number((Number(number) * (multipliers[multiplier.toUpperCase()] ?? 1)).toPrecision(12)))
}

/** The same command, which also takes its first number with a unit. */
export function taking(unit: string, command: ScpiCommand): ScpiCommand {
  const { set } = command
  if (!set) return command
  return { ...command, set: (args) => set(args.map((each, i) => (i === 0 ? withoutSuffix(each, unit) : each))) }
}
