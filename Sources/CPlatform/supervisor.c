// The processes that stand between the gateway and the functions it runs, so that nothing of a function outlives it.
//
//   gateway ── supervisor ── keeper ── function ── whatever the function starts
//
// The supervisor is started once, as another run of this executable, and does nothing but fork: one keeper for each
// function. A keeper is the "subreaper" of its function: descendants that lose their parent become its children,
// setsid or not. It lives as long as its lifeline, a socket whose other end only the gateway holds. When the gateway
// dies, by whatever signal, the lifelines close, and each keeper kills what is below it.
#define _GNU_SOURCE
#include "CPlatform.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { supervisor_fd = 3, request_limit = 160 * 1024 };

// MARK: The gateway's side

int gh_supervisor_start(const char *executable, const char *verb, pid_t *pid) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
    int size = 2 * request_limit;
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], supervisor_fd);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // A session of its own: Ctrl-C at the terminal is for the gateway, which stops its functions in order.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);

    char *arguments[] = {(char *)"gatehouse", (char *)verb, 0};
    char *environment[] = {0};
    int code = posix_spawn(pid, executable, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (code != 0) {
        close(ends[0]);
        return -code;
    }
    return ends[0];
}

int gh_supervisor_launch(int supervisor, const void *request, size_t length, int *lifeline, int *output) {
    if (length > request_limit) return E2BIG;
    int life[2], out[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, life) != 0) return errno;
    if (pipe2(out, O_CLOEXEC) != 0) {
        int error = errno;
        close(life[0]);
        close(life[1]);
        return error;
    }
    struct iovec part = {(void *)request, length};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {0};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.room;
    message.msg_controllen = sizeof control.room;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(2 * sizeof(int));
    int given[2] = {life[1], out[1]};
    memcpy(CMSG_DATA(header), given, sizeof given);
    ssize_t sent = sendmsg(supervisor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    int error = sent < 0 ? errno : 0;
    close(life[1]);
    close(out[1]);
    if (error != 0) {
        close(life[0]);
        close(out[0]);
        return error;
    }
    fcntl(life[0], F_SETFL, O_NONBLOCK);
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    *lifeline = life[0];
    *output = out[0];
    return 0;
}

int gh_lifeline_read(int lifeline, gh_life_event *event) {
    ssize_t count = recv(lifeline, event, sizeof *event, MSG_DONTWAIT);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? GH_LIFE_NOTHING : GH_LIFE_ENDED;
    return count == sizeof *event ? GH_LIFE_EVENT : GH_LIFE_ENDED;
}

void gh_lifeline_terminate(int lifeline) {
    char word = 'T';
    send(lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void gh_lifeline_kill(int lifeline) {
    char word = 'K';
    send(lifeline, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t gh_read(int fd, void *bytes, size_t count) {
    ssize_t got = read(fd, bytes, count);
    return got < 0 ? -errno : got;
}

void gh_reap(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
}

// MARK: Killing what is below

static void pause_milliseconds(long count) {
    struct timespec time = {count / 1000, count % 1000 * 1000000};
    nanosleep(&time, 0);
}

// The parent of a process as /proc tells it; 0 when it is gone or a zombie.
static pid_t parent_of(const char *number) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%s/stat", number);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t count = read(fd, text, sizeof text - 1);
    close(fd);
    if (count <= 0) return 0;
    text[count] = 0;
    // The name stands in brackets and may hold any character, brackets too.
    char *end = strrchr(text, ')');
    char state;
    int parent;
    if (end == 0 || sscanf(end + 1, " %c %d", &state, &parent) != 2 || state == 'Z') return 0;
    return parent;
}

// Sends SIGKILL to every child of this process; returns how many there were that could be killed.
static int kill_children(void) {
    DIR *folder = opendir("/proc");
    if (folder == 0) return 0;
    pid_t me = getpid();
    int killed = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != 0;) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
        if (parent_of(entry->d_name) == me && kill((pid_t)atoi(entry->d_name), SIGKILL) == 0) killed++;
    }
    closedir(folder);
    return killed;
}

// Children of those that die become children of this process, so rounds go on until there are none. `status` gets the
// end of `child`, when that is among them. Gives up after some seconds: what another user owns cannot be killed.
static void kill_everything(pid_t child, int *status) {
    for (int round = 0; round < 5000; round++) {
        kill_children();
        int one;
        pid_t ended;
        while ((ended = waitpid(-1, &one, WNOHANG)) > 0) {
            if (ended == child) *status = one;
        }
        if (ended < 0 && errno == ECHILD) return;
        pause_milliseconds(round < 50 ? 1 : 2);
    }
}

// MARK: The keeper

static void tell(int lifeline, int kind, int value) {
    gh_life_event event = {kind, value};
    send(lifeline, &event, sizeof event, MSG_NOSIGNAL);
}

// Becomes the function. Reports an errno through `problem`, which closes when the new program is in place.
static void become(char *request, size_t length, int output, int problem) {
    uint32_t counts[2];
    memcpy(counts, request, sizeof counts);
    char *at = request + sizeof counts, *end = request + length;
    char *folder = at;
    char **arguments = calloc(counts[0] + 1, sizeof(char *));
    char **environment = calloc(counts[1] + 1, sizeof(char *));
    int error = ENOMEM;
    if (arguments != 0 && environment != 0) {
        at += strlen(at) + 1;
        for (uint32_t index = 0; index < counts[0] && at < end; index++, at += strlen(at) + 1) arguments[index] = at;
        for (uint32_t index = 0; index < counts[1] && at < end; index++, at += strlen(at) + 1) environment[index] = at;

        setsid();
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        // As in Lambda; the gateway's own limit may be far higher, and some programs walk through all of it.
        struct rlimit files;
        if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
            files.rlim_cur = files.rlim_max < 1024 ? files.rlim_max : 1024;
            setrlimit(RLIMIT_NOFILE, &files);
        }
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0);
        dup2(output, 1);
        dup2(output, 2);
        dup2(problem, 3);
        fcntl(3, F_SETFD, FD_CLOEXEC);
        syscall(SYS_close_range, 4u, ~0u, 0u);
        problem = 3;
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, 0);
        if (chdir(folder) == 0) {
            environ = environment;
            execvp(arguments[0], arguments);
        }
        error = errno;
    }
    ssize_t ignored = write(problem, &error, sizeof error);
    (void)ignored;
    _exit(127);
}

