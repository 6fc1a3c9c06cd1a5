// SPDX-License-Identifier: Apache-2.0
// Echo on epoll, level-triggered, one thread, one buffer: what readiness costs without a library.
//
// A readiness event is one recv and one send. What the socket does not take is kept for its
// connection, which is not read from until that has left. With a path for a port it listens there.
#include "listen.h"

#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/un.h>

enum { BUFFER_BYTES = 64 << 10, EVENTS = 1024 };

struct connection {
    int fd;
    char *rest; // null while nothing is left to send
    size_t sent, length;
};

static int poller;
static int listener;
static char buffer[BUFFER_BYTES];

static void watch(int operation, int fd, unsigned events, void *owner)
{
    struct epoll_event event = { .events = events, .data.ptr = owner };
    if (epoll_ctl(poller, operation, fd, &event) < 0)
        die("epoll_ctl", errno);
}

static void end(struct connection *connection)
{
    close(connection->fd);
    free(connection->rest);
    free(connection);
}

static void accept_all(void)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = calloc(1, sizeof *connection);
        if (!connection)
            die("calloc", errno);
        connection->fd = fd;
        watch(EPOLL_CTL_ADD, fd, EPOLLIN, connection);
    }
    if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
        die("accept", errno);
}

static void keep(struct connection *connection, const char *bytes, size_t length)
{
    connection->rest = malloc(length);
    if (!connection->rest)
        die("malloc", errno);
    memcpy(connection->rest, bytes, length);
    connection->sent = 0;
    connection->length = length;
    watch(EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
}

static void echo(struct connection *connection)
{
    ssize_t received = recv(connection->fd, buffer, sizeof buffer, 0);
    if (received <= 0) {
        if (received == 0 || errno != EAGAIN)
            end(connection);
        return;
    }
    ssize_t sent = send(connection->fd, buffer, (size_t)received, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN) {
            end(connection);
            return;
        }
        sent = 0;
    }
    if (sent < received)
        keep(connection, buffer + sent, (size_t)(received - sent));
}

static void send_rest(struct connection *connection)
{
    ssize_t sent = send(connection->fd, connection->rest + connection->sent,
                        connection->length - connection->sent, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN)
            end(connection);
        return;
    }
    connection->sent += (size_t)sent;
    if (connection->sent == connection->length) {
        free(connection->rest);
        connection->rest = NULL;
        watch(EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
    }
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket", errno);
    if (strlen(path) >= sizeof address.sun_path)
        die(path, ENAMETOOLONG);
    strcpy(address.sun_path, path);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, BACKLOG) < 0)
        die(path, errno);
    announce(1); // Of no meaning: a path has no port.
    return fd;
}

int main(int count, char **arguments)
{
    prepare_process();
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0)
        die("epoll_create1", errno);
    bool at_path = count > 1 && arguments[1][0] == '/';
    listener = at_path ? listen_at(arguments[1])
                       : listen_and_announce(loopback(count, arguments), SOCK_NONBLOCK);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    for (;;) {
        static struct epoll_event events[EVENTS];
        int ready = epoll_wait(poller, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR)
            die("epoll_wait", errno);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection)
                accept_all();
            else if (connection->rest)
                send_rest(connection);
            else
                echo(connection);
        }
    }
}
