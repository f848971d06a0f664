import { Box, Typography } from '@mui/material'
import type { ProtocolRecord } from '../../../contract/approval.ts'
import { formatDateTime } from '../../logic/format.ts'
import { FetchedView } from '../../parts/FetchedView.tsx'
import { useFetched } from '../../state/hooks.ts'

const did: Readonly<Record<ProtocolRecord['action'], string>> = {
  submit: 'submitted it',
  approve: 'approved it',
  decline: 'sent it back',
  retire: 'retired it',
}

/** Every signed act, the newest first. `version` changes with each of them. */
export function History({ id, version }: { id: string; version: string }) {
  const fetched = useFetched({
    key: `history of ${id}`,
    version,
    fetch: (client) => client.protocols.history({ id }),
  })
  return (
    <FetchedView fetched={fetched} what="the history">
      {(records) =>
        records.length === 0 ? (
          <Typography variant="body2">Nobody has done anything with it at this station.</Typography>
        ) : (
          <Box component="ul" aria-label={`History of ${id}`} sx={{ m: 0, pl: 2.5 }}>
            {records.map((record) => (
              <Typography key={record.seq} component="li" variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                {formatDateTime(record.utcMs)}: <strong>{record.name}</strong> ({record.role}) {did[record.action]},
                version {record.version}, content {record.sha256.slice(0, 12)}…
                {record.author !== undefined && `, written by ${record.author}`}
                {record.comment !== '' && `: ${record.comment}`}
              </Typography>
            ))}
          </Box>
        )
      }
    </FetchedView>
  )
}
