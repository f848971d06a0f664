import { readdirSync } from 'node:fs'

/** npm run bench -- AREA [--json]: figures with the peer's or the limit's, measured in the same run. */
const areas = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .map((name) => name.slice(0, -'.ts'.length))

const args = process.argv.slice(2)
const area = args.find((each) => !each.startsWith('--'))

if (area === undefined || !areas.includes(area)) {
  process.stderr.write(
    `Which benchmark? There are: ${areas.join(', ')}. For example: npm run bench -- ${areas[0]} --json\n`,
  )
  process.exitCode = 2
} else {
  const { bench } = (await import(`./${area}.ts`)) as { bench: () => Promise<unknown> }
  process.stdout.write(`${JSON.stringify(await bench(), null, 2)}\n`)
}
