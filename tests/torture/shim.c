/* What a process asks of a directory's files, recorded, and made to fail where it is told to.
 *
 * Loaded with LD_PRELOAD. Every call that changes a file below TORTURE_DIR, or makes a change durable, is an operation,
 * counted from 1 over all threads. It is written to TORTURE_LOG before it is performed; `trace.py` reads that file.
 * At operation number TORTURE_AT, TORTURE_FAULT happens:
 *
 *     kill      SIGKILL instead of the operation
 *     torn      a write is performed up to half of its bytes, then SIGKILL; any other operation: as kill
 *     ENOSPC    the operation fails so, and so do the TORTURE_TIMES - 1 writes after it
 *     EIO       likewise, for syncs
 *
 * Rule: nothing here allocates or locks anything that the process could hold, since it runs within its system calls.
 */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_FILES = 4096, LONGEST = 512 };

static char directory[LONGEST], fault[16];
static long at = -1, times = 1, done = 0;
static int log_fd = -1, is_ready = 0;
static char names[MOST_FILES][LONGEST];
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void start(void) {
    const char *given = getenv("TORTURE_DIR"), *log = getenv("TORTURE_LOG"), *what = getenv("TORTURE_FAULT");
    if (given == NULL || realpath(given, directory) == NULL) return;
    if (getenv("TORTURE_AT") != NULL) at = atol(getenv("TORTURE_AT"));
    if (getenv("TORTURE_TIMES") != NULL) times = atol(getenv("TORTURE_TIMES"));
    if (what != NULL) snprintf(fault, sizeof fault, "%s", what);
    if (log != NULL) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    is_ready = 1;
}

/* The part of a path below the directory ("." for itself), or NULL where it is elsewhere. */
static const char *below(const char *path) {
    static __thread char whole[LONGEST];
    if (!is_ready || path == NULL) return NULL;
    if (path[0] == '/') {
        snprintf(whole, sizeof whole, "%s", path);
    } else {
        char here[LONGEST / 2];
        if (getcwd(here, sizeof here) == NULL) return NULL;
        snprintf(whole, sizeof whole, "%s/%.200s", here, path);
    }
    size_t length = strlen(directory);
    if (strncmp(whole, directory, length) != 0) return NULL;
    if (whole[length] == '\0') return ".";
    return whole[length] == '/' ? whole + length + 1 : NULL;
}

static const char *name_of(int fd) { return fd >= 0 && fd < MOST_FILES && names[fd][0] ? names[fd] : NULL; }

static void put(const void *bytes, size_t count) {
    while (count > 0) {
        long written = syscall(SYS_write, log_fd, bytes, count);
        if (written <= 0) abort();
        bytes = (const char *)bytes + written, count -= written;
    }
}

/* One record: kind, length of the name, offset, length of the data; then name and data. Called with `order` held. */
static void record(char kind, const char *name, uint64_t offset, const void *data, uint32_t length) {
    if (log_fd < 0) return;
    uint16_t name_length = strlen(name);
    char head[15];
    head[0] = kind;
    memcpy(head + 1, &name_length, 2), memcpy(head + 3, &offset, 8), memcpy(head + 11, &length, 4);
    put(head, sizeof head), put(name, name_length), put(data, length);
}

/* Counts an operation and lets its fault happen: true where it is to fail with errno. Called with `order` held. */
static int fails(char kind) {
    done++;
    if (at < 0 || done < at) return 0;
    if (strcmp(fault, "kill") == 0 || (strcmp(fault, "torn") == 0 && kind != 'W')) kill(getpid(), SIGKILL);
    int is_sync = kind == 'S';
    if (times > 0 && strcmp(fault, "ENOSPC") == 0 && kind == 'W') return times--, errno = ENOSPC, 1;
    if (times > 0 && strcmp(fault, "EIO") == 0 && is_sync) return times--, errno = EIO, 1;
    return 0;
}

static ssize_t torn(int fd, const void *data, size_t length, off64_t offset, int is_append) {
    if (is_append) syscall(SYS_write, fd, data, length / 2);
    else syscall(SYS_pwrite64, fd, data, length / 2, offset);
    kill(getpid(), SIGKILL);
    return -1;
}

