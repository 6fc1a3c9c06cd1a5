// SPDX-License-Identifier: Apache-2.0
// Echo on libuv, one loop, one buffer: uv_try_write first, and uv_write for what the socket does
// not take, during which the connection is not read from.
#include "listen.h"

#include <uv.h>

enum { BUFFER_BYTES = 64 << 10 };

struct rest {
    uv_write_t request;
    char bytes[];
};

static uv_loop_t loop;
static char buffer[BUFFER_BYTES];

static void check(const char *doing, int result)
{
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", doing, uv_strerror(result));
        exit(1);
    }
}

static void on_received(uv_stream_t *stream, ssize_t received, const uv_buf_t *into);

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void end(uv_stream_t *stream)
{
    if (!uv_is_closing((uv_handle_t *)stream))
        uv_close((uv_handle_t *)stream, on_closed);
}

// Bytes are handed on before the next read, so all connections share the buffer.
static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *into)
{
    (void)handle;
    (void)suggested;
    *into = uv_buf_init(buffer, sizeof buffer);
}

static void on_written(uv_write_t *request, int status)
{
    uv_stream_t *stream = request->handle;
    free(request);
    if (status < 0)
        end(stream);
    else
        check("uv_read_start", uv_read_start(stream, on_allocate, on_received));
}

static void write_rest(uv_stream_t *stream, const char *bytes, size_t length)
{
    struct rest *rest = malloc(sizeof *rest + length);
    if (!rest)
        check("malloc", UV_ENOMEM);
    memcpy(rest->bytes, bytes, length);
    uv_buf_t part = uv_buf_init(rest->bytes, (unsigned)length);
    uv_read_stop(stream);
    if (uv_write(&rest->request, stream, &part, 1, on_written) < 0) {
        free(rest);
        end(stream);
    }
}

static void on_received(uv_stream_t *stream, ssize_t received, const uv_buf_t *into)
{
    if (received < 0) {
        end(stream);
        return;
    }
    if (received == 0)
        return;
    uv_buf_t part = uv_buf_init(into->base, (unsigned)received);
    int sent = uv_try_write(stream, &part, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
        end(stream);
        return;
    }
    if (sent < 0)
        sent = 0;
    if (sent < received)
        write_rest(stream, into->base + sent, (size_t)(received - sent));
}

static void on_connection(uv_stream_t *listener, int status)
{
    check("accept", status);
    uv_tcp_t *connection = malloc(sizeof *connection);
    if (!connection)
        check("malloc", UV_ENOMEM);
    check("uv_tcp_init", uv_tcp_init(&loop, connection));
    uv_stream_t *stream = (uv_stream_t *)connection;
    if (uv_accept(listener, stream) < 0) {
        end(stream);
        return;
    }
    uv_tcp_nodelay(connection, 1);
    check("uv_read_start", uv_read_start(stream, on_allocate, on_received));
}

int main(int count, char **arguments)
{
    uv_tcp_t listener;
    struct sockaddr_in address = loopback(count, arguments);
    int length = sizeof address;
    prepare_process();
    check("uv_loop_init", uv_loop_init(&loop));
    check("uv_tcp_init", uv_tcp_init(&loop, &listener));
    check("bind", uv_tcp_bind(&listener, (const struct sockaddr *)&address, 0));
    check("listen", uv_listen((uv_stream_t *)&listener, BACKLOG, on_connection));
    check("getsockname", uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &length));
    announce(ntohs(address.sin_port));
    return uv_run(&loop, UV_RUN_DEFAULT);
}
