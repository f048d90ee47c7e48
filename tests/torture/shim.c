/* What a process asks of a directory's files, recorded, and made to fail where it is told to.
 *
 * Loaded with LD_PRELOAD. Every call that changes a file below TORTURE_DIR, or makes a change durable, is an operation,
 * counted from 1 over all threads and forked children. It is written to TORTURE_LOG before it is performed, and so is
 * what was sent over sockets, after it was; `trace.py` reads that file. Processes that are told of one file TORTURE_ORDER
 * have one order of operations, by which their records are brought together. At operation number TORTURE_AT,
 * TORTURE_FAULT happens:
 *
 *     kill      SIGKILL to the whole process group instead of the operation
 *     alone     SIGKILL to the process alone, which may be a child
 *     torn      a write is performed up to half of its bytes, then as kill; any other operation: as kill
 *     ENOSPC    a write is performed up to half of its bytes, and whatever needs room after that fails so: as many
 *               operations in all as TORTURE_TIMES says
 *     EIO       so many syncs fail so, from that operation on
 *     EIOW      likewise, for writes
 *     EROFS     every operation fails so from there on, and every opening of a file for writing
 *
 * TORTURE_CLOCK_S is added to the time of day, and each look at it is up to TORTURE_JUMPS_S before or after that.
 *
 * Rule: nothing here allocates or locks anything that the process could hold, since it runs within its system calls.
 */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MOST_FILES = 4096, LONGEST = 512 };

/* What is one for all processes of a record: one operation at a time, and the number of the next. */
struct order {
    pthread_mutex_t turn;
    uint64_t next;
};

/* What a process shares with its children: the count of operations, and the fault. */
struct shared {
    long done, times;
    int is_half_done;
};

static char directory[LONGEST], fault[16];
static long at = -1, clock_s = 0, jumps_s = 0;
static int log_fd = -1, is_ready = 0;
static char names[MOST_FILES][LONGEST];
static struct order *order;
static struct shared *all;

static long number(const char *name, long otherwise) {
    const char *given = getenv(name);
    return given == NULL ? otherwise : atol(given);
}

/* Memory that is shared with children; and with whoever has the file, which is made and then filled with zeros. */
static void *shared(size_t length, const char *path) {
    int fd = -1;
    if (path != NULL) {
        fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0 || syscall(SYS_ftruncate, fd, length) != 0) abort();
    }
    void *made = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
    if (made == MAP_FAILED) abort();
    if (fd >= 0) syscall(SYS_close, fd);
    return made;
}

/* Called when the process begins; and by a forked one that begins anew, with an environment of its own. */
__attribute__((constructor)) void torture_begin(void) {
    const char *given = getenv("TORTURE_DIR"), *log = getenv("TORTURE_LOG"), *what = getenv("TORTURE_FAULT");
    clock_s = number("TORTURE_CLOCK_S", 0), jumps_s = number("TORTURE_JUMPS_S", 0);
    if (given == NULL || realpath(given, directory) == NULL) return;
    all = shared(sizeof *all, NULL);
    order = shared(sizeof *order, getenv("TORTURE_ORDER"));
    if (order->next == 0) { /* The first process of a record has begun before there is another one. */
        pthread_mutexattr_t kind;
        pthread_mutexattr_init(&kind);
        pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&order->turn, &kind);
        order->next = 1;
    }
    at = number("TORTURE_AT", -1), all->times = number("TORTURE_TIMES", 1);
    if (what != NULL) snprintf(fault, sizeof fault, "%s", what);
    if (log != NULL) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    is_ready = 1;
}

static void enter(void) {
    if (pthread_mutex_lock(&order->turn) == EOWNERDEAD) pthread_mutex_consistent(&order->turn);
}
static void leave(void) { pthread_mutex_unlock(&order->turn); }

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

/* The head of a record: kind, length of the name, number in the order, offset, length of the data; then the name. Called
 * in `turn`. */
static void head(char kind, const char *name, uint64_t offset, uint32_t length) {
    uint16_t name_length = strlen(name);
    char bytes[23];
    bytes[0] = kind;
    memcpy(bytes + 1, &name_length, 2), memcpy(bytes + 3, &order->next, 8);
    memcpy(bytes + 11, &offset, 8), memcpy(bytes + 19, &length, 4);
    order->next++;
    put(bytes, sizeof bytes), put(name, name_length);
}

static void record(char kind, const char *name, uint64_t offset, const void *data, uint32_t length) {
    if (log_fd < 0) return;
    head(kind, name, offset, length);
    put(data, length);
}

