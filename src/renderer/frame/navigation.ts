import Handyman from '@mui/icons-material/CableOutlined'
import History from '@mui/icons-material/HistoryOutlined'
import Import from '@mui/icons-material/UploadFileOutlined'
import Protocol from '@mui/icons-material/FactCheckOutlined'
import Queue from '@mui/icons-material/PendingActionsOutlined'
import Play from '@mui/icons-material/PlayCircleOutlined'
import Settings from '@mui/icons-material/DomainOutlined'
import type { Route } from '../logic/route.ts'

export const places = [
  { name: 'New test', short: 'Test', route: { page: 'test' }, Icon: Play, pages: ['test', 'configure', 'preflight'] },
  {
    name: 'Runs',
    short: 'Runs',
    route: { page: 'runs' },
    Icon: History,
    pages: ['runs', 'run', 'report', 'recovery', 'exposure'],
  },
  { name: 'Queue', short: 'Queue', route: { page: 'queue' }, Icon: Queue, pages: ['queue'] },
  {
    name: 'Protocols',
    short: 'Protocols',
    route: { page: 'protocols' },
    Icon: Protocol,
    pages: ['protocols'],
  },
  { name: 'Import', short: 'Import', route: { page: 'import' }, Icon: Import, pages: ['import'] },
  { name: 'Instruments', short: 'Devices', route: { page: 'instruments' }, Icon: Handyman, pages: ['instruments'] },
  { name: 'Station', short: 'Station', route: { page: 'settings' }, Icon: Settings, pages: ['settings'] },
] as const satisfies readonly { name: string; short: string; route: Route; Icon: unknown; pages: Route['page'][] }[]

export const isHere = (place: (typeof places)[number], route: Route): boolean =>
  (place.pages as readonly string[]).includes(route.page)
