// A pipe whose content outlives the process that wrote it: a small process beside it writes what is left to a file.
#ifndef GATEHOUSE_KEEPER_H
#define GATEHOUSE_KEEPER_H

#include <stddef.h>
#include <sys/types.h>

typedef struct {
    int reading;
    int writing;
    // Open as long as this process lives; the keeper waits for its end.
    int life;
    pid_t keeper;
} gh_kept_pipe;

// Opens a pipe of about `capacity` bytes whose ends never block, and starts its keeper, which appends to `path` what
// the pipe holds when this process has ended. Returns 0 or the errno.
int gh_kept_pipe_open(gh_kept_pipe *pipe, size_t capacity, const char *path);
// Lets the keeper end, and waits for that: it writes what the pipe still holds.
void gh_kept_pipe_close(gh_kept_pipe *pipe);
// Bytes that the pipe took: all of a line of at most PIPE_BUF bytes, or none. 0 when it is full; minus the errno.
ssize_t gh_kept_pipe_write(int writing, const void *bytes, size_t count);
// Moves bytes from the pipe to the file's current place inside the kernel: what is not moved stays in the pipe, whenever
// the process is killed. 0 when there is nothing; minus the errno.
ssize_t gh_kept_pipe_move(int reading, int file, size_t count);
// Throws bytes of the pipe away. 0 when there is nothing; minus the errno.
ssize_t gh_kept_pipe_discard(int reading, size_t count);

#endif
