import { expect, it } from 'vitest'
import protocol from '../../../protocols/PVTP-001.json'
import { templateSchema } from '../../contract/template.ts'
import { currentSteps, listSteps, stepStates } from './steps.ts'

const template = templateSchema.parse(protocol)

it('lists groups before what they hold, and leaves out what the parameters rule out', () => {
  const ids = listSteps(template, { contactBreak: false }).map((line) => line.id)
  expect(ids.slice(0, 6)).toEqual(['mount', 'temperature', 'light', 'curves', 'repeat', 'forward'])
  expect(ids).toContain('safe')
  expect(listSteps(template, { contactBreak: true }).map((line) => line.id)).toContain('contact')
})

it('marks the step that is current and those around it, and never calls a step done', () => {
  const lines = listSteps(template, { contactBreak: false })
  const states = stepStates(lines, ['reverse'], new Set(['mount', 'forward', 'reverse']))
  const stateOf = (id: string) => states[lines.findIndex((line) => line.id === id)]
  expect(stateOf('reverse')).toBe('current')
  expect(stateOf('repeat')).toBe('around')
  expect(stateOf('mount')).toBe('begun')
  expect(stateOf('forward')).toBe('begun')
  expect(stateOf('extract')).toBe('waiting')
})

it('knows every step that goes on side by side, by the last of its path', () => {
  const steps = [
    { path: 'stress/log/damp', title: 'In damp heat', lane: null },
    { path: 'before@B/initial/initial-mount', title: 'Mount', lane: 'B' },
  ]
  expect(currentSteps({ stepId: 'damp', steps })).toEqual(['damp', 'initial-mount'])
  expect(currentSteps({ stepId: 'damp', steps: [] })).toEqual(['damp'])
  expect(currentSteps(null)).toEqual([])
})
