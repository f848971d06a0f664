import fc from 'fast-check'

/** The same examples in each run, so that a red test is of the change that made it so. PVTP_SEED=random looks for others. */
const wanted = process.env['PVTP_SEED'] ?? '20261126'
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) })
