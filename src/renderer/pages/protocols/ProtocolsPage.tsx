import { Box, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import { matchesSearch } from '../../logic/search.ts'
import { PageHead } from '../../parts/PageHead.tsx'
import { RefusedProtocols } from '../../parts/RefusedProtocols.tsx'
import { useMirror } from '../../state/station.ts'
import { ProtocolCard } from './ProtocolCard.tsx'

/** Every protocol with what it is at this station: who answers for which content. */
export function ProtocolsPage() {
  const protocols = useMirror((state) => state.protocols)
  const [query, setQuery] = useState('')
  const shown = protocols.filter(({ id, title, purpose }) => matchesSearch(query, [id, title, purpose]))
  return (
    <>
      <PageHead
        title="Protocols"
        subtitle="One person submits a protocol, a second one approves it. An approval holds for one content: a changed file loses it."
      />
      <RefusedProtocols />
      <TextField
        label="Search protocols"
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        sx={{ mb: 2, maxWidth: 420 }}
      />
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {shown.map((protocol) => (
          <ProtocolCard key={protocol.id} protocol={protocol} />
        ))}
      </Box>
      {shown.length === 0 && (
        <Typography role="status">
          {protocols.length === 0 ? 'This station has no protocols.' : `No protocol matches “${query}”.`}
        </Typography>
      )}
    </>
  )
}
