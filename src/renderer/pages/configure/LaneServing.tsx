import { Box, Typography } from '@mui/material'
import type { InstrumentState } from '../../../contract/api.ts'
import type { RoleNeed } from '../../../contract/template.ts'
import { laneName, servingOf } from '../../logic/lanes.ts'
import { useFetched } from '../../state/hooks.ts'

interface LaneServingProps {
  need: RoleNeed
  chosen: readonly string[]
  instruments: readonly InstrumentState[]
  moduleIds: readonly string[]
}

/** Which instrument, and which channel of it, serves which module: the cables have to be as this says. */
export function LaneServing({ need, chosen, instruments, moduleIds }: LaneServingProps) {
  const drivers = useFetched({ key: 'drivers', fetch: (client) => client.instruments.drivers() })
  if (drivers.state !== 'here') return null
  const stateOf = (id: string): InstrumentState | undefined => instruments.find(({ config }) => config.id === id)
  const channelsOf = (id: string, role: string): string[] => {
    const profile = drivers.value.find((each) => each.id === stateOf(id)?.config.driver)
    return (profile?.channels ?? []).filter((each) => each.role === role).map(({ channel }) => channel)
  }
  const serving = servingOf(need, chosen, channelsOf)
  return (
    <Box
      component="ul"
      aria-label={`${need.title}: what serves which module`}
      sx={{ m: 0, mt: 0.5, pl: 2.5, fontSize: '0.8125rem' }}
    >
      {moduleIds.map((id, i) => {
        const one = serving[i]
        const name = one === undefined ? undefined : (stateOf(one.instrumentId)?.config.name ?? one.instrumentId)
        return (
          <li key={i}>
            Lane {laneName(i)}
            {id.trim() !== '' && ` (${id.trim()})`}:{' '}
            {one === undefined ? (
              <Typography component="span" variant="body2" sx={{ color: 'error.main', fontWeight: 600 }}>
                nothing serves it
              </Typography>
            ) : (
              `${name}${one.channel === null ? '' : `, ${one.channel}`}`
            )}
          </li>
        )
      })}
    </Box>
  )
}