static void keep(char *request, size_t length, int lifeline, int output) {
    prctl(PR_SET_NAME, "gh-keeper");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    signal(SIGCHLD, SIG_DFL);
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_signal, 0);
    int signals = signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
    int problem[2];
    if (signals < 0 || pipe2(problem, O_CLOEXEC) != 0) {
        tell(lifeline, GH_LIFE_FAILED, errno);
        _exit(1);
    }
    pid_t child = fork();
    if (child == 0) become(request, length, output, problem[1]);
    int error = child < 0 ? errno : 0;
    close(output);
    close(problem[1]);
    if (error == 0 && read(problem[0], &error, sizeof error) != sizeof error) error = 0;
    close(problem[0]);
    int status = 0;
    if (error != 0) {
        kill_everything(child, &status);
        tell(lifeline, GH_LIFE_FAILED, error);
        _exit(1);
    }
    tell(lifeline, GH_LIFE_STARTED, child);

    struct pollfd watched[2] = {{lifeline, POLLIN, 0}, {signals, POLLIN, 0}};
    for (int running = 1; running;) {
        if (poll(watched, 2, -1) < 0 && errno != EINTR) break;
        if (watched[0].revents != 0) {
            char word;
            ssize_t count = recv(lifeline, &word, 1, MSG_DONTWAIT);
            if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) break;
            if (count == 1 && word == 'K') break;
            if (count == 1) kill(-child, SIGTERM);
        }
        if (watched[1].revents != 0) {
            struct signalfd_siginfo noted;
            while (read(signals, &noted, sizeof noted) == sizeof noted) {}
            int one;
            pid_t ended;
            while ((ended = waitpid(-1, &one, WNOHANG)) > 0) {
                if (ended != child) continue;
                status = one;
                running = 0;
            }
        }
    }
    kill_everything(child, &status);
    tell(lifeline, GH_LIFE_EXITED, status);
    _exit(0);
}

// MARK: The supervisor

// Waits for one request and the two descriptors that come with it. Returns its length, or 0 when the gateway is gone.
static size_t receive_request(char *room, size_t capacity, int given[2]) {
    for (;;) {
        struct iovec part = {room, capacity};
        union {
            struct cmsghdr header;
            char room[CMSG_SPACE(2 * sizeof(int))];
        } control;
        struct msghdr message = {0};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        ssize_t count = recvmsg(supervisor_fd, &message, MSG_CMSG_CLOEXEC);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return 0;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (header == 0 || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(2 * sizeof(int))) continue;
        memcpy(given, CMSG_DATA(header), 2 * sizeof(int));
        if ((size_t)count > 2 * sizeof(uint32_t) && room[count - 1] == 0) return (size_t)count;
        close(given[0]);
        close(given[1]);
    }
}

void gh_supervisor_run(void) {
    // Only the gateway starts this, with a socket in the agreed place.
    int type;
    socklen_t size = sizeof type;
    if (getsockopt(supervisor_fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_SEQPACKET) return;
    prctl(PR_SET_NAME, "gh-supervisor");
    fcntl(supervisor_fd, F_SETFD, FD_CLOEXEC);
    syscall(SYS_close_range, 4u, ~0u, 0u);
    // Keepers end on their own, and nobody asks how.
    signal(SIGCHLD, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    static char room[request_limit + 1];
    int given[2];
    for (size_t length; (length = receive_request(room, sizeof room, given)) > 0;) {
        pid_t keeper = fork();
        if (keeper == 0) {
            close(supervisor_fd);
            keep(room, length, given[0], given[1]);
        }
        if (keeper < 0) tell(given[0], GH_LIFE_FAILED, errno);
        close(given[0]);
        close(given[1]);
    }
    // The lifelines are closed too, and the keepers at work. What is left after that belonged to a keeper that was
    // killed.
    pause_milliseconds(200);
    int status;
    kill_everything(0, &status);
    _exit(0);
}
