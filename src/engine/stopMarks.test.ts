import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createStopMarks } from './stopMarks.ts'

const create = (folder = mkdtempSync(join(tmpdir(), 'pvtp-marks-'))) => {
  const errors: unknown[] = []
  const open = () => createStopMarks(folder, (error) => errors.push(error))
  return { folder, errors, open, file: join(folder, 'stopped') }
}

it('are there after the process has ended, in a file that never grows', () => {
  const { open, file, errors } = create()
  const marks = open()
  const bytes = statSync(file).size
  for (let i = 0; i < 200; i++) marks.add(`0190c0de-0000-7000-8000-${String(i).padStart(12, '0')}`)
  expect(statSync(file).size).toBe(bytes)
  const next = open()
  expect(next.has('0190c0de-0000-7000-8000-000000000199')).toBe(true)
  // Of more than fit, the oldest go.
  expect(next.has('0190c0de-0000-7000-8000-000000000000')).toBe(false)
  next.clear()
  expect(open().has('0190c0de-0000-7000-8000-000000000199')).toBe(false)
  expect(errors).toEqual([])
})

it('tell a file that says nothing, and go on without it', () => {
  const { open, file, errors } = create()
  open().add('run-1')
  writeFileSync(file, readFileSync(file, 'utf8').replace('[', '{'))
  const marks = open()
  expect(marks.has('run-1')).toBe(false)
  expect(String(errors)).toContain('can’t be read')
  marks.add('run-2')
  expect(open().has('run-2')).toBe(true)
})
