const sense = ':SENSe[1]'
const zero = '0.000000E+00'

/** Automatic ranges have a lowest and a highest one each (User's Manual, SENSe1 subsystem). */
const rangeBounds: Readonly<Record<string, string>> = {
  [`${sense}:CURRent[:DC]:RANGe:AUTO:LLIMit`]: '1.050000E-06',
  [`${sense}:CURRent[:DC]:RANGe:AUTO:ULIMit`]: '1.050000E-04',
  [`${sense}:VOLTage[:DC]:RANGe:AUTO:LLIMit`]: '2.100000E-01',
  [`${sense}:VOLTage[:DC]:RANGe:AUTO:ULIMit`]: '2.100000E+01',
  [`${sense}:RESistance:RANGe:AUTO:LLIMit`]: '2.100000E+01',
  [`${sense}:RESistance:RANGe:AUTO:ULIMit`]: '2.100000E+08',
}

/**
 * Commands of the 2400 series that change nothing on the bench, with the values they have behind `*RST` (User's Manual, tables
 * 18-1 to 18-11): lines for handlers, the display, arithmetic, formats, what speeds the measurement up.
 */
export const keptCommands: Readonly<Record<string, string>> = {
  ...rangeBounds,
  [`${sense}:CURRent[:DC]:RANGe:HOLDoff[:STATe]`]: '0',
  [`${sense}:CURRent[:DC]:RANGe:HOLDoff:DELay`]: zero,
  [`${sense}:CURRent[:DC]:PROTection:RSYNchronize`]: '0',
  [`${sense}:VOLTage[:DC]:PROTection:RSYNchronize`]: '0',
  [`${sense}:RESistance:OCOMpensated`]: '0',
  [`${sense}:AVERage:AUTO`]: '1',
  [`${sense}:AVERage:REPeat:COUNt`]: '10',
  [`${sense}:AVERage:ADVanced[:STATe]`]: '1',
  [`${sense}:AVERage:ADVanced:NTOLerance`]: '5.000000E+00',
  [`${sense}:MEDian[:STATe]`]: '0',
  [`${sense}:MEDian:RANK`]: '1',
  ':SOURce[1]:VOLTage:PROTection[:LEVel]': 'NONE',
  ':SOURce[1]:CLEar:AUTO:MODE': 'ALW',
  ':SOURce[1]:SOAK': zero,
  ':SOURce2:TTL[:LEVel][:DEFault]': '15',
  ':SOURce2:BSIZe': '4',
  ':SOURce2:TTL4:MODE': 'EOT',
  ':SOURce2:CLEar:AUTO': '0',
  ':OUTPut[1]:ENABle[:STATe]': '0',
  ':OUTPut[1]:INTerlock:STATe': '0',
  ':CALCulate[1]:STATe': '0',
  ':CALCulate[1]:MATH:NAME': '"POWER"',
  ':CALCulate2:FEED': 'VOLT',
  ':CALCulate2:NULL:STATe': '0',
  ':CALCulate2:NULL:OFFSet': zero,
  ':CALCulate2:LIMit[1]:STATe': '0',
  ':CALCulate2:LIMit2:STATe': '0',
  ':FORMat:SREGister': 'ASC',
  ':FORMat:BORDer': 'NORM',
  ':FORMat:SOURce2': 'ASC',
  ':FORMat:ELEMents:CALCulate': 'CALC',
  ':TRACe|DATA:TSTamp:FORMat': 'ABS',
  ':TRIGger[:SEQuence[1]][:TCONfigure]:DIRection': 'ACC',
  ':TRIGger[:SEQuence[1]]:INPut': 'NONE',
  ':ARM[:SEQuence[1]][:LAYer[1]][:TCONfigure]:DIRection': 'ACC',
  ':SYSTem:POSetup': 'RST',
  ':SYSTem:RCMode': 'SING',
  ':SYSTem:GUARd': 'CABL',
  ':SYSTem:MEP[:STATe]': '1',
  ':SYSTem:AZERo:CACHing[:STATe]': '1',
  ':SYSTem:TIME:RESet:AUTO': '0',
  ':SYSTem:BEEPer:STATe': '1',
  ':DISPlay:DIGits': '6',
  ':DISPlay[:WINDow[1]]:TEXT:DATA': '" "',
  ':DISPlay[:WINDow[1]]:TEXT:STATe': '0',
  ':DISPlay:WINDow2:TEXT:DATA': '" "',
  ':DISPlay:WINDow2:TEXT:STATe': '0',
}
