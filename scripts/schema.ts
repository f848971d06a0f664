// npm run schema: writes protocols/schema.json, which an editor shows along a protocol file, from the step kinds that there are.
import { writeFileSync } from 'node:fs'
import { discoverParts } from '../src/engine/discover.ts'
import { jsonSchemaOf } from '../src/engine/executor/template.ts'

const target = new URL('../protocols/schema.json', import.meta.url)

const { kinds } = await discoverParts()
writeFileSync(target, `${JSON.stringify(jsonSchemaOf([...kinds.values()]), null, 2)}\n`)
