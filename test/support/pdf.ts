import { execFileSync, spawnSync } from 'node:child_process'

export const hasPdftotext = spawnSync('pdftotext', ['-v']).status === 0

/** The text of each page of a PDF. */
export const pagesOf = (path: string): string[] =>
  execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }).split('\f').slice(0, -1)
