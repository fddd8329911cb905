/*
 * What can go wrong below a process, for the tests: a power failure that takes every write which was
 * not forced, a slow disk, and a clock that somebody sets.
 *
 * Loaded with LD_PRELOAD into a coordinator, which is not changed otherwise. Debian has libfaketime
 * for the clock and file system layers exist for the rest; one source file that the tests compile
 * themselves needs no installation but a C compiler, no privileges and no mount. The tests' class
 * Faults is the other half: it compiles this, sets the variables and undoes what was not forced.
 *
 *   FAULTS_DIRECTORY   only files below this directory are touched; absolute, no links in it
 *   FAULTS_UNDO        a directory on the same file system, not below the first one, that
 *                      takes undo journals and what was removed; without it nothing is
 *                      recorded or refused, and forces below the first directory are slow
 *   FAULTS_FORCE_FILE  a file with the milliseconds that each force takes longer; read at
 *                      each force, missing is 0
 *   FAULTS_CLOCK_FILE  a file with the seconds by which the wall clock is wrong; read again
 *                      after 50 ms, missing is 0
 *
 * Lost writes. The process runs on the page cache, as always, and before each change below the
 * directory what is needed to undo it is appended to a journal. fsync and fdatasync append that all
 * earlier changes of that file are forced; of a directory, all earlier names made, changed and
 * removed in it. After kill -9, undoing what was not forced, newest first, gives the files as they
 * are after a power failure in which nothing reached the disk but what had to. That is stricter than
 * most file systems: a new name is only there once its directory was forced.
 *
 * Each change is appended before it is made, both under one lock. So a kill in between leaves one
 * entry, the last, whose change was not made; undoing it does nothing. A force takes the journal's
 * length first, then really forces, then appends "forced, up to that length":
 *   - what others write meanwhile lies behind that length and stays un-forced;
 *   - a kill before the entry leaves un-forced what the disk has. The caller was not told yet, and a
 *     power failure a moment earlier would have left the same.
 *
 * Files are known by their inode, since names change. That is why nothing is really removed: it is
 * moved to the side, so that no inode is used twice and undoing brings the same one back.
 *
 * What strace shows of the decision log, the deliveries and their kin (JDK 17): openat, write,
 * pwrite64, fsync, fdatasync, rename, unlink, rmdir, mkdir. These and their siblings are recorded;
 * whatever else could change a file there (writable shared mappings, links, streams of the C library,
 * O_SYNC, copies inside the kernel) is not used, and aborts the process rather than escape.
 *
 * The clock. CLOCK_REALTIME moves, monotonic clocks do not. What already waits in the kernel for a
 * moment of the wall clock (LockSupport.parkUntil) is not woken or held by a step, other than after a
 * step of the machine's own clock.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* One entry of a journal: this, then the name, the other name, the kept name and the saved bytes. */
struct entry {
  uint64_t magic, kind;
  uint64_t inode;  /* of the file; for names, of their directory */
  uint64_t offset; /* of a write; new length; FORCED: length of the journal up to which */
  uint64_t length; /* of a write */
  uint64_t old_length;
  uint64_t name, other, kept, saved; /* lengths of what follows */
};

enum { WRITE = 1, RESIZE, CREATE, MKDIR, REMOVE, RENAME, FORCED };

static const uint64_t MAGIC = 0x3153544c55414648; /* "HFAULTS1" */
static const off_t AT_POSITION = -1;

static char watched[PATH_MAX], side[PATH_MAX], slow[PATH_MAX]; /* watched is slow as well */
static const char *force_file, *clock_file;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static uint64_t journal_length, process_start;

/* A copy, since PostgreSQL writes the titles of its processes over their environment. */
static const char *copy_of(const char *variable) {
  const char *value = getenv(variable);
  return value ? strdup(value) : NULL;
}

__attribute__((constructor)) static void begin(void) {
  const char *directory = getenv("FAULTS_DIRECTORY"), *undo = getenv("FAULTS_UNDO");
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  force_file = copy_of("FAULTS_FORCE_FILE");
  clock_file = copy_of("FAULTS_CLOCK_FILE");
  if (directory) snprintf(slow, sizeof slow, "%s", directory);
  if (directory && undo) {
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    process_start = now.tv_sec * 1000000000ull + now.tv_nsec;
    snprintf(side, sizeof side, "%s", undo);
    snprintf(watched, sizeof watched, "%s", directory);
  }
}

