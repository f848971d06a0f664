import type { RunFile } from '../../contract/api.ts'

const titles: Record<string, string> = { 'report.pdf': 'PDF report', 'report.xlsx': 'Excel workbook' }

/** What a file of a run is called on the screen: the two that everybody looks for by plain names, else the station's title. */
export const fileTitle = (file: Pick<RunFile, 'name' | 'title'>): string => titles[file.name] ?? file.title

/** Address of a file of a run at the host that this page came from. */
export const fileHref = (runId: string, name: string): string =>
  `/files/${encodeURIComponent(runId)}/${encodeURIComponent(name)}`
