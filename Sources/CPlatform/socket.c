#define _GNU_SOURCE
#include "CPlatform.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <linux/sockios.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The C library's send and recv are points at which a thread may be cancelled: in a process with several threads every
// call says so before and after with a locked instruction. No thread is cancelled here, so the kernel is asked directly.

static ssize_t ask_to_send(int fd, const void *bytes, size_t count, int flags) {
    return syscall(SYS_sendto, (long)fd, bytes, count, (long)flags, (void *)0, 0L);
}

static ssize_t ask_to_receive(int fd, void *bytes, size_t count, int flags) {
    return syscall(SYS_recvfrom, (long)fd, bytes, count, (long)flags, (void *)0, (void *)0);
}

int gh_accept(int listener, struct sockaddr_storage *peer, socklen_t *length) {
    int fd = accept4(listener, (struct sockaddr *)peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int gh_listen(const struct sockaddr *address, socklen_t length, int backlog) {
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, address, length) != 0 || listen(fd, backlog) != 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int gh_set_no_delay(int fd) {
    int on = 1;
    return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 ? 0 : errno;
}

ssize_t gh_send(int fd, const void *bytes, size_t count, int more) {
    ssize_t sent = ask_to_send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0));
    return sent < 0 ? -errno : sent;
}

ssize_t gh_send_two(int fd, const void *bytes, size_t count, const void *more, size_t more_count) {
    struct iovec parts[2] = {{(void *)bytes, count}, {(void *)more, more_count}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent = syscall(SYS_sendmsg, (long)fd, &message, (long)(MSG_NOSIGNAL | MSG_DONTWAIT));
    return sent < 0 ? -errno : sent;
}

int gh_queued_bytes(int fd) {
    int count = 0;
    return ioctl(fd, SIOCOUTQ, &count) == 0 ? count : 0;
}

int gh_poll_now(struct pollfd *entries, uint32_t count) {
    struct timespec no_time = {0, 0};
    int ready = (int)syscall(SYS_ppoll, entries, (long)count, &no_time, (void *)0, 8L);
    return ready < 0 ? -errno : ready;
}

int gh_duplicate(int fd) {
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? -errno : copy;
}

ssize_t gh_receive(int fd, void *bytes, size_t count) {
    ssize_t received = ask_to_receive(fd, bytes, count, MSG_DONTWAIT);
    return received < 0 ? -errno : received;
}

int gh_close(int fd) { return close(fd) == 0 ? 0 : errno; }

void gh_shutdown_write(int fd) { shutdown(fd, SHUT_WR); }
