internal import CGSL

/// The version of the GSL library that is loaded, such as `2.7.1`.
package func loadedGSLVersion() -> String { String(cString: opd_gsl_version()) }
