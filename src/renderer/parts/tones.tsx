import Autorenew from '@mui/icons-material/Autorenew'
import Cancel from '@mui/icons-material/Cancel'
import CheckCircle from '@mui/icons-material/CheckCircle'
import ErrorOutlined from '@mui/icons-material/ReportOutlined'
import Help from '@mui/icons-material/HelpOutlined'
import Warning from '@mui/icons-material/WarningAmber'
import type { Tone } from '../logic/words.ts'

/** Each tone has a shape of its own, so that nothing is said by colour alone. */
export const toneIcons = {
  good: CheckCircle,
  bad: Cancel,
  caution: Warning,
  unknown: Help,
  broken: ErrorOutlined,
  busy: Autorenew,
} as const satisfies Record<Tone, unknown>

/** Palette colour of each tone. */
export const toneColours = {
  good: 'success',
  bad: 'error',
  caution: 'warning',
  unknown: 'secondary',
  broken: 'error',
  busy: 'primary',
} as const satisfies Record<Tone, string>
