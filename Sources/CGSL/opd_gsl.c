#include "opd_gsl.h"
