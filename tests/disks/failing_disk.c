/* A disk that fails on command, between a program and the C library: what lies below FAILING_DISK_UNDER obeys
 * the plan in the file FAILING_DISK_PLAN, two 32-bit integers that anybody may change while the program runs.
 *
 * plan[0] is what to do, plan[1] how many operations still pass before that. Counted are the operations that
 * change the disk: write, truncate, sync, rename, unlink. Each is noted in FAILING_DISK_TRACE when that is set.
 * The program knows nothing of it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { SOUND = 0, REFUSE_WRITES = 1, READ_ONLY = 2, FULL = 3, REFUSE_SYNCS = 4, REFUSE_READS = 5, DIE = 6, TEAR = 7, COUNT = 8 };

static volatile int32_t *plan;
static const char *under;
static int trace = -1;

__attribute__((constructor)) static void look(void) {
    const char *path = getenv("FAILING_DISK_PLAN");
    under = getenv("FAILING_DISK_UNDER");
    const char *noted = getenv("FAILING_DISK_TRACE");
    trace = noted ? open(noted, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    int handle = path && under ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (handle >= 0) {
        void *seen = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
        plan = seen == MAP_FAILED ? NULL : seen;
        close(handle);
    }
}

/* One line an operation, appended in one call: what was done, to what, and for a rename what it is called now. */
static void note(const char *what, const char *path, const char *now) {
    char line[9000];
    if (trace < 0) return;
    int size = snprintf(line, sizeof line, "%s %s %s\n", what, path, now);
    ssize_t (*real)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (real(trace, line, (size_t)size) < 0) abort();
}

static int ours_path(const char *path) { return plan && plan[0] && strncmp(path, under, strlen(under)) == 0; }

static int ours(int handle, const char *what) {
    char link[64], path[4096];
    if (!plan || !plan[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    if (!ours_path(path)) return 0;
    if (what) note(what, path, "");
    return 1;
}

/* Whether a change may not happen as asked; `sync` tells a sync from other changes. */
static int32_t verdict(int sync) {
    if (plan[1] > 0) {
        plan[1]--;
        return SOUND;
    }
    switch (plan[0]) {
    case DIE:
        kill(getpid(), SIGKILL);
        for (;;) pause();
    case TEAR:
        return TEAR;
    case REFUSE_WRITES: errno = EIO; return sync ? SOUND : REFUSE_WRITES;
    case READ_ONLY: errno = EROFS; return sync ? SOUND : READ_ONLY;
    case FULL: errno = ENOSPC; return sync ? SOUND : FULL;
    case REFUSE_SYNCS: errno = EIO; return sync ? REFUSE_SYNCS : SOUND;
    default: return SOUND;
    }
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

#define REAL(name) static typeof(&name) real; if (!real) real = (typeof(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int handle, const void *bytes, size_t size) {
    REAL(write);
    if (handle != trace && ours(handle, "write")) {
        int32_t said = verdict(0);
        if (said == TEAR) { real(handle, bytes, size / 2); die(); }
        if (said) return -1;
    }
    return real(handle, bytes, size);
}

#define POSITIONED(name, offset_t)                                                                                     \
    ssize_t name(int handle, const void *bytes, size_t size, offset_t at) {                                            \
        REAL(name);                                                                                                    \
        if (ours(handle, "write")) {                                                                                   \
            int32_t said = verdict(0);                                                                                 \
            if (said == TEAR) { real(handle, bytes, size / 2 / 512 * 512, at); die(); }                                \
            if (said) return -1;                                                                                       \
        }                                                                                                              \
        return real(handle, bytes, size, at);                                                                          \
    }
POSITIONED(pwrite, off_t)
POSITIONED(pwrite64, off64_t)

#define READING(name, offset_t)                                                                                        \
    ssize_t name(int handle, void *bytes, size_t size, offset_t at) {                                                  \
        REAL(name);                                                                                                    \
        if (ours(handle, NULL) && plan[0] == REFUSE_READS) { errno = EIO; return -1; }                                       \
        return real(handle, bytes, size, at);                                                                          \
    }
READING(pread, off_t)
READING(pread64, off64_t)

#define ON_HANDLE(name, sync)                                                                                          \
    int name(int handle) {                                                                                             \
        REAL(name);                                                                                                    \
        if (ours(handle, "sync")) { int32_t said = verdict(sync); if (said == TEAR) die(); if (said) return -1; }               \
        return real(handle);                                                                                           \
    }
ON_HANDLE(fsync, 1)
ON_HANDLE(fdatasync, 1)

#define TRUNCATING(name, offset_t)                                                                                     \
    int name(int handle, offset_t size) {                                                                              \
        REAL(name);                                                                                                    \
        if (ours(handle, "write")) { int32_t said = verdict(0); if (said == TEAR) die(); if (said) return -1; }         \
        return real(handle, size);                                                                                     \
    }
TRUNCATING(ftruncate, off_t)
TRUNCATING(ftruncate64, off64_t)

int rename(const char *from, const char *to) {
    REAL(rename);
    if (ours_path(from)) { note("rename", from, to); int32_t said = verdict(0); if (said == TEAR) die(); if (said) return -1; }
    return real(from, to);
}

int unlink(const char *path) {
    REAL(unlink);
    if (ours_path(path)) { note("unlink", path, ""); int32_t said = verdict(0); if (said == TEAR) die(); if (said) return -1; }
    return real(path);
}
