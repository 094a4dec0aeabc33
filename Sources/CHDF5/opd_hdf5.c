#include "opd_hdf5.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// MARK: Errors

static char message[512];
static size_t innermost;

/// Keeps the innermost reason, which names the cause, and the outermost, which names what was attempted.
static herr_t keep(unsigned depth, const H5E_error2_t *error, void *context) {
  (void)depth;
  (void)context;
  const char *text = error->desc != NULL ? error->desc : "unknown";
  if (innermost == 0) {
    snprintf(message, sizeof message, "%s", text);
    innermost = strlen(message);
  } else {
    snprintf(message + innermost, sizeof message - innermost, " (%s)", text);
  }
  return 0;
}

/// Printing is switched off for each thread separately, so every entry does it.
///
/// A file that could not be flushed, on a full disk, stays open in the library, whose work at the end of the process would
/// write to it again and crash. Everything that matters is flushed by then, so that work is switched off; it must be
/// before the first call, and later calls of it do nothing.
static void begin(void) {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5Eclear2(H5E_DEFAULT);
}

static int failed(void) {
  message[0] = 0;
  innermost = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep, NULL);
  if (message[0] == 0) snprintf(message, sizeof message, "the library gave no reason");
  return -1;
}

static int failed_because(const char *reason) {
  snprintf(message, sizeof message, "%s", reason);
  return -1;
}

const char *opd_hdf5_message(void) { return message; }

// For the other file, which is not part of the interface.
void opd_hdf5_begin(void) { begin(); }
int opd_hdf5_failed_because(const char *reason) { return failed_because(reason); }

// MARK: Files and objects

int64_t opd_hdf5_open(const char *path, int mode) {
  begin();
  hid_t file = mode == OPD_HDF5_CREATE ? H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)
                                       : H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  return file < 0 ? failed() : file;
}

int opd_hdf5_flush(int64_t file) {
  begin();
  return H5Fflush(file, H5F_SCOPE_LOCAL) < 0 ? failed() : 0;
}

int opd_hdf5_close(int64_t file) {
  begin();
  return H5Fclose(file) < 0 ? failed() : 0;
}

int64_t opd_hdf5_size(int64_t file) {
  begin();
  hsize_t size = 0;
  return H5Fget_filesize(file, &size) < 0 ? failed() : (int64_t)size;
}

/// H5Lexists wants every group on the way to exist, so each is asked for in turn.
int opd_hdf5_exists(int64_t file, const char *path) {
  begin();
  char *copy = strdup(path);
  if (copy == NULL) return failed_because("out of memory");
  int found = 1;
  for (char *end = copy; found > 0 && *end != 0;) {
    while (*end == '/') end++;
    if (*end == 0) break;
    while (*end != 0 && *end != '/') end++;
    char kept = *end;
    *end = 0;
    htri_t here = H5Lexists(file, copy, H5P_DEFAULT);
    found = here < 0 ? failed() : here > 0;
    *end = kept;
  }
  free(copy);
  return found;
}

/// Names one after another, each with its zero byte.
struct names {
  char *bytes;
  size_t used, capacity;
  int64_t count;
};

static int add(struct names *names, const char *name, size_t length) {
  if (names->used + length + 1 > names->capacity) {
    size_t capacity = 2 * (names->used + length + 1) + 256;
    char *larger = realloc(names->bytes, capacity);
    if (larger == NULL) return -1;
    names->bytes = larger;
    names->capacity = capacity;
  }
  memcpy(names->bytes + names->used, name, length);
  names->bytes[names->used + length] = 0;
  names->used += length + 1;
  names->count += 1;
  return 0;
}

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *info, void *names) {
  (void)group;
  (void)info;
  return add(names, name, strlen(name));
}

static herr_t add_attribute(hid_t object, const char *name, const H5A_info_t *info, void *names) {
  (void)object;
  (void)info;
  return add(names, name, strlen(name));
}

int64_t opd_hdf5_members(int64_t file, const char *path, char **result) {
  begin();
  struct names names = {0};
  hid_t group = H5Gopen2(file, path, H5P_DEFAULT);
  if (group < 0) return failed();
  herr_t status = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, add_link, &names);
  H5Gclose(group);
  if (status < 0) {
    free(names.bytes);
    return failed();
  }
  *result = names.bytes;
  return names.count;
}

// MARK: Datasets

