/** What `NA:` and the words behind it mean; P-300 and SCP-220 share them. */
const meanings: Readonly<Record<string, string>> = {
  'CMD ERR': 'this controller does not know the command',
  'ADDR ERR': 'the address in front of the command is not right here',
  'CONT NOT READY-1': 'this chamber has no humidity or no product temperature control',
  'CONT NOT READY-2': 'no program is running',
  'CONT NOT READY-3': 'the command is for another controller',
  'CONT NOT READY-4': 'keys can not be locked while the panel is off',
  'CONT NOT READY-5': 'this time signal is not enabled',
  'DATA NOT READY': 'there is no such program or timer',
  'PARA ERR': 'a parameter is missing or can not be read',
  'DATA OUT OF RANGE': 'the value is beyond the limits set in the controller',
  'PROTECT ON': 'the protection of settings is switched on at the panel',
  'PRGM WRITE ERR-1': 'this program can only be read',
  'PRGM WRITE ERR-2': 'no edit of a program was begun',
  'PRGM WRITE ERR-3': 'the request belongs to the edit of a new program, and none was begun',
  'PRGM WRITE ERR-4': 'a new program is being edited already',
  'PRGM WRITE ERR-5': 'a program is being overwritten already',
  'PRGM WRITE ERR-6': 'the request belongs to overwriting, which was not begun',
  'PRGM WRITE ERR-7': 'another program is the one being edited',
  'PRGM WRITE ERR-8': 'steps have to come in their order',
  'PRGM WRITE ERR-9': 'the counter is not set up right',
  'PRGM WRITE ERR-10': 'the program is running',
  'PRGM WRITE ERR-11': 'data of the counter or of the end are missing',
  'PRGM WRITE ERR-12': 'the program is being edited at the panel',
  'PRGM WRITE ERR-13': 'the data of the step are not valid',
  'PRGM WRITE ERR-14': 'a guaranteed soak does not go with a ramp',
  'PRGM WRITE ERR-15': 'a humidity ramp needs humidity control switched on',
  'INVALID REQ': 'this chamber lacks the function',
  'CHB NOT READY': 'the chamber can not do that now: alarm, open door or panel off',
}

/** Some firmware writes underscores (seen: `NA:CMD_ERR`). */
export const normaliseRefusal = (text: string): string => text.trim().toUpperCase().replaceAll('_', ' ')

/** In the operator's words; null for one that the manual doesn't have. */
export const meaningOfRefusal = (code: string): string | null => meanings[normaliseRefusal(code)] ?? null

export const refusals: readonly string[] = Object.keys(meanings)

export const noHumidity = 'CONT NOT READY-1'
export const noProgram = 'CONT NOT READY-2'
