import { describe, expect, it } from 'vitest'
import { createEmitter } from './emitter.ts'

const setUp = () => {
  const errors: unknown[] = []
  return { errors, emitter: createEmitter<number>((error) => errors.push(error)) }
}

describe('an emitter', () => {
  it('calls its listeners in the order in which they came', () => {
    const { emitter } = setUp()
    const log: string[] = []
    emitter.on((value) => log.push(`a${value}`))
    emitter.on((value) => log.push(`b${value}`))
    emitter.emit(1)
    emitter.emit(2)
    expect(log).toEqual(['a1', 'b1', 'a2', 'b2'])
  })

  it('hands the error of a listener on and goes on to the next one', () => {
    const { emitter, errors } = setUp()
    const fault = new Error('window gone')
    const log: number[] = []
    emitter.on(() => {
      throw fault
    })
    emitter.on((value) => log.push(value))
    emitter.emit(1)
    emitter.emit(2)
    expect(log).toEqual([1, 2])
    expect(errors).toEqual([fault, fault])
  })

  it('calls nobody who unsubscribed, however often they did', () => {
    const { emitter } = setUp()
    const log: string[] = []
    const off = emitter.on(() => log.push('a'))
    emitter.on(() => log.push('b'))
    off()
    off()
    emitter.emit(1)
    expect(log).toEqual(['b'])
  })

  it('gives a value to those who listened when it came: not to one who subscribes meanwhile', () => {
    const { emitter } = setUp()
    const log: string[] = []
    emitter.on((value) => {
      log.push(`first ${value}`)
      if (value === 1) emitter.on((later) => log.push(`second ${later}`))
    })
    emitter.emit(1)
    expect(log).toEqual(['first 1'])
    emitter.emit(2)
    expect(log).toEqual(['first 1', 'first 2', 'second 2'])
  })
})
