import type { Output } from './output.ts'

const width = 24

/** A line that redraws itself on a terminal; nothing elsewhere. */
export function createProgressBar(output: Output): { show(fraction: number | null, title: string): void; end(): void } {
  const terminal = process.stderr.isTTY && !output.json
  let drawn = ''
  return {
    show: (fraction, title) => {
      if (!terminal) return
      const done = Math.round((fraction ?? 0) * width)
      const line = `${'█'.repeat(done)}${'░'.repeat(width - done)} ${Math.round((fraction ?? 0) * 100)} %  ${title}`
      if (line === drawn) return
      drawn = line
      process.stderr.write(`\r\u001b[K${line}`)
    },
    end: () => {
      if (drawn) process.stderr.write('\n')
    },
  }
}