/* When something was sent or synced, by a clock that nothing here moves. */
static uint64_t now_us(void) {
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

static int is_fault(const char *name) { return strcmp(fault, name) == 0; }

static int failing(int with) {
    all->times--;
    return errno = with, 1;
}

/* Counts an operation and lets its fault happen: true where it is to fail with errno. Called in `turn`. */
static int fails(char kind) {
    all->done++;
    if (at < 0 || all->done < at) return 0;
    int is_write = kind == 'W', needs_room = is_write || kind == 'C' || kind == 'R';
    if (is_fault("kill") || (is_fault("torn") && !is_write)) kill(0, SIGKILL);
    if (is_fault("alone") && all->done == at) kill(getpid(), SIGKILL);
    if (is_fault("EROFS")) return errno = EROFS, 1;
    if (all->times <= 0) return 0;
    if (is_fault("ENOSPC") && needs_room && (!is_write || all->is_half_done)) return failing(ENOSPC);
    if (is_fault("EIO") && kind == 'S') return failing(EIO);
    if (is_fault("EIOW") && is_write) return failing(EIO);
    return 0;
}

/* How many bytes of a write are performed: half, where it is torn or the last that has room. */
static size_t performed(size_t length) {
    if (at < 0 || all->done < at || all->times <= 0 || all->is_half_done || length < 2) return length;
    if (!is_fault("torn") && !is_fault("ENOSPC")) return length;
    all->is_half_done = 1;
    return length / 2;
}

static ssize_t writing(int fd, const void *data, size_t length, off64_t offset, int is_append) {
    const char *name = name_of(fd);
    if (name == NULL)
        return is_append ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
    enter();
    if (is_append) {
        int flags = fcntl(fd, F_GETFL);
        offset = syscall(SYS_lseek, fd, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR);
    }
    ssize_t result = -1;
    if (!fails('W')) {
        length = performed(length);
        record('W', name, offset, data, length);
        result = is_append ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
        if (is_fault("torn") && all->is_half_done) kill(0, SIGKILL);
    }
    leave();
    return result;
}

/* The name of what is at the other end of a socket: "@" and its port. False where it is no such thing. */
static int is_peer(int fd, char name[16]) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    if (log_fd < 0 || getpeername(fd, (struct sockaddr *)&peer, &length) != 0 || peer.sin_family != AF_INET) return 0;
    snprintf(name, 16, "@%d", ntohs(peer.sin_port));
    return 1;
}

static void record_sent(const char *peer, const struct iovec *parts, size_t count, ssize_t sent) {
    if (sent <= 0) return;
    head('A', peer, now_us(), sent);
    for (size_t part = 0; part < count && sent > 0; part++) {
        size_t length = (size_t)sent < parts[part].iov_len ? (size_t)sent : parts[part].iov_len;
        put(parts[part].iov_base, length), sent -= length;
    }
}

ssize_t write(int fd, const void *data, size_t length) {
    char peer[16];
    if (name_of(fd) != NULL || !is_peer(fd, peer)) return writing(fd, data, length, 0, 1);
    struct iovec part = {(void *)data, length};
    enter();
    ssize_t sent = syscall(SYS_write, fd, data, length);
    record_sent(peer, &part, 1, sent);
    leave();
    return sent;
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    return writing(fd, data, length, offset, 0);
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return writing(fd, data, length, offset, 0); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    char peer[16];
    if (name_of(fd) != NULL) abort(); /* nobody writes files so, and whoever begins to is to be told */
    if (!is_peer(fd, peer)) return syscall(SYS_writev, fd, parts, count);
    enter();
    ssize_t sent = syscall(SYS_writev, fd, parts, count);
    record_sent(peer, parts, count, sent);
    leave();
    return sent;
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    char peer[16];
    if (!is_peer(fd, peer)) return syscall(SYS_sendmsg, fd, message, flags);
    enter();
    ssize_t sent = syscall(SYS_sendmsg, fd, message, flags);
    record_sent(peer, message->msg_iov, message->msg_iovlen, sent);
    leave();
    return sent;
}

/* An open file that another process has passed is called what it was opened as. */
ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    ssize_t received = syscall(SYS_recvmsg, fd, message, flags);
    if (received < 0) return received;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < count; index++) {
            int passed;
            memcpy(&passed, CMSG_DATA(part) + index * sizeof passed, sizeof passed);
            char link[32], path[PATH_MAX];
            snprintf(link, sizeof link, "/proc/self/fd/%d", passed);
            ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
            if (passed >= MOST_FILES) continue;
            names[passed][0] = '\0';
            if (length <= 0) continue;
            path[length] = '\0';
            const char *name = below(path);
            if (name != NULL) snprintf(names[passed], LONGEST, "%s", name);
        }
    }
    return received;
}

static int syncing(int fd, long call) {
    const char *name = name_of(fd);
    if (name == NULL) return syscall(call, fd);
    enter();
    int result = fails('S') ? -1 : syscall(call, fd), error = errno;
    record(result == 0 ? 'S' : 'F', name, now_us(), NULL, 0);
    leave();
    errno = error;
    return result;
}
int fsync(int fd) { return syncing(fd, SYS_fsync); }
int fdatasync(int fd) { return syncing(fd, SYS_fdatasync); }

