#pragma once

/// The version of the GSL library that is loaded, such as "2.7.1".
const char *opd_gsl_version(void);
