#define _GNU_SOURCE
#include "CPlatform.h"
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

int gh_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int gh_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t name) {
    static const int operations[] = {EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL};
    struct epoll_event event = {.events = events, .data = {.u64 = name}};
    return epoll_ctl(epoll, operations[operation], fd, &event) == 0 ? 0 : errno;
}

int gh_epoll_wait(int epoll, gh_event *events, int capacity, int timeout_ms) {
    struct epoll_event raw[256];
    if (capacity > 256) capacity = 256;
    // Not by epoll_wait, which is a point of cancellation (see socket.c).
    int count = (int)syscall(SYS_epoll_pwait, (long)epoll, raw, (long)capacity, (long)timeout_ms, (void *)0, 8L);
    if (count < 0) return -errno;
    for (int i = 0; i < count; i++) {
        events[i].events = raw[i].events;
        events[i].name = raw[i].data.u64;
    }
    return count;
}

int gh_eventfd_create(void) {
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

void gh_eventfd_signal(int fd) {
    uint64_t one = 1;
    // The counter can only overflow after 2^64 signals, and a full counter is readable already.
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;
}

void gh_eventfd_clear(int fd) {
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
}
