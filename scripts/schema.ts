// npm run schema: writes the JSON schemas that an editor shows: protocols/schema.json from the step kinds that there are, and
// definition.schema.json of each driver that is made for any instrument.
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { definitionSchema as modbus } from '../drivers/generic-modbus/definition.ts'
import { definitionSchema as scpi } from '../drivers/generic-scpi/definition.ts'
import { discoverParts } from '../src/engine/discover.ts'
import { jsonSchemaOf } from '../src/engine/executor/template.ts'

const target = new URL('../protocols/schema.json', import.meta.url)

const { kinds } = await discoverParts()
writeFileSync(target, `${JSON.stringify(jsonSchemaOf([...kinds.values()]), null, 2)}\n`)

for (const [driver, schema] of Object.entries({ 'generic-modbus': modbus, 'generic-scpi': scpi })) {
  const file = new URL(`../drivers/${driver}/definition.schema.json`, import.meta.url)
  writeFileSync(file, `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`)
}
