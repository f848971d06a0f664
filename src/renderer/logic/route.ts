export type Route =
  | { page: 'test' }
  | { page: 'configure' }
  | { page: 'preflight' }
  | { page: 'runs' }
  | { page: 'queue' }
  | { page: 'protocols' }
  | { page: 'run'; runId: string }
  | { page: 'report'; runId: string }
  | { page: 'recovery'; runId: string }
  | { page: 'exposure'; runId: string }
  | { page: 'import' }
  | { page: 'instruments' }
  | { page: 'settings' }
  | { page: 'notFound'; path: string }

const plain = { configure: 'test/configure', preflight: 'test/preflight' } as const

/** The address of a page, for `href`. */
export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'test':
      return '#/'
    case 'configure':
    case 'preflight':
      return `#/${plain[route.page]}`
    case 'run':
      return `#/runs/${encodeURIComponent(route.runId)}`
    case 'report':
    case 'recovery':
    case 'exposure':
      return `#/runs/${encodeURIComponent(route.runId)}/${route.page}`
    case 'notFound':
      return `#/${route.path}`
    default:
      return `#/${route.page}`
  }
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Pages of one run beside its own. */
const runParts = ['report', 'recovery', 'exposure'] as const

function runRoute(parts: string[], path: string): Route {
  const runId = parts[1]
  if (runId === undefined) return { page: 'runs' }
  if (parts.length === 2) return { page: 'run', runId }
  const part = runParts.find((each) => each === parts[2])
  if (parts.length === 3 && part !== undefined) return { page: part, runId }
  return { page: 'notFound', path }
}

/** The page that a location hash names. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#?\/?/, '').replace(/\/+$/, '')
  const parts = path === '' ? [] : path.split('/').map(decode)
  switch (parts[0]) {
    case undefined:
      return { page: 'test' }
    case 'test':
      if (parts.length === 1) return { page: 'test' }
      if (path === plain.configure) return { page: 'configure' }
      if (path === plain.preflight) return { page: 'preflight' }
      return { page: 'notFound', path }
    case 'runs':
      return runRoute(parts, path)
    case 'queue':
    case 'protocols':
    case 'import':
    case 'instruments':
    case 'settings':
      return parts.length === 1 ? { page: parts[0] } : { page: 'notFound', path }
    default:
      return { page: 'notFound', path }
  }
}
