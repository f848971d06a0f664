/** Released: never edit; a test holds its hash. */
export const sql = `
ALTER TABLE results ADD COLUMN lane TEXT;
`
