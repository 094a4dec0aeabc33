#include "opd_version.h"

#include <hdf5.h>

int opd_hdf5_version(unsigned *major, unsigned *minor, unsigned *release) {
  return H5get_libversion(major, minor, release) < 0 ? -1 : 0;
}
