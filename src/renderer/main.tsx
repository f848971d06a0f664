import './zodWithoutEval.ts'
import createCache from '@emotion/cache'
import { CacheProvider } from '@emotion/react'
import CssBaseline from '@mui/material/CssBaseline'
import { ThemeProvider } from '@mui/material/styles'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import 'uplot/dist/uPlot.min.css'
import './global.css'
import { App } from './App.tsx'
import { createStation, StationContext } from './state/station.ts'
import { createStationTheme } from './theme.ts'

const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') ?? ''
const styles = createCache({ key: 'pvtp', nonce, prepend: true })
const station = createStation()
station.connect()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <CacheProvider value={styles}>
      <ThemeProvider theme={createStationTheme()}>
        <CssBaseline />
        <StationContext value={station}>
          <App />
        </StationContext>
      </ThemeProvider>
    </CacheProvider>
  </StrictMode>,
)
