#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "opd_hdf5_parts.h"

// MARK: Expendable children

/// The library's own number of a file if it has it open, as one that is still being written; else -1.
static int number_in_library(const char *path) {
  enum { MOST = 64 };
  hid_t files[MOST];
  struct stat wanted, found;
  ssize_t count = stat(path, &wanted) < 0 ? 0 : H5Fget_obj_ids(H5F_OBJ_ALL, H5F_OBJ_FILE, MOST, files);
  for (ssize_t i = 0; i < count; i++) {
    int *number = NULL;
    if (H5Fget_vfd_handle(files[i], H5P_DEFAULT, (void **)&number) < 0 || fstat(*number, &found) < 0) continue;
    if (found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino) return *number;
  }
  return -1;
}

/// Closes everything but two files: what else a child kept open, the pipe to a program, the lock of a run or the library's
/// lock on another file, would not be closed when its owner closes it.
static void close_others(int first, int second) {
  DIR *open = opendir("/proc/self/fd");
  if (open == NULL) return;
  for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
    int number = entry->d_name[0] == '.' ? first : atoi(entry->d_name);
    if (number != first && number != second && number != dirfd(open)) close(number);
  }
  closedir(open);
}

void opd_hdf5_become_expendable(const char *path, int kept) {
  static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM, SIGPROF};
  for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) signal(deadly[i], SIG_DFL);
  // Whoever interrupts a run means its owner, which goes on reading until its step is done.
  static const int others[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) signal(others[i], SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  struct rlimit limit = {0, 0};
  setrlimit(RLIMIT_CORE, &limit);
  close_others(kept, number_in_library(path));
  // What the allocator says before it aborts on a damaged heap is nobody's business.
  int nowhere = open("/dev/null", O_RDWR);
  for (int number = 0; number < 3; number++)
    if (number != kept && number != nowhere) dup2(nowhere, number);
}

int opd_hdf5_await(int child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return 0;
  if (!WIFSIGNALED(status)) return 0;
  if (WTERMSIG(status) == SIGPROF || WTERMSIG(status) == SIGALRM)
    return opd_hdf5_failed_because("reading it does not end");
  if (WTERMSIG(status) == SIGKILL)
    return opd_hdf5_failed_because("the process that read it was killed, perhaps for want of memory");
  return opd_hdf5_failed_because("it is damaged so that reading it crashes the HDF5 library");
}

void opd_hdf5_limit(uint64_t bytes) {
  // A damaged file can be read without end, which takes processor time and is told by it whatever else the machine does: a walk over
  // 10,000 videos takes less than a second, and a second is enough for 64 MiB of packed numbers. What waits for something that never
  // comes, such as a file that is a pipe, is ended by the clock.
  struct itimerval work = {.it_value = {.tv_sec = bytes == 0 ? 0 : 5 + (time_t)(bytes >> 26)}};
  setitimer(ITIMER_PROF, &work, NULL);
  alarm(bytes == 0 ? 0 : 120 + (unsigned)(bytes >> 26));
}

// MARK: Messages

/// What goes to a reader, before the names of the object and the attribute with their zero bytes.
struct request {
  uint32_t topic, object, attribute;
  uint64_t room;
};

/// What comes back, before the bytes: an answer, or the reason if the result is negative.
struct reply {
  int64_t result;
  uint64_t bytes;
};

