#include "opd_gsl_version.h"

#include <gsl/gsl_version.h>

const char *opd_gsl_version(void) { return gsl_version; }
