/** Boltzmann constant, J/K, exact (SI 2019). */
export const BOLTZMANN_J_PER_K = 1.380649e-23
/** Elementary charge, C, exact (SI 2019). */
export const ELEMENTARY_CHARGE_C = 1.602176634e-19
/** Boltzmann constant, eV/K. */
export const BOLTZMANN_EV_PER_K = BOLTZMANN_J_PER_K / ELEMENTARY_CHARGE_C
/** 0 °C in kelvin. */
export const ZERO_CELSIUS_K = 273.15
/** Cell temperature of the standard test conditions. */
export const STC_TEMPERATURE_C = 25
/** Irradiance of the standard test conditions. */
export const STC_IRRADIANCE_W_PER_M2 = 1000

/**
 * Thermal voltage kT/q of one junction, V: 0.0256925791 V at 25 °C.
 * @param temperatureC junction temperature, °C, above absolute zero
 */
export const thermalVoltageV = (temperatureC: number): number => BOLTZMANN_EV_PER_K * (temperatureC + ZERO_CELSIUS_K)
