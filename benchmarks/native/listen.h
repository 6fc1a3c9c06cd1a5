// SPDX-License-Identifier: Apache-2.0
// What the servers here have in common: a listener on the loopback interface whose port is printed,
// as many descriptors as the system grants, and an end with one line when something fails.
#ifndef MILLRACE_LISTEN_H
#define MILLRACE_LISTEN_H

// O_ASYNC and accept4.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

// The backlog of Millrace's default options and of the Java peers.
enum { BACKLOG = 4096 };

static inline _Noreturn void die(const char *doing, int error)
{
    fprintf(stderr, "%s: %s\n", doing, strerror(error));
    exit(1);
}

// A peer that resets must not end the server; that its standard input ends, or has something to say,
// does: so it does not outlive whoever started it. A terminal or a pipe then sends SIGIO.
static inline void prepare_process(void)
{
    struct rlimit limit;
    fcntl(STDIN_FILENO, F_SETOWN, getpid());
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_ASYNC);
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static inline void announce(int port)
{
    printf("listening on %d\n", port);
    fflush(stdout);
}

// Reads the port from the command line: the only argument, or none to let the system choose.
static inline struct sockaddr_in loopback(int count, char **arguments)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (count > 1)
        address.sin_port = htons((unsigned short)atoi(arguments[1]));
    return address;
}

// Accepted sockets inherit TCP_NODELAY from the listener.
static inline int listen_and_announce(struct sockaddr_in address, int flags)
{
    int one = 1;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (listener < 0)
        die("socket", errno);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
        die("bind", errno);
    if (listen(listener, BACKLOG) < 0)
        die("listen", errno);
    getsockname(listener, (struct sockaddr *)&address, &length);
    announce(ntohs(address.sin_port));
    return listener;
}

#endif