static void die(const char *why, const char *where) {
  dprintf(STDERR_FILENO, "faults.c cannot go on: %s: %s: %s\n", why, where, strerror(errno));
  abort();
}

static bool is_below(const char *directory, const char *path) {
  size_t length = strlen(directory);
  return length > 0 && strncmp(path, directory, length) == 0 && path[length] == '/';
}

static void path_of(int fd, char path[PATH_MAX]) {
  char link[32];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  path[length < 0 ? 0 : length] = 0;
}

/* Whether a file that is open is watched; what was removed is, since it may be brought back. */
static bool is_watched(int fd, struct stat *status) {
  char path[PATH_MAX];
  if (!*watched || fstat(fd, status) != 0 || !(S_ISREG(status->st_mode) || S_ISDIR(status->st_mode)))
    return false;
  path_of(fd, path);
  return fd != journal && (is_below(watched, path) || is_below(side, path) || !strcmp(watched, path));
}

/* A name in a directory. */
struct place {
  char directory[PATH_MAX], name[NAME_MAX + 1], path[PATH_MAX + NAME_MAX + 2];
  uint64_t inode; /* of the directory */
  bool exists;
  struct stat status; /* of what has the name, if it exists */
};

/* Finds a place; false if it is not below the watched directory. */
static bool find(int at, const char *path, struct place *place) {
  char text[PATH_MAX * 2] = "", *slash;
  struct stat directory;
  if (!*watched || !path || strlen(path) >= PATH_MAX) return false;
  if (*path != '/' && at != AT_FDCWD) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", at);
    if (readlink(link, text, PATH_MAX - 1) < 0) return false;
    strcat(text, "/");
  }
  strcat(text, path);
  while ((slash = strrchr(text, '/')) && slash != text && !slash[1]) *slash = 0;
  const char *name = slash ? slash + 1 : text;
  if (strlen(name) > NAME_MAX) return false;
  strcpy(place->name, name);
  if (slash) slash[slash == text] = 0;
  if (!realpath(slash ? text : ".", place->directory)) return false;
  if (strcmp(place->directory, watched) && !is_below(watched, place->directory)) return false;
  if (stat(place->directory, &directory) != 0) return false;
  place->inode = directory.st_ino;
  sprintf(place->path, "%s/%s", place->directory, place->name);
  place->exists = lstat(place->path, &place->status) == 0;
  return true;
}

static void append_fully(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = syscall(SYS_write, journal, bytes, count);
    if (written <= 0) die("the undo journal cannot be written", side);
    bytes += written, count -= written;
  }
}

/* A journal is begun with its first entry: a process that changes nothing leaves none. */
static void append(struct entry entry, const char *name, const char *other, const char *kept,
                   const char *saved) {
  if (journal < 0) {
    char path[PATH_MAX + 64];
    sprintf(path, "%s/%020llu-%d.undo", side, (unsigned long long)process_start, getpid());
    journal = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (journal < 0) die("an undo journal cannot be created", path);
  }
  entry.magic = MAGIC;
  entry.name = strlen(name), entry.other = strlen(other), entry.kept = strlen(kept);
  size_t length = sizeof entry + entry.name + entry.other + entry.kept + entry.saved;
  char *bytes = malloc(length), *end = bytes;
  if (!bytes) die("no memory", side);
  end = mempcpy(end, &entry, sizeof entry);
  end = mempcpy(end, name, entry.name);
  end = mempcpy(end, other, entry.other);
  end = mempcpy(end, kept, entry.kept);
  mempcpy(end, saved, entry.saved);
  append_fully(bytes, length);
  free(bytes);
  journal_length += length;
}

