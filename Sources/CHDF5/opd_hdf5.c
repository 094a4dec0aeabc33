#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opd_hdf5_parts.h"

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
void opd_hdf5_begin(void) {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5Eclear2(H5E_DEFAULT);
}

int opd_hdf5_failed(void) {
  message[0] = 0;
  innermost = 0;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep, NULL);
  if (message[0] == 0) snprintf(message, sizeof message, "the library gave no reason");
  return -1;
}

int opd_hdf5_failed_because(const char *reason) {
  snprintf(message, sizeof message, "%s", reason);
  return -1;
}

const char *opd_hdf5_message(void) { return message; }

// MARK: Files

int64_t opd_hdf5_open(const char *path, int mode) {
  opd_hdf5_begin();
  if (mode == OPD_HDF5_READ) return opd_hdf5_open_reader(path);
  hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  return file < 0 ? opd_hdf5_failed() : file;
}

int opd_hdf5_flush(int64_t file) {
  opd_hdf5_begin();
  return H5Fflush(file, H5F_SCOPE_LOCAL) < 0 ? opd_hdf5_failed() : 0;
}

int opd_hdf5_close(int64_t file) {
  opd_hdf5_begin();
  if (opd_hdf5_is_reader(file)) return opd_hdf5_close_reader(file);
  return H5Fclose(file) < 0 ? opd_hdf5_failed() : 0;
}

// MARK: Questions

static int64_t ask(int64_t file, struct opd_hdf5_question question, struct opd_hdf5_bytes *bytes) {
  opd_hdf5_begin();
  return opd_hdf5_is_reader(file) ? opd_hdf5_ask_reader(file, question, bytes)
                                  : opd_hdf5_answer(file, question, bytes);
}

/// A question that is answered by the result alone, or by numbers that fill `room` bytes at `place`.
static int64_t ask_into(
    int64_t file, enum opd_hdf5_topic topic, const char *object, const char *attribute, void *place, size_t room) {
  struct opd_hdf5_bytes bytes = {.start = place, .capacity = room};
  return ask(file, (struct opd_hdf5_question){topic, object, attribute}, &bytes);
}

/// A question that is answered by names.
static int64_t ask_names(
    int64_t file, enum opd_hdf5_topic topic, const char *object, const char *attribute, char **names) {
  struct opd_hdf5_bytes bytes = {0};
  int64_t count = ask(file, (struct opd_hdf5_question){topic, object, attribute}, &bytes);
  if (count < 0) free(bytes.start);
  else *names = bytes.start;
  return count;
}

int64_t opd_hdf5_size(int64_t file) { return ask_into(file, OPD_SIZE, "/", "", NULL, 0); }

int opd_hdf5_exists(int64_t file, const char *path) {
  return (int)ask_into(file, OPD_EXISTS, path, "", NULL, 0);
}

int64_t opd_hdf5_members(int64_t file, const char *group, char **names) {
  return ask_names(file, OPD_MEMBERS, group, "", names);
}

int opd_hdf5_shape(int64_t file, const char *path, int64_t *extents, int capacity) {
  return (int)ask_into(file, OPD_SHAPE, path, "", extents, (size_t)capacity * sizeof *extents);
}

int opd_hdf5_kind(int64_t file, const char *path) {
  return (int)ask_into(file, OPD_KIND, path, "", NULL, 0);
}

int opd_hdf5_missing_filter(int64_t file, const char *path) {
  return (int)ask_into(file, OPD_MISSING_FILTER, path, "", NULL, 0);
}

int opd_hdf5_read_float(int64_t file, const char *path, float *values, size_t count) {
  return (int)ask_into(file, OPD_FLOATS, path, "", values, count * sizeof *values);
}

int opd_hdf5_read_double(int64_t file, const char *path, double *values, size_t count) {
  return (int)ask_into(file, OPD_DOUBLES, path, "", values, count * sizeof *values);
}

int opd_hdf5_read_int64(int64_t file, const char *path, int64_t *values, size_t count) {
  return (int)ask_into(file, OPD_INT64S, path, "", values, count * sizeof *values);
}

int64_t opd_hdf5_read_texts(int64_t file, const char *path, char **texts) {
  return ask_names(file, OPD_TEXTS, path, "", texts);
}

int64_t opd_hdf5_read_attribute(int64_t file, const char *object, const char *name, char **texts) {
  return ask_names(file, OPD_ATTRIBUTE, object, name, texts);
}

int opd_hdf5_read_attribute_number(int64_t file, const char *object, const char *name, double *number) {
  return (int)ask_into(file, OPD_ATTRIBUTE_NUMBER, object, name, number, sizeof *number);
}

int opd_hdf5_has_attribute(int64_t file, const char *object, const char *name) {
  return (int)ask_into(file, OPD_HAS_ATTRIBUTE, object, name, NULL, 0);
}

int64_t opd_hdf5_attributes(int64_t file, const char *object, char **names) {
  return ask_names(file, OPD_ATTRIBUTES, object, "", names);
}
