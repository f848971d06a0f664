/**
 * The one catalogue of operating errors. Each says what happened, what the station did and what to check;
 * `{name}` in a text is filled from the error's context.
 */
export type ErrorCategory =
  'usage' | 'file' | 'protocol' | 'device' | 'run' | 'storage' | 'report' | 'analysis' | 'access'

export interface ErrorEntry {
  category: ErrorCategory
  happened: string
  did: string
  check: string
  /** Whether the same call may succeed later without anybody changing anything. */
  retry: boolean
}

const entry = (
  category: ErrorCategory,
  [happened, did, check]: readonly [happened: string, did: string, check: string],
  retry = false,
): ErrorEntry => ({ category, happened, did, check, retry })

const nothingChanged = 'Nothing was changed.'
const nothingImported = 'Nothing was imported and no run was made.'

export const errorCatalogue = {
  'usage.badArgument': entry('usage', ['{detail}', nothingChanged, 'Run the command with --help for its arguments.']),
  'usage.notFound': entry('usage', [
    '{what} “{id}” does not exist.',
    nothingChanged,
    'List what there is and use its id.',
  ]),
  'usage.invalidInput': entry('usage', [
    'The input is not valid: {detail}',
    nothingChanged,
    'Correct the named field.',
  ]),

  'file.unreadable': entry('file', [
    'The file {path} could not be read: {detail}',
    nothingChanged,
    'Check the path and the access rights.',
  ]),
  'file.unwritable': entry(
    'file',
    [
      'The file {path} could not be written: {detail}',
      'What was already stored in the database is kept; the file was left out.',
      'Check free space and access rights, then export again.',
    ],
    true,
  ),
  'file.notACurve': entry('file', [
    'No I-V curve could be read from {file}: {detail}',
    nothingImported,
    'A CSV needs a voltage and a current column with units in the header; JSON needs curves with voltageV and currentA.',
  ]),
  'file.badNumber': entry('file', [
    '{file}, {place}: “{text}” is not a finite number.',
    nothingImported,
    'Correct or remove that value; text, NaN and infinity are refused.',
  ]),
  'file.badColumn': entry('file', [
    '{file}, line {line}, column {column} ({what}): {detail}.',
    nothingImported,
    'Compare the file with the import profile “{profile}”: separator, decimal sign, lines to skip, columns.',
  ]),
  'file.implausible': entry('file', [
    '{file}, curve {curve}: {detail}.',
    nothingImported,
    'Check the units in the header and the numbers in the file.',
  ]),
  'file.tooFewPoints': entry('file', [
    '{file}, curve {curve}: {count} usable points, at least {least} are needed.',
    nothingImported,
    'Export the curve again with more points.',
  ]),
  'file.badUnit': entry('file', [
    '{file}: the unit “{unit}” of column “{column}” is not one of {expected}.',
    nothingImported,
    'Give the column a unit such as V, mV, A or mA.',
  ]),

  'protocol.invalid': entry('protocol', [
    'The protocol template {file} is not valid: {detail}',
    'The template was refused; the other protocols stay available.',
    'Correct the named place; protocols/schema.json describes each field.',
  ]),
  'protocol.unknown': entry('protocol', ['There is no protocol {id}.', nothingChanged, 'Choose one of: {known}.']),
  'protocol.badParameter': entry('protocol', [
    'Parameter {name}: {detail}',
    'The run was not started.',
    'Give a value inside the range that the protocol allows.',
  ]),
  'protocol.badRole': entry('protocol', [
    'Instrument role {role}: {detail}',
    'The run was not started.',
    'Assign a connected instrument that has this role.',
  ]),

  'protocol.approval': entry('protocol', [
    '{id} {version}: {detail}',
    'Its state is what it was, and nothing was recorded.',
    'See its state and history on the Protocols page.',
  ]),

  'device.linkFailed': entry(
    'device',
    [
      'The link {link} could not be opened: {detail}',
      'No command was sent.',
      'Check the cable, the power, the address and that no other program uses the port.',
    ],
    true,
  ),
  'device.timeout': entry(
    'device',
    [
      '{instrument} did not answer “{request}” within {timeoutMs} ms.',
      'The link was made quiet and re-synchronised; a late answer is thrown away.',
      'Check power, cable, baud rate and address of the instrument.',
    ],
    true,
  ),
  'device.closed': entry(
    'device',
    [
      'The link {link} was closed while a query was pending.',
      'All pending queries were ended.',
      'Check the cable and the power of the instrument.',
    ],
    true,
  ),
  'device.lost': entry(
    'device',
    [
      '{instrument} is not connected: {detail}',
      'The station tries to reach it again by itself. What the instrument was told last may still hold there.',
      'Check the cable and the power of the instrument.',
    ],
    true,
  ),
  'device.otherUnit': entry('device', [
    'At the place of {instrument} ({expected}) there is now another unit: {actual}.',
    'It was sent nothing but the identification query, and takes no part in what is going on.',
    'Connect the unit again that the run began with.',
  ]),
  'device.interrupted': entry(
    'device',
    [
      '“{request}” to {instrument} was interrupted.',
      'The instrument was told to abort, and what it still sends is thrown away.',
      'See who stopped the run.',
    ],
    true,
  ),
  'device.badReply': entry(
    'device',
    [
      '{instrument} answered “{reply}” to “{request}”, which is not a valid answer: {detail}',
      'The value was thrown away; nothing was recorded from it.',
      'Check the wiring, the baud rate and the model of the instrument.',
    ],
    true,
  ),
  'device.wrongModel': entry('device', [
    'Expected {expected}, but the instrument on {link} says it is “{actual}”.',
    'The instrument was refused; it was sent nothing but the identification query.',
    'Choose the driver for this model, or check the address.',
  ]),
  'device.refused': entry('device', [
    '{instrument} refused “{request}”: {detail}',
    'The instrument kept its earlier setting.',
    'Check the instrument’s panel and its limits.',
  ]),
  'device.clamped': entry('device', [
    '{instrument}: set {quantity} to {asked}, it reads back {actual}.',
    'The step was ended and the outputs were commanded off.',
    'Ask for a value inside the instrument’s range.',
  ]),
  'device.limit': entry('device', [
    '{instrument}: {quantity} of {asked} is beyond the limit {limit} of its profile.',
    'The command was not sent.',
    'Reduce the value; no protocol can exceed an instrument’s limits.',
  ]),
  'device.overRange': entry(
    'device',
    [
      '{instrument}: {quantity} is over range.',
      'The reading is recorded as missing.',
      'Choose a higher range or check the wiring.',
    ],
    true,
  ),
  'device.locked': entry(
    'device',
    ['{instrument} is in use by {owner}.', nothingChanged, 'Wait for that run to end, or stop it.'],
    true,
  ),
  'device.unwatched': entry('device', [
    '{instrument} was not switched on: the watchdog process can’t watch it ({detail}).',
    nothingChanged,
    'Start the station again; see whether something on this PC keeps it from starting processes.',
  ]),
  'device.notSafe': entry('device', [
    '{instrument} did not confirm its safe state: {detail}',
    'The safe-state commands were sent and the read-back was logged.',
    'Do not touch the module. Switch the instrument off by hand and check with a meter.',
  ]),

  'run.notFound': entry('run', ['There is no run {id}.', nothingChanged, 'Use the id that the run list shows.']),
  'run.interrupted': entry('run', [
    'The station ended while this run was going on (power, a crash, or a kill).',
    'Every sample committed until then is kept; no verdict was given.',
    'Check the outputs at the instruments, then start a new run.',
  ]),
  'run.noRoom': entry('run', [
    'The disk got full in a step that can’t stand still: {detail}',
    'What is under energy was commanded off; everything stored earlier is safe. The run was left to be gone on with.',
    'Free some space on the disk of the data folder, then go on with the run from its recovery page.',
  ]),
  'run.restored': entry('run', [
    'This data folder was restored from a backup that was made while this run was going on.',
    'What was stored until then is here, without a verdict. The run does not go on by itself.',
    'See whether it was ended in the original data folder before you go on with it here.',
  ]),
  'run.illegal': entry('run', [
    'The run is {status}; “{action}” is not possible now.',
    nothingChanged,
    'Reload the run page to see its present state.',
  ]),
  'run.undisposed': entry('run', [
    'The run can’t be signed: {count} stretch(es) of time that was not credited wait for a decision (No. {detail}).',
    nothingChanged,
    'Decide about each on the run’s exposure page: extend, accept or restart, with the reason. Then sign.',
  ]),
  'run.preflight': entry('run', [
    'The pre-flight check found {count} problem(s): {detail}',
    'The run was not started and no instrument was commanded.',
    'Do what each red line of the pre-flight page says.',
  ]),
  'run.stopped': entry('run', [
    'The run was stopped by {who}.',
    'The outputs were commanded off and read back; what was measured is kept.',
    'Start a new run when the reason is settled.',
  ]),
  'run.queue': entry('run', [
    'The queued run is {state}; “{action}” is not possible now.',
    nothingChanged,
    'Look at the queue as it is now.',
  ]),
  'run.stepTimeout': entry('run', [
    'Step {step} did not reach its condition within {seconds} s: {detail}',
    'The run was ended in its safe state; what was measured is kept.',
    'Check the lamp, the cooling and the sensors, then start again.',
  ]),
  'run.notRepeatable': entry('run', [
    'The station ended in the step “{step}”, which is not done again unattended.',
    'Nothing was energised. The run waits for a decision.',
    'Look at the module and the instruments, then choose on the recovery page whether the step is done again.',
  ]),
  'run.laneLeft': entry('run', [
    'Lane {lane} was taken out: {reason}',
    'What was measured of its module is kept; the other lanes go on.',
    'Remove the module when the chamber allows it.',
  ]),
  'run.noLanes': entry('run', [
    'No module is left in the run.',
    'The run was ended in its safe state; what was measured is kept.',
    'See why each lane left.',
  ]),
  'run.guard': entry('run', [
    'The guard “{guard}” ended the run: {detail}',
    'The outputs were commanded off and read back; what was measured is kept.',
    'Find the cause before anything is switched on again.',
  ]),
  'run.notVerified': entry('run', [
    'The check “{step}” was not met: {detail}',
    'The run was ended in its safe state; what was measured is kept.',
    'See the log for the values.',
  ]),
  'run.recovery': entry('run', [
    'The run can’t go on: {detail}',
    'Nothing was commanded; the run stays interrupted.',
    'Mend what is said, or close the run.',
  ]),
  'run.stepFailed': entry('run', [
    'Step {step} failed: {detail}',
    'The run was ended in its safe state; what was measured is kept.',
    'See the log for the instrument’s answer.',
  ]),

  'storage.open': entry('storage', [
    'The database {path} could not be opened: {detail}',
    'The station did not start; the file was not changed.',
    'Check the folder’s access rights and the disk.',
  ]),
  'storage.wrongKey': entry('storage', [
    'The database {path} can’t be read with the key in {keyFile}: the key is wrong, or the file is damaged.',
    'The station did not start; nothing was written.',
    'Put back the key file that belongs to this data folder, or restore a backup.',
  ]),
  'storage.keyMissing': entry('storage', [
    'The data folder has a database but no key: {keyFile} is missing.',
    'The station did not start; no new key was made, because it would not fit.',
    'Put back the key file from your safe copy.',
  ]),
  'storage.keyInKeystore': entry('storage', [
    'The key of {path} is kept by a computer’s keystore ({keyFile}): only the desktop app can open it, on that computer and as that user.',
    'Nothing was read or written.',
    'The desktop app backs up by itself, into backups in its data folder. To restore one, put it as station.db with station.key.safe into an empty folder, and start the desktop app on it.',
  ]),
  'storage.noKeystore': entry('storage', [
    'This computer offers no keystore that protects the database key: {detail}',
    'The station did not start and no key was written.',
    'Unlock or set up the keystore (GNOME Keyring or KWallet on Linux), or run the station with a key file instead: npm run -s pvtp -- serve',
  ]),
  'storage.keyExposed': entry('storage', [
    'The key file {keyFile} can be read by others (mode {mode}).',
    'The station did not start.',
    'Run chmod 600 on the key file, and consider the key as known to others.',
  ]),
  'storage.locked': entry('storage', [
    'Another station (process {owner}) is using the data folder {path}.',
    'This station did not start; the other one goes on.',
    'Use the running station, or give this one its own --data folder.',
  ]),
  'storage.full': entry(
    'storage',
    [
      'The disk that holds {path} is full.',
      'The last batch was not acknowledged; everything acknowledged earlier is safe. A test that can be paused stands still, any other was ended in its safe state.',
      'Free some space; the station goes on without a restart.',
    ],
    true,
  ),
  'storage.failed': entry(
    'storage',
    [
      'The database refused a write: {detail}',
      'The batch was not acknowledged; everything acknowledged earlier is safe.',
      'Check the disk’s health and free space.',
    ],
    true,
  ),
  'storage.tooOld': entry('storage', [
    'The database was made by a newer version (schema {found}, this version knows {known}).',
    'The station did not start; nothing was changed.',
    'Start the newer version of the station.',
  ]),
  'storage.badLibrary': entry('storage', [
    'The SQLite library is version {version}; at least {least} is needed (WAL-reset bug).',
    'The station did not start.',
    'Install the dependencies again with npm ci.',
  ]),

  'report.noResults': entry('report', [
    'Run {id} has no results to report: {detail}',
    'No report was written.',
    'Finish the run, or import a curve.',
  ]),
  'report.notPassed': entry('report', [
    'A certificate needs the verdict pass; run {id} has {verdict}.',
    'No certificate was written.',
    'The report shows the verdict and its reasons.',
  ]),
  'report.bundleDamaged': entry('report', [
    '{file}: {detail}',
    'Nothing was changed; the bundle is not to be trusted.',
    'Fetch the original from the station that made it.',
  ]),

  'analysis.badInput': entry('analysis', [
    '{what}: {detail}',
    'No result was computed.',
    'Check the named input; a result is never guessed.',
  ]),

  'access.denied': entry('access', [
    '{detail}',
    'The request was refused.',
    'Open the address on the station itself, or enter the access token that it printed at start.',
  ]),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorCatalogue
export type ErrorContext = Record<string, string | number | boolean | null>

const fill = (text: string, context: ErrorContext): string =>
  text.replace(/\{(\w+)\}/g, (_all, name: string) => String(context[name] ?? `{${name}}`))

export interface ErrorText {
  code: ErrorCode
  happened: string
  did: string
  check: string
}

/** The operator's text of an error: what happened, what the station did, what to check. */
export const describeError = (code: ErrorCode, context: ErrorContext): ErrorText => {
  const found = errorCatalogue[code]
  return { code, happened: fill(found.happened, context), did: found.did, check: fill(found.check, context) }
}

/** An operating error: something outside the program was not as it has to be. */
export class StationError extends Error {
  override readonly name = 'StationError'
  readonly code: ErrorCode
  readonly context: ErrorContext

  constructor(code: ErrorCode, context: ErrorContext = {}, cause?: unknown) {
    super(describeError(code, context).happened, cause === undefined ? undefined : { cause })
    this.code = code
    this.context = context
  }

  get text(): ErrorText {
    return describeError(this.code, this.context)
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