/* Appends that a range of a file changes, with what is in it now; from has it open or names it. */
static void append_change(int kind, const char *from, const struct stat *status, off_t offset,
                          size_t count) {
  struct entry entry = {.kind = kind, .inode = status->st_ino, .offset = offset, .length = count};
  off_t end = kind == RESIZE || offset + (off_t)count > status->st_size ? status->st_size
                                                                        : offset + (off_t)count;
  entry.old_length = status->st_size;
  entry.saved = end > offset ? end - offset : 0;
  char *saved = malloc(entry.saved + 1);
  if (entry.saved > 0) {
    int fd = syscall(SYS_openat, AT_FDCWD, from, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0 || pread(fd, saved, entry.saved, offset) != (ssize_t)entry.saved)
      die("what is about to be overwritten cannot be read", from);
    close(fd);
  }
  append(entry, "", "", "", saved);
  free(saved);
}

/* Takes the lock and appends a write, if the file is watched; leave(it) after the write. */
static bool enter_write(int fd, off_t offset, size_t count) {
  struct stat status;
  char link[32];
  if (!is_watched(fd, &status)) return false;
  pthread_mutex_lock(&lock);
  fstat(fd, &status);
  if (offset == AT_POSITION)
    offset = fcntl(fd, F_GETFL) & O_APPEND ? status.st_size : lseek(fd, 0, SEEK_CUR);
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  append_change(WRITE, link, &status, offset, count);
  return true;
}

static bool enter_resize(int fd, off_t length) {
  struct stat status;
  char link[32];
  if (!is_watched(fd, &status)) return false;
  pthread_mutex_lock(&lock);
  fstat(fd, &status);
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  append_change(RESIZE, link, &status, length, 0);
  return true;
}

static void leave(bool is_entered) {
  if (is_entered) pthread_mutex_unlock(&lock);
}

#define BETWEEN(enter, type, call) \
  bool is_entered = (enter);       \
  type result = (call);            \
  leave(is_entered);               \
  return result

static size_t total(const struct iovec *parts, int count) {
  size_t sum = 0;
  for (int i = 0; i < count; i++) sum += parts[i].iov_len;
  return sum;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  BETWEEN(enter_write(fd, AT_POSITION, count), ssize_t, syscall(SYS_write, fd, bytes, count));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  BETWEEN(enter_write(fd, AT_POSITION, total(parts, count)), ssize_t,
          syscall(SYS_writev, fd, parts, count));
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  BETWEEN(enter_write(fd, at, count), ssize_t, syscall(SYS_pwrite64, fd, bytes, count, at));
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  return pwrite64(fd, bytes, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  BETWEEN(enter_write(fd, at, total(parts, count)), ssize_t,
          syscall(SYS_pwritev, fd, parts, count, at, 0));
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  return pwritev64(fd, parts, count, at);
}

int ftruncate64(int fd, off64_t length) {
  BETWEEN(enter_resize(fd, length), int, syscall(SYS_ftruncate, fd, length));
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

/* What it adds is undone by the old length; what it would take or zero is not asked for here. */
int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
  struct stat status;
  if (mode != 0 && is_watched(fd, &status)) die("fallocate in a mode that is not recorded", watched);
  BETWEEN(enter_write(fd, offset, 0), int, syscall(SYS_fallocate, fd, mode, offset, length));
}

int fallocate(int fd, int mode, off_t offset, off_t length) {
  return fallocate64(fd, mode, offset, length);
}

int posix_fallocate64(int fd, off64_t offset, off64_t length) {
  return fallocate64(fd, 0, offset, length) == 0 ? 0 : errno;
}

int posix_fallocate(int fd, off_t offset, off_t length) {
  return posix_fallocate64(fd, offset, length);
}

static int do_open(int at, const char *path, int flags, mode_t mode) {
  struct place place;
  bool is_written = (flags & O_ACCMODE) != O_RDONLY;
  if (!(is_written || flags & (O_CREAT | O_TRUNC)) || !find(at, path, &place))
    return syscall(SYS_openat, at, path, flags, mode);
  if (flags & O_DSYNC || (flags & O_TMPFILE) == O_TMPFILE)
    die("O_SYNC, O_DSYNC and O_TMPFILE are not recorded", place.path);
  pthread_mutex_lock(&lock);
  find(at, path, &place);
  if (!place.exists && flags & O_CREAT) {
    append((struct entry){.kind = CREATE, .inode = place.inode}, place.name, "", "", "");
  } else if (place.exists && flags & O_TRUNC && !(flags & O_EXCL)) {
    append_change(RESIZE, place.path, &place.status, 0, 0);
  }
  int fd = syscall(SYS_openat, at, path, flags, mode);
  pthread_mutex_unlock(&lock);
  return fd;
}

#define OPEN(at)                                       \
  mode_t mode = 0;                                     \
  if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
    va_list rest;                                      \
    va_start(rest, flags);                             \
    mode = va_arg(rest, mode_t);                       \
    va_end(rest);                                      \
  }                                                    \
  return do_open(at, path, flags, mode)

