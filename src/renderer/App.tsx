import { Box, Button, LinearProgress, Link, Typography } from '@mui/material'
import { AccessPage } from './frame/AccessPage.tsx'
import { HandBanner } from './frame/HandBanner.tsx'
import { LostBanner } from './frame/LostBanner.tsx'
import { PlainPage } from './frame/PlainPage.tsx'
import { RecoveryBanner } from './frame/RecoveryBanner.tsx'
import { BottomNav, SideNav } from './frame/SideNav.tsx'
import { SimulatedStripe } from './frame/SimulatedStripe.tsx'
import { StopContext } from './frame/stopContext.ts'
import { StopNotice } from './frame/StopNotice.tsx'
import { TopBar } from './frame/TopBar.tsx'
import { useStop } from './frame/useStop.ts'
import type { Route } from './logic/route.ts'
import { ConfigurePage } from './pages/configure/ConfigurePage.tsx'
import { ExposurePage } from './pages/exposure/ExposurePage.tsx'
import { ImportPage } from './pages/import/ImportPage.tsx'
import { InstrumentsPage } from './pages/instruments/InstrumentsPage.tsx'
import { PreflightPage } from './pages/preflight/PreflightPage.tsx'
import { ProtocolsPage } from './pages/protocols/ProtocolsPage.tsx'
import { QueuePage } from './pages/queue/QueuePage.tsx'
import { RecoveryPage } from './pages/recovery/RecoveryPage.tsx'
import { RunPage } from './pages/run/RunPage.tsx'
import { RunsPage } from './pages/runs/RunsPage.tsx'
import { SettingsPage } from './pages/settings/SettingsPage.tsx'
import { TestPage } from './pages/test/TestPage.tsx'
import { lazy, Suspense, useEffect } from 'react'
import { useRoute } from './state/hooks.ts'
import { useMirror } from './state/station.ts'

/** The chart library of the report is only fetched with it. */
const ReportPage = lazy(async () => ({ default: (await import('./pages/report/ReportPage.tsx')).ReportPage }))

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'test':
      return <TestPage />
    case 'configure':
      return <ConfigurePage />
    case 'preflight':
      return <PreflightPage />
    case 'runs':
      return <RunsPage />
    case 'run':
      return <RunPage key={route.runId} runId={route.runId} />
    case 'report':
      return <ReportPage key={route.runId} runId={route.runId} />
    case 'recovery':
      return <RecoveryPage key={route.runId} runId={route.runId} />
    case 'exposure':
      return <ExposurePage key={route.runId} runId={route.runId} />
    case 'queue':
      return <QueuePage />
    case 'protocols':
      return <ProtocolsPage />
    case 'import':
      return <ImportPage />
    case 'instruments':
      return <InstrumentsPage />
    case 'settings':
      return <SettingsPage />
    case 'notFound':
      return (
        <PlainPage title="No such page">
          <Typography>There is no page “{route.path}”.</Typography>
          <Link href="#/">New test</Link>
        </PlainPage>
      )
  }
}

function FirstConnection() {
  return (
    <PlainPage title="PVTP Station">
      <LinearProgress aria-label="Connecting to the station" />
      <Typography sx={{ mt: 1.5 }}>Connecting to the station. This window keeps trying until it answers.</Typography>
    </PlainPage>
  )
}

function OtherVersion() {
  return (
    <PlainPage title="Reload this page">
      <Typography sx={{ mb: 2 }}>
        The station has another version than this window, so they would not understand each other. Nothing was sent, and
        Stop does not work from this window. If reloading does not help, restart the station.
      </Typography>
      <Button variant="contained" onClick={() => window.location.reload()}>
        Reload
      </Button>
    </PlainPage>
  )
}

/** The frame that is the same everywhere, with the page that the address names. */
function Frame() {
  const route = useRoute()
  const stop = useStop()
  useEffect(() => {
    // Not returned: newer browsers answer with a promise.
    window.scrollTo(0, 0)
  }, [route])
  const info = useMirror((state) => state.info)
  return (
    <Box sx={{ minHeight: '100vh', display: 'flex', flexDirection: 'column' }}>
      <Box sx={{ position: 'sticky', top: 0, zIndex: 'appBar' }}>
        <TopBar stop={stop} />
        {info?.simulated === true && <SimulatedStripe />}
        <LostBanner />
        <HandBanner />
        <RecoveryBanner route={route} />
        <StopNotice stop={stop} />
      </Box>
      <Box sx={{ display: 'flex', flexGrow: 1, minWidth: 0 }}>
        <SideNav route={route} />
        <Box component="main" sx={{ flexGrow: 1, minWidth: 0, p: { xs: 1.5, sm: 2.5 }, maxWidth: 1400 }}>
          {info === null ? (
            <FirstConnection />
          ) : (
            <Suspense fallback={<LinearProgress aria-label="Loading the page" />}>
              <StopContext value={stop}>
                <Page route={route} />
              </StopContext>
            </Suspense>
          )}
        </Box>
      </Box>
      <BottomNav route={route} />
    </Box>
  )
}

export function App() {
  const link = useMirror((state) => state.link)
  if (link === 'locked') return <AccessPage />
  if (link === 'otherVersion') return <OtherVersion />
  return <Frame />
}
