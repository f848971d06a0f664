import type { BackFill } from '../../contract/backFill.ts'
import type { Dossier } from '../../contract/dossier.ts'
import { writeCsv } from './csv.ts'

/** Whether a run's papers have values of controllers' own logs as a file. */
export const hasBackFills = ({ backFills = [] }: Dossier): boolean => backFills.length > 0

function* rowsOf(records: readonly BackFill[]): Generator<(string | number)[]> {
  for (const { id, instrumentName, channels, fileName, provenance } of records)
    for (const { channel, unit, gaps } of channels)
      for (const { utcMs, value } of gaps)
        for (const [i, time] of utcMs.entries())
          yield [instrumentName, channel, unit, new Date(time).toISOString(), value[i]!, provenance, fileName, id]
}

/** Every value that was filled in, of every log that was brought in, by the station's clock. None of them is a sample. */
export const backFilledCsv = (records: readonly BackFill[]): string =>
  writeCsv(['instrument', 'channel', 'unit', 'utc', 'value', 'provenance', 'file', 'record'], rowsOf(records))
