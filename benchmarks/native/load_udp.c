// SPDX-License-Identifier: Apache-2.0
// Load for servers that echo datagrams: so many sockets, each of which has one datagram or a few
// under way, checks what comes back byte by byte, and sends the next. It says how many came back in
// the time, and how much CPU time the processes of the server took for them, as the scheduler
// accounts it.
//
//     load_udp PORT PEERS BYTES IN-FLIGHT SECONDS PID
#include "listen.h"

#include <dirent.h>
#include <sys/epoll.h>
#include <time.h>

enum { MOST_PEERS = 4096, MOST_IN_FLIGHT = 64, MOST_BYTES = 65507, PATIENCE_MILLIS = 20 };

struct peer {
    int fd;
    int under_way;
};

static struct peer peers[MOST_PEERS];
static char outgoing[MOST_BYTES];
static char incoming[MOST_IN_FLIGHT][MOST_BYTES];
static struct iovec out_part, in_parts[MOST_IN_FLIGHT];
static struct mmsghdr out[MOST_IN_FLIGHT], in[MOST_IN_FLIGHT];
static int in_flight;
static size_t bytes;
static unsigned long lost;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Nanoseconds that all threads of a process have run.
static unsigned long long cpu_nanos(int pid)
{
    char path[300];
    unsigned long long sum = 0, run;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks)
        die(path, errno);
    for (struct dirent *task; (task = readdir(tasks));) {
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file && fscanf(file, "%llu", &run) == 1)
            sum += run;
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return sum;
}

static void fill(struct peer *peer)
{
    while (peer->under_way < in_flight) {
        int sent = sendmmsg(peer->fd, out, (unsigned)(in_flight - peer->under_way), 0);
        if (sent <= 0) {
            if (errno != EAGAIN && errno != ENOBUFS)
                die("sendmmsg", errno);
            return;
        }
        peer->under_way += sent;
    }
}

static unsigned long take(struct peer *peer)
{
    int received = recvmmsg(peer->fd, in, (unsigned)in_flight, 0, NULL);
    if (received < 0) {
        if (errno == EAGAIN)
            return 0;
        die("recvmmsg", errno);
    }
    for (int i = 0; i < received; i++)
        if (in[i].msg_len != bytes || memcmp(incoming[i], outgoing, bytes) != 0) {
            fprintf(stderr, "a datagram has changed on its way\n");
            exit(1);
        }
    peer->under_way -= received < peer->under_way ? received : peer->under_way;
    fill(peer);
    return (unsigned long)received;
}

int main(int count, char **arguments)
{
    if (count != 7) {
        fprintf(stderr, "usage: load_udp PORT PEERS BYTES IN-FLIGHT SECONDS PID\n");
        return 2;
    }
    prepare_process();
    struct sockaddr_in server = loopback(count, arguments);
    int number = atoi(arguments[2]);
    bytes = (size_t)atol(arguments[3]);
    in_flight = atoi(arguments[4]);
    double seconds = atof(arguments[5]);
    int pid = atoi(arguments[6]);
    if (number < 1 || number > MOST_PEERS || bytes > MOST_BYTES || in_flight < 1
        || in_flight > MOST_IN_FLIGHT)
        die("arguments", EINVAL);
    for (size_t i = 0; i < bytes; i++)
        outgoing[i] = (char)(i * 31 + i / 251);
    out_part = (struct iovec){ outgoing, bytes };
    for (int i = 0; i < in_flight; i++) {
        in_parts[i] = (struct iovec){ incoming[i], MOST_BYTES };
        in[i].msg_hdr = (struct msghdr){ .msg_iov = &in_parts[i], .msg_iovlen = 1 };
        out[i].msg_hdr = (struct msghdr){ .msg_iov = &out_part, .msg_iovlen = 1 };
    }
    int poller = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < number; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &peers[i] };
        peers[i].fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (peers[i].fd < 0 || connect(peers[i].fd, (struct sockaddr *)&server, sizeof server) < 0
            || epoll_ctl(poller, EPOLL_CTL_ADD, peers[i].fd, &event) < 0)
            die("connect", errno);
    }
    unsigned long echoes = 0;
    double begin = now(), end = begin + seconds, checked = begin;
    unsigned long long cpu = cpu_nanos(pid);
    for (int i = 0; i < number; i++)
        fill(&peers[i]);
    while (now() < end) {
        struct epoll_event events[MOST_IN_FLIGHT];
        int ready = epoll_wait(poller, events, MOST_IN_FLIGHT, PATIENCE_MILLIS);
        for (int i = 0; i < ready; i++)
            echoes += take(events[i].data.ptr);
        // What was lost is sent anew when all that was not has long come back.
        if (ready == 0 && now() - checked > PATIENCE_MILLIS / 1e3) {
            checked = now();
            for (int i = 0; i < number; i++) {
                lost += (unsigned long)peers[i].under_way;
                peers[i].under_way = 0;
                fill(&peers[i]);
            }
        }
    }
    double time = now() - begin;
    cpu = cpu_nanos(pid) - cpu;
    printf("%lu echoes, %lu lost, %.3f s, %.1f ns of CPU each, %.2f CPUs\n", echoes, lost, time,
           echoes ? (double)cpu / (double)echoes : 0, (double)cpu / 1e9 / time);
    return 0;
}
