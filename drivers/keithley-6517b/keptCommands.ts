const functions = ['CURRent[:DC]', 'VOLTage[:DC]', 'RESistance', 'CHARge']

/** Of each function (6517B Reference Manual, SENSe tables). */
const ofEach: Readonly<Record<string, string>> = {
  'RANGe:AUTO:ULIMit': '2.000000E-02',
  'RANGe:AUTO:LLIMit': '2.000000E-11',
  APERture: '2.000000E-02',
  'AVERage:TYPE': 'SCAL',
  'AVERage:ADVanced:NTOLerance': '5.000000E+00',
  REFerence: '0.000000E+00',
  'REFerence:STATe': '0',
  DAMPing: '0',
}

const sense = Object.fromEntries(
  functions.flatMap((name) =>
    Object.entries(ofEach).map(([pattern, initial]) => [`[:SENSe[1]]:${name}:${pattern}`, initial]),
  ),
)

/**
 * Commands of the 6517B that change nothing on the bench, with the values they have behind `*RST`: what speeds measurements up,
 * time stamps, scans, arithmetic, the display.
 */
export const keptCommands: Readonly<Record<string, string>> = {
  ...sense,
  '[:SENSe[1]]:VOLTage[:DC]:GUARd': '0',
  '[:SENSe[1]]:VOLTage[:DC]:XFEedback': '0',
  '[:SENSe[1]]:RESistance:MSELect': 'NORM',
  '[:SENSe[1]]:RESistance:VSControl': 'MAN',
  '[:SENSe[1]]:RESistance:MANual:VSOurce[:AMPLitude]': '0.000000E+00',
  '[:SENSe[1]]:RESistance:MANual:VSOurce:OPERate': '0',
  '[:SENSe[1]]:CHARge:ADIScharge[:STATe]': '0',
  '[:SENSe[1]]:CHARge:ADIScharge:LEVel': '0.000000E+00',
  ':SOURce:TTL[1][:LEVel]': '0',
  ':ARM[:SEQuence[1]][:LAYer[1]]:COUNt': '1',
  ':ARM[:SEQuence[1]][:LAYer[1]]:SOURce': 'IMM',
  ':ARM[:SEQuence[1]]:LAYer2:COUNt': '1',
  ':ARM[:SEQuence[1]]:LAYer2:SOURce': 'IMM',
  ':ARM[:SEQuence[1]]:LAYer2:DELay': '0.000000E+00',
  ':ARM[:SEQuence[1]]:LAYer2:TIMer': '1.000000E-01',
  ':TRIGger[:SEQuence[1]]:TIMer': '1.000000E-01',
  ':TRIGger[:SEQuence[1]]:SOURce': 'IMM',
  ':TRIGger[:SEQuence[1]]:TCONfigure:DIRection': 'ACC',
  ':FORMat:BORDer': 'NORM',
  ':FORMat:SREGister': 'ASC',
  ':TRACe|DATA:POINts:AUTO': '0',
  ':TRACe|DATA:ELEMents': 'TST',
  ':TRACe|DATA:TSTamp:FORMat': 'ABS',
  ':SYSTem:HSControl': '0',
  ':SYSTem:TSControl': '0',
  ':SYSTem:TSTamp:TYPE': 'RTCL',
  ':SYSTem:TSTamp:FORMat': 'ABS',
  ':SYSTem:BEEPer[:STATe]': '1',
  ':SYSTem:KCLick': '1',
  ':SYSTem:AZERo[:STATe]': '1',
  ':SYSTem:ARINput': '0',
  ':SYSTem:POSetup': 'RST',
  ':DISPlay:ENABle': '1',
  ':DISPlay:DIGits': '6',
  ':DISPlay[:WINDow[1]]:TEXT:DATA': '" "',
  ':DISPlay[:WINDow[1]]:TEXT:STATe': '0',
  ':CALCulate[1]:STATe': '0',
  ':CALCulate[1]:FORMat': 'NONE',
  ':CALCulate2:STATe': '0',
  ':CALCulate2:FORMat': 'NONE',
  ':CALCulate2:LIMit[1]:STATe': '0',
  ':CALCulate3:LIMit[1]:STATe': '0',
}
