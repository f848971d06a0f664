const ofEachSense: Readonly<Record<string, string>> = {
  'RANGe:AUTO:LLIMit': '1E-8',
  'RANGe:AUTO:ULIMit': '1.0',
  'RANGe:AUTO:REBound': '0',
  RELative: '0.0',
  'RELative:STATe': '0',
  UNIT: 'DEF',
  ...delays(),
}

const ofEachSource: Readonly<Record<string, string>> = { ...delays(), 'HIGH:CAPacitance': '0' }

const ofEachCalculation: Readonly<Record<string, string>> = {
  'CALCulate[1]:*:MATH:STATe': '0',
  'CALCulate[1]:*:MATH:FORMat': 'PERC',
  'CALCulate2:*:LIMit[1]:STATe': '0',
  'CALCulate2:*:LIMit2:STATe': '0',
}

/** `DELay:USER1` to `USER5`: waits that a trigger model of one's own can use. */
function delays(): Record<string, string> {
  return Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`DELay:USER${n}`, '0.0']))
}

const senseNames = ['VOLTage[:DC]', 'CURRent[:DC]', 'RESistance']
const sense = senseNames.flatMap((name) =>
  Object.entries(ofEachSense).map(([pattern, initial]) => [`[:SENSe[1]]:${name}:${pattern}`, initial]),
)
const source = ['VOLTage', 'CURRent'].flatMap((name) =>
  Object.entries(ofEachSource).map(([pattern, initial]) => [`:SOURce[1]:${name}:${pattern}`, initial]),
)
const calculation = senseNames.flatMap((name) =>
  Object.entries(ofEachCalculation).map(([pattern, initial]) => [`:${pattern.replace('*', name)}`, initial]),
)

/**
 * Commands of the 2450 and 2460 that change nothing on the bench, with the values they have behind `*RST` (2450 Reference
 * Manual, section 6): bounds of automatic ranges, waits for trigger models, arithmetic, limit tests, the display.
 */
export const keptCommands: Readonly<Record<string, string>> = {
  ...(Object.fromEntries([...sense, ...source, ...calculation]) as Record<string, string>),
  '[:SENSe[1]]:RESistance:OCOMpensated': '0',
  ':SOURce[1]:VOLTage:PROTection[:LEVel]': 'NONE',
  ':OUTPut[1]:INTerlock:STATe': '0',
  ':FORMat:ASCii:PRECision': '0',
  ':FORMat:BORDer': 'SWAP',
  ':TRACe:FILL:MODE': 'CONT',
  ':TRACe:LOG:STATe': '0',
  ':TRIGger:CONTinuous': 'OFF',
  ':SYSTem:ACCess': 'FULL',
  ':SYSTem:POSetup': 'RST',
  ':DISPlay:SCReen': 'HOME',
  ':DISPlay:LIGHt:STATe': 'ON50',
  ':DISPlay:VOLTage:DIGits': '5',
  ':DISPlay:CURRent:DIGits': '5',
  ':DISPlay:RESistance:DIGits': '5',
  ':DISPlay:USER[1]:TEXT[:DATA]': '""',
  ':DISPlay:USER2:TEXT[:DATA]': '""',
}
