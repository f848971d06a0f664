import { Box, ButtonBase } from '@mui/material'
import { hrefOf, type Route } from '../logic/route.ts'
import { isHere, places } from './navigation.ts'

/** The places of the station, at the left on wide screens. */
export function SideNav({ route }: { route: Route }) {
  return (
    <Box
      component="nav"
      aria-label="Places"
      sx={{
        ...{ display: { xs: 'none', md: 'block' }, width: 168, flexShrink: 0, py: 1.5, bgcolor: 'background.paper' },
        ...{ borderRight: 1, borderColor: 'divider' },
      }}
    >
      {places.map((place) => {
        const here = isHere(place, route)
        return (
          <ButtonBase
            key={place.name}
            href={hrefOf(place.route)}
            aria-current={here ? 'page' : undefined}
            sx={{
              ...{ display: 'flex', justifyContent: 'flex-start', width: '100%', gap: 1.25, px: 2, py: 1.1 },
              ...{ fontSize: '0.875rem', fontWeight: here ? 700 : 500, color: here ? 'primary.main' : 'text.primary' },
              ...{ borderLeft: 3, borderColor: here ? 'primary.main' : 'transparent' },
              '&:hover': { bgcolor: 'action.hover' },
            }}
          >
            <place.Icon fontSize="small" aria-hidden />
            {place.name}
          </ButtonBase>
        )
      })}
    </Box>
  )
}

/** The same places at the bottom of a phone. */
export function BottomNav({ route }: { route: Route }) {
  return (
    <Box
      component="nav"
      aria-label="Places"
      sx={{
        ...{ display: { xs: 'flex', md: 'none' }, position: 'sticky', bottom: 0, zIndex: 'appBar' },
        ...{ bgcolor: 'background.paper', borderTop: 1, borderColor: 'divider' },
      }}
    >
      {places.map((place) => {
        const here = isHere(place, route)
        return (
          <ButtonBase
            key={place.name}
            href={hrefOf(place.route)}
            aria-label={place.name}
            aria-current={here ? 'page' : undefined}
            sx={{
              ...{ flex: 1, flexDirection: 'column', py: 0.75, gap: 0.25, minWidth: 0, fontSize: '0.6875rem' },
              ...{ fontWeight: here ? 700 : 500, color: here ? 'primary.main' : 'text.secondary' },
              ...{ borderTop: 3, borderColor: here ? 'primary.main' : 'transparent' },
            }}
          >
            <place.Icon fontSize="small" aria-hidden />
            {place.short}
          </ButtonBase>
        )
      })}
    </Box>
  )
}
