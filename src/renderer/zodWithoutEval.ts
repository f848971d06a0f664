import { config } from 'zod'

// zod compiles object parsers with `new Function`, which the page's content security policy forbids and would report.
// Has to be imported before the first schema is made.
config({ jitless: true })
