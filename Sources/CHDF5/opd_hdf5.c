#include "opd_hdf5.h"
