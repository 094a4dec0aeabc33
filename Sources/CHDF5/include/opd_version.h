#pragma once

/// The version of the HDF5 library that is loaded; returns 0 when it could be asked.
int opd_hdf5_version(unsigned *major, unsigned *minor, unsigned *release);
