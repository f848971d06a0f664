import { Box, FormControlLabel, InputAdornment, Radio, RadioGroup, TextField, Typography } from '@mui/material'
import Search from '@mui/icons-material/Search'
import { useState } from 'react'
import type { ProtocolSummary } from '../../contract/api.ts'
import { matchesSearch } from '../logic/search.ts'
import { protocolWords } from '../logic/words.ts'
import { ToneChip } from './chips.tsx'

interface ProtocolPickerProps {
  protocols: readonly ProtocolSummary[]
  chosen: string | null
  onChoose: (protocolId: string) => void
}

const optionStyle = {
  ...{ m: 0, alignItems: 'flex-start', border: 1, borderColor: 'divider', borderRadius: 1, px: 1, py: 0.75 },
  '&:has(input:checked)': { borderColor: 'primary.main', boxShadow: 'inset 3px 0 0 var(--mui-palette-primary-main)' },
  '&:has(input:focus-visible)': { outline: '3px solid var(--mui-palette-primary-main)', outlineOffset: 1 },
}

function Option({ protocol }: { protocol: ProtocolSummary }) {
  const { state } = protocol.approval
  const words = protocolWords[state]
  return (
    <FormControlLabel
      value={protocol.id}
      control={<Radio size="small" slotProps={{ input: { 'aria-label': `${protocol.id} ${protocol.title}` } }} />}
      sx={optionStyle}
      label={
        <Box sx={{ py: 0.5 }}>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1 }}>
            <Typography component="span" sx={{ fontWeight: 650 }}>
              {protocol.title}
            </Typography>
            <Typography component="span" variant="caption" sx={{ color: 'text.secondary' }}>
              {protocol.id} · version {protocol.version}
            </Typography>
            {state !== 'approved' && <ToneChip tone={words.tone} label={words.title} title={words.meaning} />}
          </Box>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            {protocol.purpose}
          </Typography>
        </Box>
      }
    />
  )
}

/** All protocols of the station, with a search once there are more than a few. */
export function ProtocolPicker({ protocols, chosen, onChoose }: ProtocolPickerProps) {
  const [query, setQuery] = useState('')
  const found = protocols.filter((protocol) => matchesSearch(query, [protocol.id, protocol.title, protocol.purpose]))
  return (
    <>
      <TextField
        label="Search protocols"
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        sx={{ mb: 1.5 }}
        slotProps={{
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <Search fontSize="small" aria-hidden />
              </InputAdornment>
            ),
          },
        }}
      />
      <RadioGroup
        aria-label="Protocol"
        value={chosen ?? ''}
        onChange={(_event, value) => onChoose(value)}
        sx={{ gap: 1, maxHeight: 420, overflowY: 'auto', flexWrap: 'nowrap', p: 0.5, m: -0.5 }}
      >
        {found.map((protocol) => (
          <Option key={protocol.id} protocol={protocol} />
        ))}
      </RadioGroup>
      {found.length === 0 && (
        <Typography variant="body2" role="status">
          {protocols.length === 0 ? 'This station has no protocols.' : `No protocol matches “${query}”.`}
        </Typography>
      )}
    </>
  )
}
