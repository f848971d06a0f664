import Download from '@mui/icons-material/FileDownloadOutlined'
import { Box, Link, Typography } from '@mui/material'
import type { RunFile } from '../../../contract/api.ts'
import { fileHref, fileTitle } from '../../logic/files.ts'
import { formatBytes } from '../../logic/format.ts'
import { Panel } from '../../parts/Panel.tsx'

interface DownloadsProps {
  runId: string
  files: readonly RunFile[]
  /** What to say while there are none. */
  empty: string
}

/** The files of a run, each with its size and hash. */
export function Downloads({ runId, files, empty }: DownloadsProps) {
  return (
    <Panel title="Files">
      {files.length === 0 && (
        <Typography role="status" variant="body2" sx={{ color: 'text.secondary' }}>
          {empty}
        </Typography>
      )}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.25 }}>
        {files.map((file) => (
          <Box component="li" key={file.name} sx={{ display: 'flex', gap: 1, minWidth: 0 }}>
            <Download fontSize="small" color="primary" aria-hidden />
            <Box sx={{ minWidth: 0 }}>
              <Link href={fileHref(runId, file.name)} download={file.name} sx={{ fontWeight: 600 }}>
                {fileTitle(file)}
              </Link>
              <Typography variant="caption" component="div" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
                {file.name}, {formatBytes(file.bytes)}
              </Typography>
              <Typography
                variant="caption"
                component="div"
                title={`SHA-256 ${file.sha256}`}
                sx={{ color: 'text.secondary' }}
              >
                SHA-256 {file.sha256.slice(0, 16)}…
              </Typography>
            </Box>
          </Box>
        ))}
      </Box>
    </Panel>
  )
}
