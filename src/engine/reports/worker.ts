import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { StationError, messageOf } from '../../contract/errors.ts'
import { createSigner } from './bundle/signature.ts'
import { createReportFiles } from './create.ts'
import type { ReportReply, ReportRequest } from './thread.ts'

const answer = async ({ dossier, privateKeyPem }: ReportRequest): Promise<ReportReply> => {
  try {
    return { ok: true, files: await createReportFiles({ dossier, sign: createSigner(privateKeyPem) }) }
  } catch (error) {
    return error instanceof StationError
      ? { ok: false, code: error.code, context: error.context }
      : { ok: false, code: null, message: messageOf(error) }
  }
}

assert(parentPort, 'worker.ts runs in a worker thread only')
parentPort.postMessage(await answer(workerData as ReportRequest))