static ssize_t writing(int fd, const void *data, size_t length, off64_t offset, int is_append) {
    const char *name = name_of(fd);
    if (name == NULL)
        return is_append ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
    pthread_mutex_lock(&order);
    if (is_append) {
        int flags = fcntl(fd, F_GETFL);
        offset = syscall(SYS_lseek, fd, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR);
    }
    ssize_t result = -1;
    if (!fails('W')) {
        record('W', name, offset, data, length);
        if (done == at && strcmp(fault, "torn") == 0) torn(fd, data, length, offset, is_append);
        result = is_append ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
    }
    pthread_mutex_unlock(&order);
    return result;
}

ssize_t write(int fd, const void *data, size_t length) { return writing(fd, data, length, 0, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    return writing(fd, data, length, offset, 0);
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return writing(fd, data, length, offset, 0); }

static int syncing(int fd, long number) {
    const char *name = name_of(fd);
    if (name == NULL) return syscall(number, fd);
    pthread_mutex_lock(&order);
    int result = -1;
    if (!fails('S')) {
        result = syscall(number, fd);
        if (result == 0) record('S', name, 0, NULL, 0);
    }
    pthread_mutex_unlock(&order);
    return result;
}

int fsync(int fd) { return syncing(fd, SYS_fsync); }
int fdatasync(int fd) { return syncing(fd, SYS_fdatasync); }

int ftruncate64(int fd, off64_t length) {
    const char *name = name_of(fd);
    if (name == NULL) return syscall(SYS_ftruncate, fd, length);
    pthread_mutex_lock(&order);
    int result = -1;
    if (!fails('T')) record('T', name, length, NULL, 0), result = syscall(SYS_ftruncate, fd, length);
    pthread_mutex_unlock(&order);
    return result;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int opening(int from, const char *path, int flags, mode_t mode) {
    const char *name = below(path);
    if (name == NULL) return syscall(SYS_openat, from, path, flags, mode);
    pthread_mutex_lock(&order);
    char kept[LONGEST];
    snprintf(kept, sizeof kept, "%s", name);
    int is_new = (flags & O_CREAT) && syscall(SYS_faccessat, from, path, F_OK) != 0;
    int result = -1;
    if (!is_new || !fails('C')) {
        if (is_new) record('C', kept, 0, NULL, 0);
        else if (flags & O_TRUNC) record('T', kept, 0, NULL, 0);
        result = syscall(SYS_openat, from, path, flags, mode);
        if (result >= 0 && result < MOST_FILES) memcpy(names[result], kept, sizeof kept);
    }
    pthread_mutex_unlock(&order);
    return result;
}

#define WITH_MODE(last) mode_t mode = 0; if (flags & (O_CREAT | __O_TMPFILE)) { \
    va_list more; va_start(more, last); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *path, int flags, ...) { WITH_MODE(flags) return opening(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { WITH_MODE(flags) return opening(AT_FDCWD, path, flags, mode); }

int close(int fd) {
    if (fd >= 0 && fd < MOST_FILES) names[fd][0] = '\0';
    return syscall(SYS_close, fd);
}

int unlink(const char *path) {
    const char *name = below(path);
    if (name == NULL) return syscall(SYS_unlink, path);
    pthread_mutex_lock(&order);
    int result = -1;
    if (!fails('U')) record('U', name, 0, NULL, 0), result = syscall(SYS_unlink, path);
    pthread_mutex_unlock(&order);
    return result;
}

int rename(const char *from, const char *to) {
    char old[LONGEST];
    const char *name = below(from);
    if (name == NULL) return syscall(SYS_rename, from, to);
    snprintf(old, sizeof old, "%s", name);
    pthread_mutex_lock(&order);
    const char *now = below(to);
    int result = -1;
    if (!fails('R')) {
        record('R', old, 0, now == NULL ? "" : now, now == NULL ? 0 : strlen(now));
        result = syscall(SYS_rename, from, to);
    }
    pthread_mutex_unlock(&order);
    return result;
}