int opd_hdf5_shape(int64_t file, const char *path, int64_t *extents, int capacity) {
  begin();
  hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  if (dataset < 0) return failed();
  hid_t space = H5Dget_space(dataset);
  hsize_t sizes[H5S_MAX_RANK];
  int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, sizes, NULL);
  if (rank < 0) failed();
  if (rank > capacity) rank = failed_because("the dataset has too many dimensions");
  for (int i = 0; i < rank; i++) extents[i] = (int64_t)sizes[i];
  if (space >= 0) H5Sclose(space);
  H5Dclose(dataset);
  return rank;
}

int opd_hdf5_kind(int64_t file, const char *path) {
  begin();
  hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  if (dataset < 0) return failed();
  hid_t type = H5Dget_type(dataset);
  H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
  if (type >= 0) H5Tclose(type);
  H5Dclose(dataset);
  if (class == H5T_FLOAT) return OPD_HDF5_REAL;
  if (class == H5T_INTEGER || class == H5T_ENUM) return OPD_HDF5_INTEGER;
  return class == H5T_STRING ? OPD_HDF5_TEXT : OPD_HDF5_OTHER;
}

int opd_hdf5_missing_filter(int64_t file, const char *path) {
  begin();
  hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  if (dataset < 0) return failed();
  hid_t creation = H5Dget_create_plist(dataset);
  int found = 0, count = creation < 0 ? 0 : H5Pget_nfilters(creation);
  for (int i = 0; i < count && found == 0; i++) {
    unsigned flags, config;
    size_t values = 0;
    H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
    if (filter > 0 && H5Zfilter_avail(filter) <= 0) found = (int)filter;
  }
  if (creation >= 0) H5Pclose(creation);
  H5Dclose(dataset);
  return found;
}

static int read_as(hid_t dataset, hid_t type, void *values) {
  herr_t status = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  return status < 0 ? failed() : 0;
}

static int read_numbers(int64_t file, const char *path, hid_t type, void *values) {
  begin();
  hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  if (dataset < 0) return failed();
  int status = read_as(dataset, type, values);
  H5Dclose(dataset);
  return status;
}

