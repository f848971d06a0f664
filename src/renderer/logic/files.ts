import type { RunFile } from '../../contract/api.ts'

const fileName = (file: Pick<RunFile, 'name'>): string => file.name.toLowerCase()

/** What a file of a run is called on the screen; the station's own title where its kind isn't known here. */
export function fileTitle(file: Pick<RunFile, 'name' | 'title'>): string {
  const name = fileName(file)
  if (name.endsWith('.pdf')) return name.includes('certificate') ? 'Certificate (PDF)' : 'PDF report'
  if (name.endsWith('.xlsx')) return 'Excel workbook'
  if (name.endsWith('.csv')) return 'CSV data'
  if (name.endsWith('.zip') || name.includes('bundle')) return 'Sealed bundle'
  return file.title
}

/** Address of a file of a run at the host that this page came from. */
export const fileHref = (runId: string, name: string): string =>
  `/files/${encodeURIComponent(runId)}/${encodeURIComponent(name)}`
