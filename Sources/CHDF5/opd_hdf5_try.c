#include <hdf5.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "opd_hdf5_parts.h"

// Deeper groups, and more objects, than any file of ours: a damaged link can close a circle.
enum { DEEPEST = 32, MOST_OBJECTS = 5000000 };

// Datasets up to this size are read whole, as long as the sum stays below the second number.
static const hsize_t SMALL = 1 << 24, ENOUGH = 1 << 28;

struct visit {
  int depth;
  long objects;
  hsize_t read;
};

/// Reads the strings or numbers of `source` and forgets them.
static void taste(hid_t source, hid_t type, hid_t space, int is_attribute) {
  hssize_t count = H5Sget_simple_extent_npoints(space);
  size_t width = H5Tget_size(type);
  if (count <= 0 || width == 0 || (hsize_t)count > (hsize_t)(1 << 30) / width) return;
  char *raw = calloc((size_t)count, width);
  if (raw == NULL) return;
  herr_t status = is_attribute ? H5Aread(source, type, raw)
                               : H5Dread(source, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw);
  if (status >= 0 && H5Tis_variable_str(type) > 0)
    for (hssize_t i = 0; i < count; i++) {
      const char *text = ((char **)raw)[i];
      volatile size_t length = text == NULL ? 0 : strlen(text);
      (void)length;
    }
  if (status >= 0 && H5Tdetect_class(type, H5T_VLEN) > 0)
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, raw);
  free(raw);
}

static herr_t visit_attribute(hid_t object, const char *name, const H5A_info_t *info, void *data) {
  (void)info;
  (void)data;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  if (attribute < 0) return 0;
  hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
  taste(attribute, type, space, 1);
  H5Sclose(space);
  H5Tclose(type);
  H5Aclose(attribute);
  return 0;
}

/// Whether a dataset is packed by anything but gzip, whose unpacking is zlib's and sound.
static int is_unusual(hid_t creation) {
  int count = H5Pget_nfilters(creation);
  for (int i = 0; i < count; i++) {
    unsigned flags, config;
    size_t values = 0;
    H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      return 1;
  }
  return 0;
}

static void visit_dataset(hid_t dataset, struct visit *visit) {
  hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
  hid_t creation = H5Dget_create_plist(dataset);
  hsize_t size = H5Dget_storage_size(dataset), chunks = 0;
  if (H5Pget_layout(creation) == H5D_CHUNKED) H5Dget_num_chunks(dataset, H5S_ALL, &chunks);
  int small = size <= SMALL && visit->read + size <= ENOUGH;
  if (small || is_unusual(creation) || H5Tdetect_class(type, H5T_VLEN) > 0) {
    visit->read += size;
    taste(dataset, type, space, 0);
  }
  H5Pclose(creation);
  H5Sclose(space);
  H5Tclose(type);
}

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *info, void *data) {
  struct visit *visit = data;
  // Other links lead out of the file or are followed by nobody.
  if (info->type != H5L_TYPE_HARD) return 0;
  if (visit->depth >= DEEPEST || visit->objects++ >= MOST_OBJECTS) return -1;
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  if (object < 0) return 0;
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_attribute, NULL);
  H5I_type_t kind = H5Iget_type(object);
  if (kind == H5I_DATASET) visit_dataset(object, visit);
  if (kind == H5I_GROUP) {
    visit->depth++;
    H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_link, visit);
    visit->depth--;
  }
  H5Oclose(object);
  return 0;
}

/// What the child does; it never comes back.
static void visit_file(const char *path, uint64_t bytes) {
  opd_hdf5_become_expendable(path, -1);
  opd_hdf5_limit(bytes + 1);
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file >= 0) {
    struct visit visit = {0};
    hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
    if (root >= 0) {
      H5Aiterate2(root, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_attribute, NULL);
      H5Literate(root, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_link, &visit);
      H5Gclose(root);
    }
    H5Fclose(file);
  }
  _exit(0);
}

int opd_hdf5_try(const char *path, uint64_t bytes) {
  opd_hdf5_begin();
  pid_t child = fork();
  // Without memory for a child there is none for the file either; the caller will see.
  if (child < 0) return 0;
  if (child == 0) visit_file(path, bytes);
  return opd_hdf5_await(child);
}