/// One half-precision number of IEEE 754 in single precision.
static float single(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;
  uint32_t bits = sign;
  if (exponent == 31) {
    bits |= 0x7f800000 | fraction << 13;
  } else if (exponent != 0) {
    bits |= (exponent + 112) << 23 | fraction << 13;
  } else if (fraction != 0) {
    // Subnormal: shift the leading bit into the implied place.
    uint32_t shift = 0;
    while (!(fraction & 1024)) {
      fraction <<= 1;
      shift++;
    }
    bits |= (113 - shift) << 23 | (fraction & 1023) << 13;
  }
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/// Whether a type is the half-precision number that h5py and NumPy write on a little-endian machine.
static int is_half(hid_t type) {
  size_t sign, exponent, exponent_size, fraction, fraction_size;
  if (H5Tget_class(type) != H5T_FLOAT || H5Tget_size(type) != 2) return 0;
  if (H5Tget_fields(type, &sign, &exponent, &exponent_size, &fraction, &fraction_size) < 0) return 0;
  return sign == 15 && exponent == 10 && exponent_size == 5 && fraction == 0 && fraction_size == 10;
}

/// The library converts half precision bit by bit; reading the raw halves and widening them here is many times faster.
static int read_halves(hid_t dataset, float *values) {
  hid_t space = H5Dget_space(dataset);
  hssize_t count = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
  if (space >= 0) H5Sclose(space);
  if (count < 0) return failed();
  hid_t type = H5Tcopy(H5T_NATIVE_FLOAT);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  uint16_t *halves = malloc((size_t)count * sizeof *halves + 1);
  int status = halves == NULL ? failed_because("out of memory") : read_as(dataset, type, halves);
  for (hssize_t i = 0; status == 0 && i < count; i++) values[i] = single(halves[i]);
  free(halves);
  H5Tclose(type);
  return status;
}

int opd_hdf5_read_float(int64_t file, const char *path, float *values) {
  begin();
  hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  if (dataset < 0) return failed();
  hid_t type = H5Dget_type(dataset);
  int status = is_half(type) ? read_halves(dataset, values) : read_as(dataset, H5T_NATIVE_FLOAT, values);
  H5Tclose(type);
  H5Dclose(dataset);
  return status;
}

int opd_hdf5_read_double(int64_t file, const char *path, double *values) {
  return read_numbers(file, path, H5T_NATIVE_DOUBLE, values);
}

int opd_hdf5_read_int64(int64_t file, const char *path, int64_t *values) {
  return read_numbers(file, path, H5T_NATIVE_INT64, values);
}

static int write_numbers(
    int64_t file, const char *path, int rank, const int64_t *extents, hid_t type,
    const void *values) {
  begin();
  hsize_t sizes[H5S_MAX_RANK];
  if (rank > H5S_MAX_RANK) return failed_because("the dataset has too many dimensions");
  for (int i = 0; i < rank; i++) sizes[i] = (hsize_t)extents[i];
  hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, sizes, NULL);
  hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  // Without the time of writing, equal content has equal bytes.
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(creation, 0);
  hid_t dataset = H5Dcreate2(file, path, type, space, links, creation, H5P_DEFAULT);
  int status = dataset < 0 ? failed() : 0;
  if (status == 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
    status = failed();
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

// MARK: Text

/// Reads the strings of a dataset or an attribute, of fixed or variable length, and appends them to `names`.
static int read_strings(hid_t source, hid_t type, hid_t space, int is_attribute, struct names *names) {
  hssize_t count = H5Sget_simple_extent_npoints(space);
  int variable = H5Tis_variable_str(type) > 0;
  size_t width = variable ? sizeof(char *) : H5Tget_size(type);
  // No text of ours is longer; a damaged file may claim any length.
  if (count >= 0 && width > 0 && (size_t)count > ((size_t)1 << 31) / width)
    return failed_because("it claims more than 2 GiB of text");
  char *raw = calloc((size_t)count + 1, width);
  if (count < 0 || raw == NULL) {
    free(raw);
    return failed_because("out of memory");
  }
  herr_t status = is_attribute ? H5Aread(source, type, raw)
                               : H5Dread(source, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw);
  for (hssize_t i = 0; status >= 0 && i < count; i++) {
    const char *text = variable ? ((char **)raw)[i] : raw + (size_t)i * width;
    size_t length = text == NULL ? 0 : variable ? strlen(text) : strnlen(text, width);
    // Fixed strings may be padded with spaces.
    if (!variable && H5Tget_strpad(type) == H5T_STR_SPACEPAD)
      while (length > 0 && text[length - 1] == ' ') length--;
    if (add(names, text == NULL ? "" : text, length) < 0) status = -1;
  }
  if (status < 0) failed();
  if (variable && status >= 0) H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw);
  free(raw);
  return status < 0 ? -1 : 0;
}

int64_t opd_hdf5_read_texts(int64_t file, const char *path, char **texts) {
  begin();
  hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  if (dataset < 0) return failed();
  struct names names = {0};
  hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
  int status = H5Tget_class(type) == H5T_STRING ? read_strings(dataset, type, space, 0, &names)
                                                : failed_because("the dataset holds no text");
  H5Sclose(space);
  H5Tclose(type);
  H5Dclose(dataset);
  if (status < 0) {
    free(names.bytes);
    return -1;
  }
  *texts = names.bytes;
  return names.count;
}

int opd_hdf5_write_attribute(
    int64_t file, const char *object, const char *name, const char *text) {
  begin();
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t attribute = H5Acreate_by_name(
      file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int status = attribute < 0 || H5Awrite(attribute, type, &text) < 0 ? failed() : 0;
  if (attribute >= 0) H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  return status;
}

int64_t opd_hdf5_read_attribute(
    int64_t file, const char *object, const char *name, char **texts) {
  begin();
  hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute < 0) return failed();
  struct names names = {0};
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  int status = H5Tget_class(type) == H5T_STRING ? read_strings(attribute, type, space, 1, &names)
                                                : failed_because("the attribute holds no text");
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  if (status < 0) {
    free(names.bytes);
    return -1;
  }
  *texts = names.bytes;
  return names.count;
}

int opd_hdf5_has_attribute(int64_t file, const char *object, const char *name) {
  begin();
  htri_t here = H5Aexists_by_name(file, object, name, H5P_DEFAULT);
  return here < 0 ? failed() : here > 0;
}

int opd_hdf5_read_attribute_number(
    int64_t file, const char *object, const char *name, double *number) {
  begin();
  hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  if (attribute < 0) return failed();
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  H5T_class_t class = H5Tget_class(type);
  int status = 1;
  if ((class == H5T_FLOAT || class == H5T_INTEGER) && H5Sget_simple_extent_npoints(space) == 1)
    status = H5Aread(attribute, H5T_NATIVE_DOUBLE, number) < 0 ? failed() : 0;
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return status;
}

int64_t opd_hdf5_attributes(int64_t file, const char *path, char **result) {
  begin();
  hid_t object = H5Oopen(file, path, H5P_DEFAULT);
  if (object < 0) return failed();
  struct names names = {0};
  herr_t status = H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, add_attribute, &names);
  H5Oclose(object);
  if (status < 0) {
    free(names.bytes);
    return failed();
  }
  *result = names.bytes;
  return names.count;
}
