import { messageOf } from '../../contract/errors.ts'

const reasonOfCode: Record<string, string> = {
  ECONNREFUSED: 'the address answers, but nothing listens on this port (connection refused)',
  ETIMEDOUT: 'nothing answered at this address in time',
  EHOSTUNREACH: 'there is no way to this address (host unreachable)',
  EHOSTDOWN: 'there is no way to this address (host is down)',
  ENETUNREACH: 'there is no way to this network (network unreachable)',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up (no name server answered)',
  ECONNRESET: 'the other side reset the connection',
  EPIPE: 'the other side closed the connection',
  ENOENT: 'there is no such port',
  EACCES: 'permission denied; the user needs access to this port (on Linux: group dialout)',
  EPERM: 'permission denied',
  EBUSY: 'the port is in use by another program',
  ENXIO: 'the device is gone',
  ENOTTY: 'this is no serial port',
  EADDRINUSE: 'another program listens on this port already',
  EADDRNOTAVAIL: 'this machine has no such address',
  EIO: 'the device is gone or does not respond (input/output error)',
}

/** serialport's errors carry no code, only these texts (Linux and macOS; Windows). */
const codeOfText: readonly [RegExp, string][] = [
  [/no such file|file not found/i, 'ENOENT'],
  [/permission denied/i, 'EACCES'],
  [/cannot lock port|resource busy|access (is )?denied/i, 'EBUSY'],
  [/inappropriate ioctl/i, 'ENOTTY'],
  [/no such device|bad file descriptor/i, 'ENXIO'],
  [/input\/output error|i\/o error/i, 'EIO'],
]

/** The system's code of an error, also where serialport gives only a text. */
export const codeOf = (error: unknown): string | undefined => {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code === 'string' && code in reasonOfCode) return code
  const text = messageOf(error)
  return codeOfText.find(([pattern]) => pattern.test(text))?.[1]
}

/** Why a port could not be opened or ended, in an operator's words; the system's own text where there are none. */
export const plainReason = (error: unknown): string => {
  const code = codeOf(error)
  return (code === undefined ? undefined : reasonOfCode[code]) ?? messageOf(error)
}
