#define _GNU_SOURCE
#include "CPlatform.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/random.h>
#include <time.h>

uint64_t gh_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t gh_wall_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static _Thread_local void *slot;

void *gh_thread_slot_get(void) { return slot; }
void gh_thread_slot_set(void *value) { slot = value; }

uint64_t gh_thread_id(void) { return (uint64_t)pthread_self(); }

void gh_thread_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void gh_ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

int gh_random(void *bytes, size_t count) {
    unsigned char *at = bytes;
    while (count > 0) {
        ssize_t filled = getrandom(at, count, 0);
        if (filled < 0) {
            if (errno == EINTR) continue;
            return errno;
        }
        at += filled;
        count -= (size_t)filled;
    }
    return 0;
}
