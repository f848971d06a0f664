import { Box } from '@mui/material'
import { marked } from '../theme.ts'

const hatch = `repeating-linear-gradient(-45deg, ${marked.text} 0 8px, ${marked.back} 8px 16px)`

/** Says on every page of a simulated station that it is one. */
export function SimulatedStripe() {
  return (
    <Box
      role="note"
      sx={{ display: 'flex', bgcolor: marked.back, color: marked.text, fontSize: '0.75rem', fontWeight: 700 }}
    >
      <Box aria-hidden sx={{ flex: '1 1 16px', backgroundImage: hatch }} />
      <Box sx={{ px: 1.5, py: 0.25, textAlign: 'center' }}>SIMULATED – no number here is a measurement</Box>
      <Box aria-hidden sx={{ flex: '1 1 16px', backgroundImage: hatch }} />
    </Box>
  )
}
