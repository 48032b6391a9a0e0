// Linux interfaces that Swift's Glibc module leaves out. All names carry the prefix gh_.
#ifndef GATEHOUSE_CPLATFORM_H
#define GATEHOUSE_CPLATFORM_H

#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

// One readiness report of epoll with the 64-bit name that the caller gave the descriptor.
typedef struct {
    uint32_t events;
    uint64_t name;
} gh_event;

int gh_epoll_create(void);
// operation: 0 add, 1 modify, 2 delete. Returns 0 or the errno.
int gh_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t name);
// Returns the number of events, or minus the errno.
int gh_epoll_wait(int epoll, gh_event *events, int capacity, int timeout_ms);

int gh_eventfd_create(void);
void gh_eventfd_signal(int fd);
void gh_eventfd_clear(int fd);

// A non-blocking, close-on-exec connection, or minus the errno.
int gh_accept(int listener, struct sockaddr_storage *peer, socklen_t *length);
// A non-blocking, close-on-exec TCP or Unix listener, or minus the errno.
int gh_listen(const struct sockaddr *address, socklen_t length, int backlog);
int gh_set_no_delay(int fd);
// Sends without SIGPIPE. Returns the count, or minus the errno.
ssize_t gh_send(int fd, const void *bytes, size_t count, int more);
// Returns the count, 0 at the end, or minus the errno.
// Sends two buffers as one piece.
ssize_t gh_send_two(int fd, const void *bytes, size_t count, const void *more, size_t more_count);
// Bytes in the send queue, confirmed ones left out; 0 when it cannot be told.
int gh_queued_bytes(int fd);
// Fills in what has come for each entry by now. Returns how many have something, or minus the errno.
int gh_poll_now(struct pollfd *entries, uint32_t count);
int gh_duplicate(int fd);
ssize_t gh_receive(int fd, void *bytes, size_t count);
int gh_close(int fd);
void gh_shutdown_write(int fd);

// Nanoseconds of the monotonic clock, and of the wall clock since 1970.
uint64_t gh_monotonic_nanoseconds(void);
int64_t gh_wall_nanoseconds(void);

// A pointer slot of the calling thread, used around calls into C that call back (never across them).
void *gh_thread_slot_get(void);
void gh_thread_slot_set(void *value);

uint64_t gh_thread_id(void);
// Names the calling thread for debuggers; at most 15 characters.
void gh_thread_name(const char *name);
void gh_ignore_sigpipe(void);
// A pipe into which caught signals are written, one byte each; returns its reading end, or minus the errno. Once per process.
int gh_signals_open(void);
int gh_signals_catch(int number);
// Waits for the next caught signal; -1 when the pipe is closed.
int gh_signals_next(int fd);
// Fills the buffer from the kernel's generator. Returns 0 or the errno.
int gh_random(void *bytes, size_t count);

// What a keeper tells about its function.
enum { GH_LIFE_STARTED = 1, GH_LIFE_FAILED = 2, GH_LIFE_EXITED = 3 };
typedef struct {
    int32_t kind;
    // The process id, the errno of the failed start, or the status that waitpid gave.
    int32_t value;
} gh_life_event;
enum { GH_LIFE_NOTHING = 0, GH_LIFE_EVENT = 1, GH_LIFE_ENDED = 2 };

// Starts `executable verb`, which must call gh_supervisor_run. Returns the socket to it, or minus the errno.
int gh_supervisor_start(const char *executable, const char *verb, pid_t *pid);
// Never returns, unless it was not gh_supervisor_start that started this process.
void gh_supervisor_run(void);
// Asks for a function. The request: two uint32 (arguments, variables), then the folder, the arguments and the variables,
// each ended by a zero byte. `lifeline` reports and, closed, kills; `output` is what the function prints. Both are
// non-blocking and the caller's. Returns 0 or the errno.
int gh_supervisor_launch(int supervisor, const void *request, size_t length, int *lifeline, int *output);
int gh_lifeline_read(int lifeline, gh_life_event *event);
// Asks the function to end (SIGTERM to its process group).
void gh_lifeline_terminate(int lifeline);
// Has everything of the function killed; the lifeline tells when that is done.
void gh_lifeline_kill(int lifeline);
// Returns the count, 0 at the end, or minus the errno.
ssize_t gh_read(int fd, void *bytes, size_t count);
// Waits for a child that is ending.
void gh_reap(pid_t pid);

#endif
