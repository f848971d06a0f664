import { Box, Button, TextField, Typography } from '@mui/material'
import { useState } from 'react'
import type { Profile } from '../../../contract/instrument.ts'
import type { InstrumentForm } from '../../logic/instruments.ts'
import { linkWithPort } from '../../logic/portLink.ts'
import { ErrorNotice } from '../../parts/ErrorNotice.tsx'
import { useAction } from '../../state/hooks.ts'
import { useStation } from '../../state/station.ts'

interface Port {
  path: string
  maker: string | null
  serialNumber: string | null
  link: string | null
}

interface ConnectionFieldsProps {
  form: InstrumentForm
  profile: Profile | undefined
  problem: string | undefined
  onLink: (link: string) => void
}

/** What is plugged in at the station; a press takes its address, with the settings of the link kept. */
function Ports({ onPort }: { onPort: (port: Port) => void }) {
  const station = useStation()
  const action = useAction()
  const [ports, setPorts] = useState<readonly Port[] | null>(null)
  const look = (): Promise<boolean> =>
    action.run(async () => setPorts(await station.call((client) => client.instruments.scanPorts())))
  return (
    <Box>
      <Button size="small" variant="outlined" disabled={action.busy} onClick={() => void look()}>
        Look for serial ports at the station
      </Button>
      <ErrorNotice error={action.error} />
      {ports !== null && ports.length === 0 && (
        <Typography variant="body2" role="status" sx={{ mt: 0.5 }}>
          The station has no serial port now. Plug the adapter in, and look again.
        </Typography>
      )}
      {ports !== null && ports.length > 0 && (
        <Box component="ul" aria-label="Serial ports" sx={{ m: 0, mt: 0.5, p: 0, listStyle: 'none' }}>
          {ports.map((port) => (
            <Box component="li" key={port.path}>
              <Button size="small" onClick={() => onPort(port)}>
                {port.path} {[port.maker, port.serialNumber].filter((text) => text !== null).join(', ')}
              </Button>
            </Box>
          ))}
        </Box>
      )}
    </Box>
  )
}

/** How the instrument is reached: an address to start from, what is plugged in, and what to look at. */
export function ConnectionFields({ form, profile, problem, onLink }: ConnectionFieldsProps) {
  const isParts = profile?.link === 'parts'
  const example = profile === undefined ? '' : `Such as ${profile.exampleLink}`
  return (
    <Box
      sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' } }}
    >
      <Box sx={{ display: 'grid', gap: 1, alignContent: 'start' }}>
        <TextField
          label="Link"
          value={form.link}
          error={problem !== undefined}
          helperText={problem ?? (isParts ? 'It has no wire of its own: it is made of others.' : example)}
          onChange={(event) => onLink(event.target.value)}
          slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false } }}
        />
        {!isParts && (
          <Ports
            onPort={(port) => onLink(linkWithPort(form.link === '' ? (profile?.exampleLink ?? '') : form.link, port))}
          />
        )}
      </Box>
      {profile !== undefined && profile.checks.length > 0 && (
        <Box>
          <Typography variant="h3" component="h4">
            Before you go on, look at
          </Typography>
          <Box component="ul" sx={{ m: 0, pl: 2.25, fontSize: '0.8125rem' }}>
            {profile.checks.map((check) => (
              <li key={check}>{check}</li>
            ))}
          </Box>
        </Box>
      )}
    </Box>
  )
}
