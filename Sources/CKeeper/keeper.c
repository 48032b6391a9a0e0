#define _GNU_SOURCE
#include "CKeeper.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Of a process with threads only calls that are safe in signal handlers may follow a fork: no memory is asked for here.
static void keep(int reading, int life, const char *path) {
    // What ends the gateway must not end its keeper first; a terminal that is closed neither.
    setsid();
    for (int number = 1; number < 32; number++) signal(number, SIG_IGN);
    prctl(PR_SET_NAME, "recording-keep");
    // Nothing that the gateway has open may stay open here: ports, logs, pipes that somebody waits for.
    int copies[2] = {fcntl(reading, F_DUPFD, 5), fcntl(life, F_DUPFD, 5)};
    const int own = 3, end = 4;
    if (dup2(copies[0], own) < 0 || dup2(copies[1], end) < 0) _exit(1);
    syscall(SYS_close_range, 0, 2, 0);
    syscall(SYS_close_range, 5, ~0u, 0);
    char byte;
    while (read(end, &byte, 1) < 0 && errno == EINTR) {}
    static char buffer[65536];
    int file = -1;
    for (;;) {
        ssize_t got = read(own, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        if (file < 0) file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file < 0) _exit(1);
        for (ssize_t done = 0; done < got;) {
            ssize_t written = write(file, buffer + done, (size_t)(got - done));
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) _exit(1);
            done += written;
        }
    }
    _exit(0);
}

int gh_kept_pipe_open(gh_kept_pipe *kept, size_t capacity, const char *path) {
    int data[2], life[2];
    if (pipe2(data, O_CLOEXEC | O_NONBLOCK) != 0) return errno;
    if (pipe2(life, O_CLOEXEC) != 0) {
        int code = errno;
        close(data[0]);
        close(data[1]);
        return code;
    }
    // A smaller pipe works as well; what does not fit waits in memory.
    (void)fcntl(data[1], F_SETPIPE_SZ, (int)capacity);
    pid_t keeper = fork();
    if (keeper == 0) keep(data[0], life[0], path);
    int code = errno;
    close(life[0]);
    if (keeper < 0) {
        close(life[1]);
        close(data[0]);
        close(data[1]);
        return code;
    }
    kept->reading = data[0];
    kept->writing = data[1];
    kept->life = life[1];
    kept->keeper = keeper;
    return 0;
}

void gh_kept_pipe_close(gh_kept_pipe *kept) {
    close(kept->writing);
    close(kept->life);
    int status;
    while (waitpid(kept->keeper, &status, 0) < 0 && errno == EINTR) {}
    close(kept->reading);
}

ssize_t gh_kept_pipe_write(int writing, const void *bytes, size_t count) {
    for (;;) {
        ssize_t written = write(writing, bytes, count);
        if (written >= 0) return written;
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) return -errno;
    }
}

ssize_t gh_kept_pipe_move(int reading, int file, size_t count) {
    for (;;) {
        ssize_t moved = splice(reading, 0, file, 0, count, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
        if (moved >= 0) return moved;
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) return -errno;
    }
}

ssize_t gh_kept_pipe_discard(int reading, size_t count) {
    char buffer[65536];
    for (;;) {
        ssize_t got = read(reading, buffer, count < sizeof buffer ? count : sizeof buffer);
        if (got >= 0) return got;
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) return -errno;
    }
}
