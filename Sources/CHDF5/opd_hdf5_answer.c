#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "opd_hdf5_parts.h"

// MARK: Names

/// Appends a name and its zero byte.
static int add(struct opd_hdf5_bytes *names, const char *name, size_t length) {
  if (names->used + length + 1 > names->capacity) {
    size_t capacity = 2 * (names->used + length + 1) + 256;
    char *larger = realloc(names->start, capacity);
    if (larger == NULL) return -1;
    names->start = larger;
    names->capacity = capacity;
  }
  memcpy(names->start + names->used, name, length);
  names->start[names->used + length] = 0;
  names->used += length + 1;
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

static int64_t count_of(const struct opd_hdf5_bytes *names) {
  int64_t count = 0;
  for (size_t i = 0; i < names->used; i++) count += names->start[i] == 0;
  return count;
}

static int64_t members(int64_t file, const char *path, struct opd_hdf5_bytes *names) {
  hid_t group = H5Gopen2(file, path, H5P_DEFAULT);
  if (group < 0) return opd_hdf5_failed();
  herr_t status = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, add_link, names);
  int64_t result = status < 0 ? opd_hdf5_failed() : count_of(names);
  H5Gclose(group);
  return result;
}

static int64_t attributes(int64_t file, const char *path, struct opd_hdf5_bytes *names) {
  hid_t object = H5Oopen(file, path, H5P_DEFAULT);
  if (object < 0) return opd_hdf5_failed();
  herr_t status = H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, add_attribute, names);
  int64_t result = status < 0 ? opd_hdf5_failed() : count_of(names);
  H5Oclose(object);
  return result;
}

// MARK: Files

static int64_t file_size(int64_t file) {
  hsize_t size = 0;
  return H5Fget_filesize(file, &size) < 0 ? opd_hdf5_failed() : (int64_t)size;
}

/// H5Lexists wants every group on the way to exist, so each is asked for in turn.
static int64_t exists(int64_t file, const char *path) {
  char *copy = strdup(path);
  if (copy == NULL) return opd_hdf5_failed_because("out of memory");
  int found = 1;
  for (char *end = copy; found > 0 && *end != 0;) {
    while (*end == '/') end++;
    if (*end == 0) break;
    while (*end != 0 && *end != '/') end++;
    char kept = *end;
    *end = 0;
    htri_t here = H5Lexists(file, copy, H5P_DEFAULT);
    found = here < 0 ? opd_hdf5_failed() : here > 0;
    *end = kept;
  }
  free(copy);
  return found;
}

// MARK: Text

/// Reads the strings of a dataset or an attribute, of fixed or variable length, and appends them to `names`.
static int64_t read_strings(
    hid_t source, hid_t type, hid_t space, int is_attribute, struct opd_hdf5_bytes *names) {
  hssize_t count = H5Sget_simple_extent_npoints(space);
  int variable = H5Tis_variable_str(type) > 0;
  size_t width = variable ? sizeof(char *) : H5Tget_size(type);
  // No text of ours is longer; a damaged file may claim any length.
  if (count >= 0 && width > 0 && (size_t)count > ((size_t)1 << 31) / width)
    return opd_hdf5_failed_because("it claims more than 2 GiB of text");
  char *raw = calloc((size_t)count + 1, width);
  if (count < 0 || raw == NULL) {
    free(raw);
    return opd_hdf5_failed_because("out of memory");
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
  if (status < 0) opd_hdf5_failed();
  if (variable && status >= 0) H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw);
  free(raw);
  return status < 0 ? -1 : (int64_t)count;
}

// MARK: Datasets

/// The rank, with the extents in `bytes`.
static int64_t shape(hid_t space, struct opd_hdf5_bytes *bytes) {
  hsize_t sizes[H5S_MAX_RANK];
  int rank = H5Sget_simple_extent_dims(space, sizes, NULL);
  if (rank < 0) return opd_hdf5_failed();
  if ((size_t)rank > bytes->capacity / sizeof(int64_t))
    return opd_hdf5_failed_because("the dataset has too many dimensions");
  for (int i = 0; i < rank; i++) ((int64_t *)bytes->start)[i] = (int64_t)sizes[i];
  bytes->used = (size_t)rank * sizeof(int64_t);
  return rank;
}

static int64_t kind(hid_t type) {
  H5T_class_t class = H5Tget_class(type);
  if (class == H5T_FLOAT) return OPD_HDF5_REAL;
  if (class == H5T_INTEGER || class == H5T_ENUM) return OPD_HDF5_INTEGER;
  return class == H5T_STRING ? OPD_HDF5_TEXT : OPD_HDF5_OTHER;
}

static int64_t missing_filter(hid_t dataset) {
  hid_t creation = H5Dget_create_plist(dataset);
  int found = 0, count = creation < 0 ? 0 : H5Pget_nfilters(creation);
  for (int i = 0; i < count && found == 0; i++) {
    unsigned flags, config;
    size_t values = 0;
    H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
    if (filter > 0 && H5Zfilter_avail(filter) <= 0) found = (int)filter;
  }
  if (creation >= 0) H5Pclose(creation);
  return found;
}