static int put(int socket, const void *bytes, size_t count) {
  for (const char *next = bytes; count > 0;) {
    ssize_t sent = send(socket, next, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return -1;
    next += sent;
    count -= (size_t)sent;
  }
  return 0;
}

static int get(int socket, void *bytes, size_t count) {
  for (char *next = bytes; count > 0;) {
    ssize_t received = recv(socket, next, count, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return -1;
    next += received;
    count -= (size_t)received;
  }
  return 0;
}

// MARK: The child

static int reply_with(int socket, int64_t result, struct opd_hdf5_bytes bytes) {
  if (result < 0) {
    bytes.start = (char *)opd_hdf5_message();
    bytes.used = strlen(bytes.start);
  }
  struct reply reply = {result, bytes.used};
  return put(socket, &reply, sizeof reply) < 0 ? -1 : put(socket, bytes.start, bytes.used);
}

/// Answers one request; negative when nobody asks any more.
static int serve_one(int socket, hid_t file) {
  struct request request;
  if (get(socket, &request, sizeof request) < 0) return -1;
  char *names = malloc(request.object + request.attribute);
  if (names == NULL || get(socket, names, request.object + request.attribute) < 0) return -1;
  struct opd_hdf5_question question = {request.topic, names, names + request.object};
  struct opd_hdf5_bytes bytes = {0};
  if (!opd_hdf5_is_named(question.topic)) bytes.start = malloc(bytes.capacity = request.room);
  opd_hdf5_limit(request.room + 1);
  opd_hdf5_begin();
  int64_t result = bytes.start == NULL && bytes.capacity > 0 ? opd_hdf5_failed_because("out of memory")
                                                             : opd_hdf5_answer(file, question, &bytes);
  opd_hdf5_limit(0);
  int status = reply_with(socket, result, bytes);
  free(bytes.start);
  free(names);
  return status;
}

/// What the child does; it never comes back.
static void serve(const char *path, int socket) {
  opd_hdf5_become_expendable(path, socket);
  opd_hdf5_limit(1);
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  opd_hdf5_limit(0);
  int status = reply_with(socket, file < 0 ? opd_hdf5_failed() : 0, (struct opd_hdf5_bytes){0});
  while (status == 0 && file >= 0) status = serve_one(socket, file);
  // The file is only read, so nothing is lost by not closing it; closing is where a damaged heap shows.
  _exit(0);
}

// MARK: The parent

struct reader {
  pid_t child;
  int socket;
};

static struct reader *readers;
static size_t reader_count;

// No handle of the library has this bit: its kinds are numbered from 1 in the seven bits below the sign.
static const int64_t READER = (int64_t)1 << 62;

int opd_hdf5_is_reader(int64_t file) { return file >= READER; }

static struct reader *reader_of(int64_t file) { return &readers[file - READER]; }

/// A free place in the table, or -1.
static int64_t vacancy(void) {
  for (size_t i = 0; i < reader_count; i++)
    if (readers[i].child == 0) return (int64_t)i;
  struct reader *larger = realloc(readers, (reader_count + 1) * sizeof *readers);
  if (larger == NULL) return -1;
  readers = larger;
  readers[reader_count] = (struct reader){0, -1};
  return (int64_t)reader_count++;
}

static int bury(struct reader *reader) {
  if (reader->socket >= 0) close(reader->socket);
  int status = reader->child > 0 ? opd_hdf5_await(reader->child) : 0;
  *reader = (struct reader){-1, -1};
  return status;
}

static int ended(struct reader *reader) {
  return bury(reader) < 0 ? -1 : opd_hdf5_failed_because("its reader was ended");
}

static int receive_reason(struct reader *reader, size_t length) {
  char reason[512] = {0};
  if (length >= sizeof reason || get(reader->socket, reason, length) < 0) return ended(reader);
  return opd_hdf5_failed_because(reason);
}

/// Receives a result, and bytes into a place or, for names, into memory of their size.
static int64_t receive(struct reader *reader, int is_named, struct opd_hdf5_bytes *bytes) {
  struct reply reply;
  if (get(reader->socket, &reply, sizeof reply) < 0) return ended(reader);
  if (reply.result < 0) return receive_reason(reader, reply.bytes);
  if (is_named) bytes->start = malloc(bytes->capacity = reply.bytes + 1);
  if (reply.bytes > bytes->capacity || (bytes->start == NULL && reply.bytes > 0)) {
    bury(reader);
    return opd_hdf5_failed_because("out of memory");
  }
  bytes->used = reply.bytes;
  return get(reader->socket, bytes->start, reply.bytes) < 0 ? ended(reader) : reply.result;
}

int64_t opd_hdf5_open_reader(const char *path) {
  int64_t place = vacancy();
  int ends[2];
  if (place < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    return opd_hdf5_failed_because("there is no memory or no file left for its reader");
  pid_t child = fork();
  if (child == 0) serve(path, ends[1]);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return opd_hdf5_failed_because("there is no memory for its reader");
  }
  readers[place] = (struct reader){child, ends[0]};
  struct opd_hdf5_bytes nothing = {0};
  if (receive(&readers[place], 0, &nothing) == 0) return READER + place;
  bury(&readers[place]);
  readers[place].child = 0;
  return -1;
}

int64_t opd_hdf5_ask_reader(int64_t file, struct opd_hdf5_question question, struct opd_hdf5_bytes *bytes) {
  struct reader *reader = reader_of(file);
  if (reader->socket < 0) return opd_hdf5_failed_because("its reader was ended");
  struct request request = {
      .topic = question.topic,
      .object = (uint32_t)strlen(question.object) + 1,
      .attribute = (uint32_t)strlen(question.attribute) + 1,
      .room = bytes->capacity,
  };
  // A reader that is dead cannot be sent to; why it died is found when nothing comes back.
  if (put(reader->socket, &request, sizeof request) == 0 && put(reader->socket, question.object, request.object) == 0)
    put(reader->socket, question.attribute, request.attribute);
  return receive(reader, opd_hdf5_is_named(question.topic), bytes);
}

int opd_hdf5_close_reader(int64_t file) {
  int status = bury(reader_of(file));
  reader_of(file)->child = 0;
  return status;
}
