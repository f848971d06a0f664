import Add from '@mui/icons-material/Add'
import { Box, Button, Typography } from '@mui/material'
import { useState } from 'react'
import { emptyInstrument, formOf, type InstrumentForm } from '../../logic/instruments.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { PageHead } from '../../parts/PageHead.tsx'
import { useFetched } from '../../state/hooks.ts'
import { useMirror } from '../../state/station.ts'
import { InstrumentCard } from './InstrumentCard.tsx'
import { InstrumentEditor } from './InstrumentEditor.tsx'

/** The instruments of this station. */
export function InstrumentsPage() {
  const instruments = useMirror((state) => state.instruments)
  const drivers = useFetched({ key: 'drivers', fetch: (client) => client.instruments.drivers() })
  const profiles = drivers.state === 'here' ? drivers.value : []
  const [editing, setEditing] = useState<InstrumentForm | null>(null)
  return (
    <>
      <PageHead
        title="Instruments"
        subtitle="What this station can measure with."
        actions={
          <Button
            variant="contained"
            startIcon={<Add aria-hidden />}
            disabled={drivers.state !== 'here'}
            onClick={() => setEditing(emptyInstrument)}
          >
            Add instrument
          </Button>
        }
      />
      {drivers.state === 'failed' && <ErrorNotice error={drivers.error} />}
      {editing !== null && drivers.state === 'here' && (
        <Box sx={{ mb: 2 }}>
          <InstrumentEditor
            key={editing.id ?? 'new'}
            start={editing}
            drivers={drivers.value}
            onClose={() => setEditing(null)}
          />
        </Box>
      )}
      {instruments.length === 0 && <Typography>No instrument yet. Add the first one.</Typography>}
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
        }}
      >
        {instruments.map((instrument) => (
          <InstrumentCard
            key={instrument.config.id}
            instrument={instrument}
            profile={profiles.find(({ id }) => id === instrument.config.driver)}
            onEdit={() => setEditing(formOf(instrument.config))}
          />
        ))}
      </Box>
    </>
  )
}