static int read_as(hid_t dataset, hid_t type, void *values) {
  herr_t status = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  return status < 0 ? opd_hdf5_failed() : 0;
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
  if (count < 0) return opd_hdf5_failed();
  hid_t type = H5Tcopy(H5T_NATIVE_FLOAT);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  uint16_t *halves = malloc((size_t)count * sizeof *halves + 1);
  int status = halves == NULL ? opd_hdf5_failed_because("out of memory") : read_as(dataset, type, halves);
  for (hssize_t i = 0; status == 0 && i < count; i++) values[i] = single(halves[i]);
  free(halves);
  H5Tclose(type);
  return status;
}

/// Fills `bytes` with all numbers of a dataset, if it still has as many as were asked for.
static int64_t numbers(
    hid_t dataset, hid_t type, hid_t space, hid_t wanted, struct opd_hdf5_bytes *bytes) {
  hssize_t count = H5Sget_simple_extent_npoints(space);
  if (count < 0) return opd_hdf5_failed();
  if ((size_t)count != bytes->capacity / H5Tget_size(wanted))
    return opd_hdf5_failed_because("it changes while it is read");
  bytes->used = bytes->capacity;
  if (H5Tequal(wanted, H5T_NATIVE_FLOAT) > 0 && is_half(type))
    return read_halves(dataset, (float *)bytes->start);
  return read_as(dataset, wanted, bytes->start);
}

static int64_t answer_dataset(
    hid_t dataset, enum opd_hdf5_topic topic, struct opd_hdf5_bytes *bytes) {
  hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
  int64_t result = -1;
  if (type < 0 || space < 0) {
    opd_hdf5_failed();
  } else if (topic == OPD_SHAPE) {
    result = shape(space, bytes);
  } else if (topic == OPD_KIND) {
    result = kind(type);
  } else if (topic == OPD_MISSING_FILTER) {
    result = missing_filter(dataset);
  } else if (topic == OPD_TEXTS) {
    result = H5Tget_class(type) == H5T_STRING
                 ? read_strings(dataset, type, space, 0, bytes)
                 : opd_hdf5_failed_because("the dataset holds no text");
  } else {
    hid_t wanted = topic == OPD_FLOATS    ? H5T_NATIVE_FLOAT
                   : topic == OPD_DOUBLES ? H5T_NATIVE_DOUBLE
                                          : H5T_NATIVE_INT64;
    result = numbers(dataset, type, space, wanted, bytes);
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  return result;
}

// MARK: Attributes

static int64_t has_attribute(int64_t file, const char *object, const char *name) {
  htri_t here = H5Aexists_by_name(file, object, name, H5P_DEFAULT);
  return here < 0 ? opd_hdf5_failed() : here > 0;
}

/// 0 and the number, or 1 if the attribute is text or something else.
static int64_t attribute_number(
    hid_t attribute, hid_t type, hid_t space, struct opd_hdf5_bytes *bytes) {
  H5T_class_t class = H5Tget_class(type);
  if ((class != H5T_FLOAT && class != H5T_INTEGER) || H5Sget_simple_extent_npoints(space) != 1)
    return 1;
  bytes->used = sizeof(double);
  return H5Aread(attribute, H5T_NATIVE_DOUBLE, bytes->start) < 0 ? opd_hdf5_failed() : 0;
}

static int64_t answer_attribute(
    hid_t attribute, enum opd_hdf5_topic topic, struct opd_hdf5_bytes *bytes) {
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  int64_t result = -1;
  if (type < 0 || space < 0) {
    opd_hdf5_failed();
  } else if (topic == OPD_ATTRIBUTE_NUMBER) {
    result = attribute_number(attribute, type, space, bytes);
  } else {
    result = H5Tget_class(type) == H5T_STRING
                 ? read_strings(attribute, type, space, 1, bytes)
                 : opd_hdf5_failed_because("the attribute holds no text");
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  return result;
}

// MARK: Questions

int opd_hdf5_is_named(enum opd_hdf5_topic topic) {
  return topic == OPD_MEMBERS || topic == OPD_TEXTS || topic == OPD_ATTRIBUTE || topic == OPD_ATTRIBUTES;
}

int64_t opd_hdf5_answer(int64_t file, struct opd_hdf5_question question, struct opd_hdf5_bytes *bytes) {
  const char *object = question.object, *attribute = question.attribute;
  switch (question.topic) {
    case OPD_SIZE: return file_size(file);
    case OPD_EXISTS: return exists(file, object);
    case OPD_MEMBERS: return members(file, object, bytes);
    case OPD_HAS_ATTRIBUTE: return has_attribute(file, object, attribute);
    case OPD_ATTRIBUTES: return attributes(file, object, bytes);
    case OPD_ATTRIBUTE:
    case OPD_ATTRIBUTE_NUMBER: {
      hid_t found = H5Aopen_by_name(file, object, attribute, H5P_DEFAULT, H5P_DEFAULT);
      if (found < 0) return opd_hdf5_failed();
      int64_t result = answer_attribute(found, question.topic, bytes);
      H5Aclose(found);
      return result;
    }
    default: {
      hid_t dataset = H5Dopen2(file, object, H5P_DEFAULT);
      if (dataset < 0) return opd_hdf5_failed();
      int64_t result = answer_dataset(dataset, question.topic, bytes);
      H5Dclose(dataset);
      return result;
    }
  }
}
