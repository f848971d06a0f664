import type Database from 'better-sqlite3'

/** Compiles a statement when it is first asked for, and keeps it: compiling one costs more than carrying it out. */
export function createPrepared(db: Database.Database): (sql: string) => Database.Statement {
  const known = new Map<string, Database.Statement>()
  return (sql) => {
    const found = known.get(sql) ?? db.prepare(sql)
    known.set(sql, found)
    return found
  }
}
