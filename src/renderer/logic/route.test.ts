import { expect, it } from 'vitest'
import { hrefOf, parseRoute, type Route } from './route.ts'

const routes: Route[] = [
  { page: 'test' },
  { page: 'configure' },
  { page: 'preflight' },
  { page: 'runs' },
  { page: 'queue' },
  { page: 'protocols' },
  { page: 'run', runId: '0197-a/b' },
  { page: 'report', runId: '0197' },
  { page: 'recovery', runId: '0197' },
  { page: 'exposure', runId: '0197' },
  { page: 'import' },
  { page: 'instruments' },
  { page: 'settings' },
]

it.each(routes)('finds the page $page again from its own address', (route) => {
  expect(parseRoute(hrefOf(route))).toEqual(route)
})

it('says that an unknown address is unknown', () => {
  expect(parseRoute('#/runs/1/other').page).toBe('notFound')
  expect(parseRoute('#/elsewhere').page).toBe('notFound')
  expect(parseRoute('#/import/x').page).toBe('notFound')
  expect(parseRoute('#/runs/%E0%A4%A').page).toBe('run')
})
