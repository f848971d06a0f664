import { existsSync } from 'node:fs'
import type { ProtocolSummary } from '../contract/api.ts'
import type { ProtocolRecord } from '../contract/approval.ts'
import { summaryOf } from './approvals.ts'
import type { Parts } from './discover.ts'
import { databaseFile, withReader } from './openStation.ts'
import { loadProtocols } from './protocols.ts'

/** The records of a data folder, also while a station runs on it; none where nothing was done there yet. */
const loadRecords = async (dataFolder: string): Promise<ProtocolRecord[]> =>
  existsSync(databaseFile(dataFolder))
    ? (await withReader(dataFolder, (reader) => reader.protocolRecords())).map(({ record }) => record)
    : []

export async function loadSummaries(dataFolder: string, parts: Parts): Promise<ProtocolSummary[]> {
  const records = await loadRecords(dataFolder)
  return loadProtocols(parts)
    .all()
    .map((template) => summaryOf(template, records))
}

/** What was done with a protocol at this station, the newest first. */
export const loadHistory = async (dataFolder: string, id: string): Promise<ProtocolRecord[]> =>
  (await loadRecords(dataFolder)).filter((each) => each.protocolId === id).reverse()
