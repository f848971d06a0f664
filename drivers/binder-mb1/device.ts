import type { DriverContext } from '../../src/contract/instrument.ts'
import type { QueryOptions } from '../../src/contract/link.ts'
import type { BinderLink } from '../binder/binderLink.ts'
import { badReply } from '../climate/chamber.ts'
import { messageText, messageWords, mode, modeBits, register } from './registers.ts'

export const noHumidity = 'no-humidity'
export const noDoorAndAlarm = 'no-door-and-alarm'
/**
 * On some firmware 0x1000 regulates to the basic set-point (for APT-COM), on other it is what the controller goes to when it
 * is told to be idle. Where it is unknown, 0 is the one that heats nothing on both.
 */
export const basicModeIsIdle = 'basic-mode-is-idle'

export interface Mb1 {
  binder: BinderLink
  context: DriverContext
}

export const idleMode = ({ context }: Mb1): number =>
  context.deviations.includes(basicModeIsIdle) ? mode.basic : mode.idle

export interface Mode {
  word: number
  isManual: boolean
  isProgram: boolean
  /** Nothing is regulated. */
  isIdle: boolean
}

export async function readMode(device: Mb1, options: QueryOptions): Promise<Mode> {
  const word = (await device.binder.word(register.mode, options)) & modeBits
  return {
    word,
    isManual: (word & mode.manual) !== 0,
    isProgram: (word & mode.program) !== 0,
    isIdle: word === mode.idle || word === idleMode(device),
  }
}

/** What the display says of an alarm or a note; blank where it says nothing. */
export async function readMessage({ binder, context }: Mb1, options: QueryOptions): Promise<string> {
  const words = await binder.words(register.message, messageWords, options)
  const text = messageText(words)
  if (text !== null) return text
  throw badReply(context.name, { request: 'the message', reply: words.join(' '), detail: 'these are no characters' })
}
