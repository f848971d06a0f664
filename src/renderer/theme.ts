import { createTheme, type Theme } from '@mui/material/styles'

const systemFont = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'

/** Petrol on cool grey, like the front panel of an instrument. Every text pair has a contrast of 4.5 or more. */
const light = {
  palette: {
    primary: { main: '#0b5d57', dark: '#08463f', light: '#2d7d76', contrastText: '#ffffff' },
    secondary: { main: '#3f5561', contrastText: '#ffffff' },
    success: { main: '#1c6a3a', contrastText: '#ffffff' },
    warning: { main: '#855000', contrastText: '#ffffff' },
    error: { main: '#b3221a', contrastText: '#ffffff' },
    info: { main: '#2f5a72', contrastText: '#ffffff' },
    background: { default: '#e9eceb', paper: '#fbfcfb' },
    text: { primary: '#15201e', secondary: '#4a5855' },
    divider: '#ccd4d1',
  },
}

const dark = {
  palette: {
    primary: { main: '#74c7ba', dark: '#4da396', light: '#9bdacf', contrastText: '#04211d' },
    secondary: { main: '#a9bfca', contrastText: '#12202a' },
    success: { main: '#7fcf9b', contrastText: '#06210f' },
    warning: { main: '#efbd68', contrastText: '#2a1a00' },
    error: { main: '#ff9f93', contrastText: '#3a0500' },
    info: { main: '#9cc4da', contrastText: '#0a1f2b' },
    background: { default: '#101514', paper: '#181f1e' },
    text: { primary: '#e5ebe9', secondary: '#a9b6b2' },
    divider: '#303b38',
  },
}

const typography = {
  fontFamily: systemFont,
  fontSize: 13,
  h1: { fontSize: '1.5rem', fontWeight: 650, letterSpacing: '-0.01em', lineHeight: 1.25 },
  h2: { fontSize: '0.8125rem', fontWeight: 650, lineHeight: 1.4 },
  h3: { fontSize: '0.8125rem', fontWeight: 600, lineHeight: 1.4 },
  body1: { fontSize: '0.875rem', lineHeight: 1.5 },
  body2: { fontSize: '0.8125rem', lineHeight: 1.45 },
  caption: { fontSize: '0.75rem', lineHeight: 1.4 },
  button: { textTransform: 'none', fontWeight: 600, letterSpacing: 0 },
} as const

const paper = 'var(--mui-palette-background-paper)'

/** The theme of the station; light or dark as the system says. */
export function createStationTheme(): Theme {
  return createTheme({
    cssVariables: { colorSchemeSelector: 'media' },
    colorSchemes: { light, dark },
    shape: { borderRadius: 4 },
    typography,
    components: {
      MuiCssBaseline: {
        styleOverrides: {
          body: { fontVariantNumeric: 'tabular-nums' },
          ':focus-visible': { outline: '3px solid var(--mui-palette-primary-main)', outlineOffset: 2 },
        },
      },
      MuiButtonBase: { defaultProps: { disableRipple: true } },
      MuiButton: { defaultProps: { disableElevation: true } },
      MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
      MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
      MuiFormControl: { defaultProps: { size: 'small' } },
      MuiChip: { defaultProps: { size: 'small' }, styleOverrides: { root: { borderRadius: 3, fontWeight: 600 } } },
      MuiTable: { defaultProps: { size: 'small' } },
      MuiTableCell: {
        styleOverrides: {
          root: { padding: '6px 10px', fontSize: '0.8125rem' },
          head: { fontWeight: 600, color: 'var(--mui-palette-text-secondary)', whiteSpace: 'nowrap' },
        },
      },
      MuiAlert: {
        styleOverrides: {
          outlined: { border: '1px solid currentColor', backgroundColor: paper },
          // The same by day and by night: white on a pale colour can't be read.
          filled: {
            color: '#fff',
            '&.MuiAlert-colorError': { backgroundColor: '#a11a13' },
            '&.MuiAlert-colorSuccess': { backgroundColor: '#1c6a3a' },
          },
        },
      },
      MuiTooltip: {
        styleOverrides: {
          tooltip: { backgroundColor: '#1a2523', color: '#eef3f1', border: '1px solid #3a4946', fontSize: '0.75rem' },
        },
      },
      MuiOutlinedInput: { styleOverrides: { root: { backgroundColor: paper } } },
      MuiLink: { defaultProps: { underline: 'always' } },
    },
  })
}

/** Colours of the bar that is the same by day and by night. */
export const bar = { back: '#1a2523', text: '#eef3f1', quiet: '#b4c2be', line: '#3a4946', stop: '#c4221a' } as const

/** Colours of what isn't live. */
export const marked = { back: '#f2b84b', text: '#241900' } as const
