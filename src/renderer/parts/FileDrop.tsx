import Upload from '@mui/icons-material/UploadFileOutlined'
import { Box, Button, Typography } from '@mui/material'
import { useRef, useState } from 'react'
import { formatBytes } from '../logic/format.ts'

export interface ChosenFile {
  name: string
  text: string
  bytes: number
  /** As it lies on the disk: a profile may name another encoding. */
  content: ArrayBuffer
}

interface FileDropProps {
  /** What is wanted, such as `curve file`. */
  what: string
  hint: string
  file: ChosenFile | null
  onFile: (file: ChosenFile) => void
  onUnreadable: () => void
}

/** Takes a file by choice or by dropping it. Its content is judged by the station, not here. */
export function FileDrop({ what, hint, file, onFile, onUnreadable }: FileDropProps) {
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null): void => {
    const chosen = files?.[0]
    if (chosen === undefined) return
    Promise.all([chosen.text(), chosen.arrayBuffer()])
      .then(([text, content]) => onFile({ name: chosen.name, text, bytes: chosen.size, content }))
      .catch(onUnreadable)
  }
  return (
    <Box
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer.files)
      }}
      sx={{
        ...{ border: 2, borderStyle: 'dashed', borderColor: over ? 'primary.main' : 'divider', borderRadius: 1, p: 3 },
        ...{ textAlign: 'center', bgcolor: over ? 'action.hover' : 'transparent' },
        '&:focus-within': { borderColor: 'primary.main' },
      }}
    >
      <Upload aria-hidden sx={{ fontSize: 36, color: 'text.secondary' }} />
      <Typography role="status" sx={{ overflowWrap: 'anywhere', fontWeight: file === null ? 400 : 650 }}>
        {file === null ? `Drop a ${what} here` : `${file.name} (${formatBytes(file.bytes)})`}
      </Typography>
      <Typography variant="caption" component="p" sx={{ m: 0, mb: 1.5, color: 'text.secondary' }}>
        {hint}
      </Typography>
      <Button variant="outlined" onClick={() => input.current?.click()}>
        {file === null ? 'Choose a file' : 'Choose another file'}
      </Button>
      <input
        ref={input}
        type="file"
        aria-label={what}
        accept=".csv,.txt,.json,text/csv,application/json"
        hidden
        onChange={(event) => {
          take(event.target.files)
          event.target.value = ''
        }}
      />
    </Box>
  )
}