int ftruncate64(int fd, off64_t length) {
    const char *name = name_of(fd);
    if (name == NULL) return syscall(SYS_ftruncate, fd, length);
    enter();
    int result = -1;
    if (!fails('T')) record('T', name, length, NULL, 0), result = syscall(SYS_ftruncate, fd, length);
    leave();
    return result;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int opening(int from, const char *path, int flags, mode_t mode) {
    const char *name = from == AT_FDCWD || path[0] == '/' ? below(path) : NULL;
    if (name == NULL) {
        int result = syscall(SYS_openat, from, path, flags, mode);
        if (result >= 0 && result < MOST_FILES) names[result][0] = '\0';
        return result;
    }
    enter();
    char kept[LONGEST];
    snprintf(kept, sizeof kept, "%s", name);
    int is_new = (flags & O_CREAT) && syscall(SYS_faccessat, from, path, F_OK) != 0;
    int is_read_only = is_fault("EROFS") && at >= 0 && all->done + 1 >= at && (flags & (O_WRONLY | O_RDWR));
    int result = -1;
    if (is_read_only) {
        errno = EROFS;
    } else if (!is_new || !fails('C')) {
        if (is_new) record('C', kept, 0, NULL, 0);
        else if (flags & O_TRUNC) record('T', kept, 0, NULL, 0);
        result = syscall(SYS_openat, from, path, flags, mode);
        if (result >= 0 && result < MOST_FILES) memcpy(names[result], kept, sizeof kept);
    }
    leave();
    return result;
}

#define WITH_MODE(last) mode_t mode = 0; if (flags & (O_CREAT | __O_TMPFILE)) { \
    va_list more; va_start(more, last); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *path, int flags, ...) { WITH_MODE(flags) return opening(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { WITH_MODE(flags) return opening(AT_FDCWD, path, flags, mode); }
int openat(int from, const char *path, int flags, ...) { WITH_MODE(flags) return opening(from, path, flags, mode); }
int openat64(int from, const char *path, int flags, ...) { WITH_MODE(flags) return opening(from, path, flags, mode); }

int close(int fd) {
    if (fd >= 0 && fd == log_fd) return 0;
    if (fd >= 0 && fd < MOST_FILES) names[fd][0] = '\0';
    return syscall(SYS_close, fd);
}

/* A forked child closes all that it was left; the record goes on. */
int close_range(unsigned first, unsigned last, int flags) {
    for (unsigned fd = first; fd <= last && fd < MOST_FILES; fd++) names[fd][0] = '\0';
    unsigned kept = log_fd;
    if (log_fd < 0 || kept < first || kept > last) return syscall(SYS_close_range, first, last, flags);
    if (kept > first && syscall(SYS_close_range, first, kept - 1, flags) != 0) return -1;
    return kept < last ? syscall(SYS_close_range, kept + 1, last, flags) : 0;
}

/* A socket in the directory is a file of it, whatever name for the directory it is bound by. */
int bind(int fd, const struct sockaddr *address, socklen_t length) {
    char place[LONGEST] = "", whole[PATH_MAX];
    if (is_ready && address->sa_family == AF_UNIX)
        snprintf(place, sizeof place, "%s", ((const struct sockaddr_un *)address)->sun_path);
    char *slash = strrchr(place, '/');
    if (slash == NULL) return syscall(SYS_bind, fd, address, length);
    *slash = '\0';
    if (realpath(place, whole) == NULL || strcmp(whole, directory) != 0) return syscall(SYS_bind, fd, address, length);
    enter();
    int result = -1;
    if (!fails('C')) record('C', slash + 1, 0, NULL, 0), result = syscall(SYS_bind, fd, address, length);
    leave();
    return result;
}

int unlink(const char *path) {
    const char *name = below(path);
    if (name == NULL) return syscall(SYS_unlink, path);
    enter();
    int result = -1;
    if (!fails('U')) {
        if (syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0) record('U', name, 0, NULL, 0);
        result = syscall(SYS_unlink, path);
    }
    leave();
    return result;
}

int rename(const char *from, const char *to) {
    char old[LONGEST];
    const char *name = below(from);
    if (name == NULL) return syscall(SYS_rename, from, to);
    snprintf(old, sizeof old, "%s", name);
    enter();
    const char *now = below(to);
    int result = -1;
    if (!fails('R')) {
        if (syscall(SYS_faccessat, AT_FDCWD, from, F_OK) == 0)
            record('R', old, 0, now == NULL ? "" : now, now == NULL ? 0 : strlen(now));
        result = syscall(SYS_rename, from, to);
    }
    leave();
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static __thread uint64_t drawn;
    int result = syscall(SYS_clock_gettime, clock, time);
    if (clock != CLOCK_REALTIME || result != 0) return result;
    time->tv_sec += clock_s;
    if (jumps_s > 0) {
        drawn = (drawn + time->tv_nsec) * 6364136223846793005u + 1442695040888963407u;
        time->tv_sec += (long)((drawn >> 33) % (2 * jumps_s + 1)) - jumps_s;
    }
    return result;
}
