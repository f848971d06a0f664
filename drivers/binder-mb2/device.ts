import type { DriverContext } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import type { BinderLink } from '../binder/binderLink.ts'
import { line, register } from './registers.ts'

export const noHumidity = 'no-humidity'

export interface Mb2 {
  binder: BinderLink
  context: DriverContext
}

export interface ProgramTime {
  elapsedS: number
  remainingS: number
  /** Either of the two counts. */
  isOn: boolean
}

export async function readProgramTime({ binder }: Mb2, options: QueryOptions): Promise<ProgramTime> {
  const elapsedS = await binder.counter(register.programElapsed, options)
  const remainingS = await binder.counter(register.programRemaining, options)
  return { elapsedS, remainingS, isOn: elapsedS > 0 || remainingS > 0 }
}

export const isIdle = async ({ binder }: Mb2, options: QueryOptions): Promise<boolean> =>
  ((await binder.word(register.lines, options)) & line.idle) !== 0

/** Changes some of the operation lines for work by hand. */
export async function switchLines(
  { binder }: Mb2,
  { on = 0, off = 0 }: { on?: number; off?: number },
  options: QueryOptions,
): Promise<void> {
  const lines = await binder.word(register.manualLines, options)
  await binder.writeWord(register.manualLines, (lines | on) & ~off, options)
}