int open(const char *path, int flags, ...) { OPEN(AT_FDCWD); }
int open64(const char *path, int flags, ...) { OPEN(AT_FDCWD); }
int openat(int at, const char *path, int flags, ...) { OPEN(at); }
int openat64(int at, const char *path, int flags, ...) { OPEN(at); }
int __open_2(const char *path, int flags) { return do_open(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return do_open(AT_FDCWD, path, flags, 0); }
int creat(const char *path, mode_t mode) {
  return do_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int mkdirat(int at, const char *path, mode_t mode) {
  struct place place;
  if (!find(at, path, &place)) return syscall(SYS_mkdirat, at, path, mode);
  pthread_mutex_lock(&lock);
  if (find(at, path, &place) && !place.exists)
    append((struct entry){.kind = MKDIR, .inode = place.inode}, place.name, "", "", "");
  int result = syscall(SYS_mkdirat, at, path, mode);
  pthread_mutex_unlock(&lock);
  return result;
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

static void name_kept(char *kept, char *path) {
  sprintf(kept, "%020llu-%d-%llu.kept", (unsigned long long)process_start, getpid(),
          (unsigned long long)journal_length);
  sprintf(path, "%s/%s", side, kept);
}

static bool is_empty(const char *path) {
  DIR *directory = opendir(path);
  int names = 0;
  while (directory && readdir(directory)) names++;
  if (directory) closedir(directory);
  return names == 2;
}

int unlinkat(int at, const char *path, int flags) {
  struct place place;
  char kept[128], kept_path[PATH_MAX + 128];
  if (!find(at, path, &place)) return syscall(SYS_unlinkat, at, path, flags);
  pthread_mutex_lock(&lock);
  int result;
  bool is_directory = find(at, path, &place) && place.exists && S_ISDIR(place.status.st_mode);
  if (!place.exists || is_directory != !!(flags & AT_REMOVEDIR) ||
      (is_directory && !is_empty(place.path))) {
    result = syscall(SYS_unlinkat, at, path, flags); /* which fails */
  } else {
    name_kept(kept, kept_path);
    append((struct entry){.kind = REMOVE, .inode = place.inode}, place.name, "", kept, "");
    result = syscall(SYS_renameat2, AT_FDCWD, place.path, AT_FDCWD, kept_path, 0);
    if (result != 0) die("what is removed cannot be kept", kept_path);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  struct place source, target;
  char kept[128] = "", kept_path[PATH_MAX + 128];
  bool is_from = find(from_at, from, &source), is_to = find(to_at, to, &target);
  if (!is_from && !is_to) return syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  if (!is_from || !is_to || source.inode != target.inode ||
      flags & ~RENAME_NOREPLACE)
    die("a rename out of its directory is not recorded", from);
  pthread_mutex_lock(&lock);
  find(from_at, from, &source), find(to_at, to, &target);
  if (target.exists && !(flags & RENAME_NOREPLACE)) {
    name_kept(kept, kept_path);
    if (syscall(SYS_linkat, AT_FDCWD, target.path, AT_FDCWD, kept_path, 0) != 0)
      die("what is replaced cannot be kept", kept_path);
  }
  if (source.exists && !(target.exists && flags & RENAME_NOREPLACE))
    append((struct entry){.kind = RENAME, .inode = source.inode}, source.name, target.name, kept, "");
  int result = syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  pthread_mutex_unlock(&lock);
  return result;
}

int renameat(int from_at, const char *from, int to_at, const char *to) {
  return renameat2(from_at, from, to_at, to, 0);
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

/* The number in a file, 0 if there is none. */
static int64_t number_in(const char *file) {
  char text[32] = "";
  int fd = file ? syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0) : -1;
  if (fd >= 0) {
    if (read(fd, text, sizeof text - 1) < 0) *text = 0;
    close(fd);
  }
  return strtoll(text, NULL, 10);
}

static void pause_before_force(void) {
  int64_t millis = number_in(force_file);
  struct timespec pause = {millis / 1000, millis % 1000 * 1000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, &pause) == EINTR) continue;
}

static int force_slowly(int fd, long call) {
  char path[PATH_MAX];
  path_of(fd, path);
  if (is_below(slow, path)) pause_before_force();
  return syscall(call, fd);
}

static int force(int fd, long call) {
  struct stat status;
  if (*slow && !*watched) return force_slowly(fd, call);
  if (!is_watched(fd, &status)) return syscall(call, fd);
  pthread_mutex_lock(&lock);
  uint64_t up_to = journal_length;
  pthread_mutex_unlock(&lock);
  pause_before_force();
  int result = syscall(call, fd);
  if (result == 0) {
    pthread_mutex_lock(&lock);
    append((struct entry){.kind = FORCED, .inode = status.st_ino, .offset = up_to}, "", "", "", "");
    pthread_mutex_unlock(&lock);
  }
  return result;
}

int fsync(int fd) { return force(fd, SYS_fsync); }
int fdatasync(int fd) { return force(fd, SYS_fdatasync); }

/* What could change a file and is not recorded. */

static void refuse_name(int at, const char *path, const char *what) {
  struct place place;
  if (find(at, path, &place)) die(what, path);
}

static void refuse_open(int fd, const char *what) {
  struct stat status;
  if (is_watched(fd, &status)) die(what, watched);
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
  if (fd >= 0 && flags & MAP_SHARED && protection & PROT_WRITE && !(flags & MAP_ANONYMOUS))
    refuse_open(fd, "a writable mapping is not recorded");
  return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
  return mmap64(address, length, protection, flags, fd, offset);
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
  refuse_name(to_at, to, "a link is not recorded");
  return syscall(SYS_linkat, from_at, from, to_at, to, flags);
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }
int symlink(const char *content, const char *path) {
  refuse_name(AT_FDCWD, path, "a symbolic link is not recorded");
  return syscall(SYS_symlinkat, content, AT_FDCWD, path);
}

int truncate64(const char *path, off64_t length) {
  refuse_name(AT_FDCWD, path, "truncate by name is not recorded");
  return syscall(SYS_truncate, path, length);
}
int truncate(const char *path, off_t length) { return truncate64(path, length); }

ssize_t sendfile64(int out, int in, off64_t *offset, size_t count) {
  refuse_open(out, "sendfile into a file is not recorded");
  return syscall(SYS_sendfile, out, in, offset, count);
}
ssize_t sendfile(int out, int in, off_t *offset, size_t count) {
  return sendfile64(out, in, offset, count);
}
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t count, unsigned flags) {
  refuse_open(out, "copy_file_range is not recorded");
  return syscall(SYS_copy_file_range, in, from, out, to, count, flags);
}

#define FOPEN(name)                                                                    \
  FILE *name(const char *path, const char *mode) {                                     \
    FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, #name);                \
    if (strpbrk(mode, "wa+")) refuse_name(AT_FDCWD, path, "a stream is not recorded"); \
    return real(path, mode);                                                           \
  }
FOPEN(fopen)
FOPEN(fopen64)

/* The clock. */

static int true_time(clockid_t clock, struct timespec *time) {
  return real_clock_gettime ? real_clock_gettime(clock, time)
                            : (int)syscall(SYS_clock_gettime, clock, time);
}

static int64_t seconds_wrong(void) {
  static _Atomic int64_t next_look, seconds;
  struct timespec now;
  if (!clock_file) return 0;
  true_time(CLOCK_MONOTONIC, &now);
  int64_t millis = now.tv_sec * 1000ll + now.tv_nsec / 1000000;
  if (millis >= next_look) {
    next_look = millis + 50;
    int error = errno;
    seconds = number_in(clock_file);
    errno = error;
  }
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = true_time(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    time->tv_sec += seconds_wrong();
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec, time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}
