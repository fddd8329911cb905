/* A disk on which every force takes longer: LD_PRELOAD it, with SLOW_FORCE_MICROS in the environment. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_the_disk(void) {
  const char *micros = getenv("SLOW_FORCE_MICROS");
  long wanted = micros == NULL ? 2000 : atol(micros);
  struct timespec time = {wanted / 1000000, wanted % 1000000 * 1000};
  nanosleep(&time, NULL);
}

int fsync(int file) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_for_the_disk();
  return real(file);
}

int fdatasync(int file) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_for_the_disk();
  return real(file);
}
