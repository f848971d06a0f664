import { decodeNumber, formatNumber, type Decoded } from '../scpi/client.ts'

export const placeholder = '{value}'

/** Puts a value into a template: nothing is computed, and nothing but `{value}` is replaced. */
export const fill = (template: string, value: string): string => template.split(placeholder).join(value)

export const holdsOnePlaceholder = (template: string): boolean => template.split(placeholder).length === 2

/** A command goes on one line: nothing in it may end that line early. */
export const isOneLine = (text: string): boolean => /^[\x20-\x7e]+$/.test(text)

export function isPattern(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}

/** No answer to one question is longer; patterns are not let loose on more. */
export const longestAnswer = 4096

/** How a value stands in an answer. */
export interface AnswerForm {
  pattern?: string | undefined
  map?: Readonly<Record<string, number>> | undefined
  field?: number | undefined
  fields?: number | undefined
  separator: string
}

/** The part of the answer that has the value; null where the answer has another form. */
export function findText(answer: string, form: AnswerForm): string | null {
  if (answer.length > longestAnswer) return null
  const parts = form.field === undefined ? [answer] : answer.split(form.separator)
  if (form.fields !== undefined && parts.length !== form.fields) return null
  const part = parts[form.field ?? 0]?.trim()
  if (part === undefined) return null
  if (form.pattern === undefined) return part
  const found = new RegExp(form.pattern).exec(part)
  return found ? (found[1] ?? found[0]) : null
}

export function decodeText(text: string, form: Pick<AnswerForm, 'map'>): Decoded {
  if (!form.map) return decodeNumber(text)
  const value = Object.hasOwn(form.map, text) ? form.map[text] : undefined
  return value === undefined ? { value: null, why: 'notANumber' } : { value }
}

export const formatValue = (value: number, decimals: number | undefined): string =>
  decimals === undefined ? formatNumber(value) : value.toFixed(decimals)
