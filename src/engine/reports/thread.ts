import { Worker } from 'node:worker_threads'
import type { Dossier } from '../../contract/dossier.ts'
import { StationError } from '../../contract/errors.ts'
import type { ErrorCode, ErrorContext } from '../../contract/errors.ts'
import type { ReportFile } from './create.ts'

export interface ReportRequest {
  dossier: Dossier
  /** Ed25519, PKCS #8 in PEM. */
  privateKeyPem: string
}

/** What the worker sends back: errors as data, since an error loses its class between threads. */
export type ReportReply =
  | { ok: true; files: ReportFile[] }
  | { ok: false; code: ErrorCode; context: ErrorContext }
  | { ok: false; code: null; message: string }

/**
 * Makes the papers of a run in a thread of its own, so that the engine’s thread stays free for the instruments.
 * @param workerUrl where worker.ts is (or what it was built to)
 * @throws StationError as createReportFiles does; Error when the thread itself failed
 */
export const runInThread = (workerUrl: URL, request: ReportRequest): Promise<ReportFile[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl, { workerData: request })
    worker.once('message', (reply: ReportReply) => {
      if (reply.ok) resolve(reply.files)
      else reject(reply.code === null ? new Error(reply.message) : new StationError(reply.code, reply.context))
    })
    worker.once('error', reject)
    // After a message this changes nothing: a promise settles once.
    worker.once('exit', (code) => reject(new Error(`the report thread ended with code ${code} and made no report`)))
  })
