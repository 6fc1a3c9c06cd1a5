// SPDX-License-Identifier: Apache-2.0
// Echo of datagrams on epoll, level-triggered, one thread: what readiness, recvmmsg and sendmmsg cost
// without a library.
//
// A readiness event is one recvmmsg of up to 64 datagrams and one sendmmsg of the same. What the
// socket does not take waits until it does; what cannot be sent is left out, as the network might.
#include "listen.h"

#include <sys/epoll.h>

enum { DATAGRAMS = 64, DATAGRAM_BYTES = 2048 };

static char buffers[DATAGRAMS][DATAGRAM_BYTES];
static struct sockaddr_in peers[DATAGRAMS];
static struct iovec parts[DATAGRAMS];
static struct mmsghdr messages[DATAGRAMS];

static int bind_and_announce(struct sockaddr_in address)
{
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket", errno);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
        die("bind", errno);
    getsockname(fd, (struct sockaddr *)&address, &length);
    announce(ntohs(address.sin_port));
    return fd;
}

static void wait_for(int poller, int fd, unsigned events)
{
    struct epoll_event event = { .events = events };
    if (epoll_ctl(poller, EPOLL_CTL_MOD, fd, &event) < 0)
        die("epoll_ctl", errno);
}

int main(int count, char **arguments)
{
    prepare_process();
    int poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0)
        die("epoll_create1", errno);
    int fd = bind_and_announce(loopback(count, arguments));
    struct epoll_event event = { .events = EPOLLIN };
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
        die("epoll_ctl", errno);
    int begin = 0, end = 0;
    for (;;) {
        if (epoll_wait(poller, &event, 1, -1) < 0 && errno != EINTR)
            die("epoll_wait", errno);
        if (begin == end) {
            for (int i = 0; i < DATAGRAMS; i++) {
                parts[i] = (struct iovec){ buffers[i], DATAGRAM_BYTES };
                messages[i].msg_hdr = (struct msghdr){
                    .msg_name = &peers[i], .msg_namelen = sizeof peers[i],
                    .msg_iov = &parts[i], .msg_iovlen = 1 };
            }
            int received = recvmmsg(fd, messages, DATAGRAMS, 0, NULL);
            if (received < 0) {
                if (errno != EAGAIN && errno != EINTR)
                    die("recvmmsg", errno);
                continue;
            }
            begin = 0;
            end = received;
            for (int i = 0; i < received; i++)
                parts[i].iov_len = messages[i].msg_len;
        } else {
            wait_for(poller, fd, EPOLLIN);
        }
        while (begin < end) {
            int sent = sendmmsg(fd, messages + begin, (unsigned)(end - begin), 0);
            if (sent < 0 && errno == EAGAIN) {
                wait_for(poller, fd, EPOLLOUT);
                break;
            }
            begin += sent > 0 ? sent : 1;
        }
    }
}
