#include <hdf5.h>

#include "opd_hdf5_parts.h"

static int write_numbers(
    int64_t file, const char *path, int rank, const int64_t *extents, hid_t type,
    const void *values) {
  opd_hdf5_begin();
  hsize_t sizes[H5S_MAX_RANK];
  if (rank > H5S_MAX_RANK) return opd_hdf5_failed_because("the dataset has too many dimensions");
  for (int i = 0; i < rank; i++) sizes[i] = (hsize_t)extents[i];
  hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, sizes, NULL);
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  // Without the time of writing, equal content has equal bytes.
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(creation, 0);
  hid_t dataset = H5Dcreate2(file, path, type, space, links, creation, H5P_DEFAULT);
  int status = dataset < 0 ? opd_hdf5_failed() : 0;
  if (status == 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
    status = opd_hdf5_failed();
  if (dataset >= 0) H5Dclose(dataset);
  H5Pclose(creation);
  H5Pclose(links);
  H5Sclose(space);
  return status;
}

int opd_hdf5_write_float(
    int64_t file, const char *path, int rank, const int64_t *extents, const float *values) {
  return write_numbers(file, path, rank, extents, H5T_NATIVE_FLOAT, values);
}

int opd_hdf5_write_double(
    int64_t file, const char *path, int rank, const int64_t *extents, const double *values) {
  return write_numbers(file, path, rank, extents, H5T_NATIVE_DOUBLE, values);
}

int opd_hdf5_write_int64(
    int64_t file, const char *path, int rank, const int64_t *extents, const int64_t *values) {
  return write_numbers(file, path, rank, extents, H5T_NATIVE_INT64, values);
}

int opd_hdf5_write_attribute(
    int64_t file, const char *object, const char *name, const char *text) {
  opd_hdf5_begin();
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t attribute = H5Acreate_by_name(
      file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int status = attribute < 0 || H5Awrite(attribute, type, &text) < 0 ? opd_hdf5_failed() : 0;
  if (attribute >= 0) H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  return status;
}

