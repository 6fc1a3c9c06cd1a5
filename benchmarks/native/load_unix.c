// SPDX-License-Identifier: Apache-2.0
// Load for servers that echo at a Unix-domain path: so many connections, each of which has so many
// messages under way, checks what comes back byte by byte, and sends the next. It says what load_udp
// says.
//
//     load_unix PATH PEERS BYTES IN-FLIGHT SECONDS PID
#include "load.h"

#include <sys/epoll.h>
#include <sys/un.h>

enum { MOST_PEERS = 4096, EVENTS = 64, MOST_BYTES = 1 << 16, PATIENCE_MILLIS = 1000 };

struct peer {
    int fd;
    size_t received; // of the message that is next to be whole
};

static struct peer peers[MOST_PEERS];
static char outgoing[MOST_BYTES];
static char incoming[MOST_BYTES];
static size_t bytes;

static void send_one(struct peer *peer)
{
    if (send(peer->fd, outgoing, bytes, MSG_NOSIGNAL) != (ssize_t)bytes)
        die("send", errno);
}

static unsigned long take(struct peer *peer)
{
    unsigned long whole = 0;
    ssize_t received = recv(peer->fd, incoming, sizeof incoming, 0);
    if (received <= 0)
        die("recv", received == 0 ? ECONNRESET : errno);
    for (size_t at = 0; at < (size_t)received;) {
        size_t left = (size_t)received - at, wanted = bytes - peer->received;
        size_t part = left < wanted ? left : wanted;
        if (memcmp(incoming + at, outgoing + peer->received, part) != 0) {
            fprintf(stderr, "a message has changed on its way\n");
            exit(1);
        }
        at += part;
        peer->received += part;
        if (peer->received == bytes) {
            peer->received = 0;
            whole++;
        }
    }
    for (unsigned long i = 0; i < whole; i++)
        send_one(peer);
    return whole;
}

int main(int count, char **arguments)
{
    struct sockaddr_un server = { .sun_family = AF_UNIX };
    if (count != 7) {
        fprintf(stderr, "usage: load_unix PATH PEERS BYTES IN-FLIGHT SECONDS PID\n");
        return 2;
    }
    prepare_process();
    int number = atoi(arguments[2]);
    bytes = (size_t)atol(arguments[3]);
    int in_flight = atoi(arguments[4]);
    double seconds = atof(arguments[5]);
    int pid = atoi(arguments[6]);
    if (number < 1 || number > MOST_PEERS || bytes < 1 || in_flight < 1
        || bytes * (size_t)in_flight > MOST_BYTES
        || strlen(arguments[1]) >= sizeof server.sun_path)
        die("arguments", EINVAL);
    strcpy(server.sun_path, arguments[1]);
    for (size_t i = 0; i < bytes; i++)
        outgoing[i] = (char)(i * 31 + i / 251);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < number; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &peers[i] };
        peers[i].fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (peers[i].fd < 0 || connect(peers[i].fd, (struct sockaddr *)&server, sizeof server) < 0
            || epoll_ctl(poller, EPOLL_CTL_ADD, peers[i].fd, &event) < 0)
            die("connect", errno);
    }
    unsigned long echoes = 0;
    double begin = now(), end = begin + seconds;
    unsigned long long cpu = cpu_nanos(pid);
    for (int i = 0; i < number; i++)
        for (int each = 0; each < in_flight; each++)
            send_one(&peers[i]);
    while (now() < end) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poller, events, EVENTS, PATIENCE_MILLIS);
        for (int i = 0; i < ready; i++)
            echoes += take(events[i].data.ptr);
    }
    double time = now() - begin;
    report(echoes, 0, time, cpu_nanos(pid) - cpu);
    return 0;
}
