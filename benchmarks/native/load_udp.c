// SPDX-License-Identifier: Apache-2.0
// Load for servers that echo datagrams: so many sockets, each of which has one datagram or a few
// under way, checks what comes back byte by byte, and sends the next. It says how many came back in
// the time, and how much CPU time the processes of the server took for them, as the scheduler
// accounts it.
//
//     load_udp PORT PEERS BYTES IN-FLIGHT SECONDS PID [ANSWER]
//
// With ANSWER, what comes back for a datagram is so many bytes in however many datagrams, which the
// kernel may hand over together (UDP_GRO), and whose bytes are not looked at; one is under way.
#include "load.h"

#include <netinet/udp.h>
#include <sys/epoll.h>

enum { MOST_PEERS = 4096, MOST_IN_FLIGHT = 64, MOST_BYTES = 65507, PATIENCE_MILLIS = 20 };

struct peer {
    int fd;
    int under_way;
    size_t missing; // of the answer, if there is one
};

static struct peer peers[MOST_PEERS];
static char outgoing[MOST_BYTES];
static char incoming[MOST_IN_FLIGHT][MOST_BYTES];
static struct iovec out_part, in_parts[MOST_IN_FLIGHT];
static struct mmsghdr out[MOST_IN_FLIGHT], in[MOST_IN_FLIGHT];
static int in_flight;
static size_t bytes, answer;
static unsigned long lost;

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
    unsigned most = answer ? MOST_IN_FLIGHT : (unsigned)in_flight;
    int received = recvmmsg(peer->fd, in, most, 0, NULL);
    if (received < 0) {
        if (errno == EAGAIN)
            return 0;
        die("recvmmsg", errno);
    }
    if (answer) {
        for (int i = 0; i < received; i++)
            peer->missing -= in[i].msg_len < peer->missing ? in[i].msg_len : peer->missing;
        if (peer->missing > 0)
            return 0;
        peer->under_way = 0;
        peer->missing = answer;
        fill(peer);
        return 1;
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
    if (count != 7 && count != 8) {
        fprintf(stderr, "usage: load_udp PORT PEERS BYTES IN-FLIGHT SECONDS PID [ANSWER]\n");
        return 2;
    }
    prepare_process();
    struct sockaddr_in server = loopback(count, arguments);
    int number = atoi(arguments[2]);
    bytes = (size_t)atol(arguments[3]);
    in_flight = atoi(arguments[4]);
    double seconds = atof(arguments[5]);
    int pid = atoi(arguments[6]);
    answer = count == 8 ? (size_t)atol(arguments[7]) : 0;
    if (number < 1 || number > MOST_PEERS || bytes > MOST_BYTES || in_flight < 1
        || in_flight > MOST_IN_FLIGHT || (answer && in_flight != 1))
        die("arguments", EINVAL);
    for (size_t i = 0; i < bytes; i++)
        outgoing[i] = (char)(i * 31 + i / 251);
    out_part = (struct iovec){ outgoing, bytes };
    // An answer may come in many datagrams, however few are under way.
    int at_once = answer ? MOST_IN_FLIGHT : in_flight;
    for (int i = 0; i < at_once; i++) {
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
        int one = 1;
        peers[i].missing = answer;
        if (answer && setsockopt(peers[i].fd, IPPROTO_UDP, UDP_GRO, &one, sizeof one) < 0)
            die("UDP_GRO", errno);
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
                peers[i].missing = answer;
                fill(&peers[i]);
            }
        }
    }
    double time = now() - begin;
    cpu = cpu_nanos(pid) - cpu;
    report(echoes, lost, time, cpu);
    return 0;
}
