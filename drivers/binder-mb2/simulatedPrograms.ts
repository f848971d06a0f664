import type { SimulatorContext } from '../../src/contract/instrument.ts'
import { refuse } from '../bench/modbusSlave.ts'
import { outOfRange, within, type RegisterBank } from '../binder/registerBank.ts'
import { storedPrograms } from '../climate/programs.ts'
import type { SimulatedChamber } from '../climate/simulatedChamber.ts'
import { dateWords, register, titleWords } from './registers.ts'

const mostPrograms = 25
const mostSections = 100
/** Commands of the program memory; the busy bit is cleared when one is done. */
const busy = 0x0080
const command = { remove: 6, load: 11, store: 12 } as const

const textWords = (text: string): number[] => {
  const padded = text.padEnd(2 * titleWords, '\0')
  return Array.from({ length: titleWords }, (_each, i) => padded.charCodeAt(2 * i) * 256 + padded.charCodeAt(2 * i + 1))
}

/** Programs that run, and the memory through which they are read and written. */
export function programRegisters(context: SimulatorContext, bank: RegisterBank, air: SimulatedChamber): void {
  let chosen = 0
  let section = 1
  const start = (value: number) => {
    if (value === 0) return null
    return air.program.start({ program: chosen + 1, step: section, runs: 1 }) ? null : refuse(outOfRange)
  }
  bank.memory(register.programDate, [2000, 1, 1, 0, 0, 0].slice(0, dateWords))
  bank.word(
    register.programInit,
    () => 0,
    within(0, 1, () => undefined),
  )
  bank.word(
    register.programNumber,
    () => chosen,
    within(0, mostPrograms - 1, (value) => void (chosen = value)),
  )
  bank.word(
    register.programSection,
    () => section,
    within(1, mostSections, (value) => void (section = value)),
  )
  bank.word(register.programStart, () => 0, start)
  bank.word(
    register.programStop,
    () => 0,
    within(0, 1, (value) => {
      if (value === 1) air.program.stop()
    }),
  )
  bank.word(
    register.programPause,
    () => Number(air.program.state() === 'paused'),
    within(0, 1, (value) => (value === 1 ? air.program.pause() : air.program.resume())),
  )
  bank.word(register.currentProgram, () => Math.max(0, air.program.number() - 1))
  bank.word(register.currentSection, () => air.program.step())
  bank.counter(register.programElapsed, () => air.program.elapsedS())
  bank.counter(register.programRemaining, () => air.program.remainingS())
  programMemory(context, bank)
}

/** Delete, load and store, each done at once; what isn't there has the status 1. */
function programMemory({ options }: SimulatorContext, bank: RegisterBank): void {
  const titles = new Map(storedPrograms.map((_each, i) => [i, `program ${i + 1}`]))
  let edited = 0
  let sections = 0
  let status = 0
  let control = 0
  let title = textWords(`hardware ${options['hardware'] ?? '2.00'}`)

  const carryOut = (value: number): null => {
    control = value & ~busy
    const found = titles.get(edited)
    status = control === command.load && found === undefined ? 1 : 0
    if (control === command.load && found !== undefined) {
      title = textWords(found)
      sections = storedPrograms[edited]?.length ?? 1
    }
    if (control === command.store) titles.set(edited, `program ${edited + 1}`)
    if (control === command.remove) titles.delete(edited)
    return null
  }
  bank.word(register.programControl, () => control, carryOut)
  bank.word(
    register.programControl + 1,
    () => 0,
    () => null,
  )
  bank.word(register.programStatus, () => status)
  bank.word(
    register.programSections,
    () => sections,
    within(0, mostSections, (value) => void (sections = value)),
  )
  bank.word(
    register.programEdited,
    () => edited,
    within(0, mostPrograms - 1, (value) => void (edited = value)),
  )
  bank.memory(register.programMemory, Array<number>(register.programTitle - register.programMemory).fill(0))
  for (let i = 0; i < titleWords; i++)
    bank.word(
      register.programTitle + i,
      () => title[i] ?? 0,
      (value) => {
        title = title.with(i, value)
        return null
      },
    )
}
