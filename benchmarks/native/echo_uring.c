// SPDX-License-Identifier: Apache-2.0
// Echo on io_uring through liburing, one thread: what completions cost without a library. Multishot
// accept and receive, a ring of provided buffers, sockets that exist in the ring only, and one
// entry into the kernel for a whole turn.
//
// A send is silent as a rule: it must not wait (MSG_DONTWAIT), and only a failure makes a
// completion. Then it is over when its submission has returned, and the completions read after that
// say which ones failed. As a silent send wakes nobody, a send is a plain one if something waits for
// its end: the close of its connection, bytes that did not fit into it, or receives in want of
// buffers. So is the repetition of one that found the socket full.
#include "listen.h"

#include <liburing.h>
#include <stdbool.h>
#include <sys/mman.h>

enum {
    SUBMISSIONS = 4096,
    COMPLETIONS = 16384,
    BUFFERS = 1024, // a power of two
    BUFFER_BYTES = 16 << 10,
    SLOTS = 16384, // connections at a time
    PARTS = 16, // buffers in one send
    NONE = -1
};

enum kind { ACCEPT, RECEIVE, SEND, CLOSE };

// Bytes in a buffer, on their way back. A buffer is in one queue at most.
struct chunk {
    unsigned from, length;
    int next;
};

struct connection {
    int first, last; // its queue, oldest first
    bool receiving;
    bool listed; // among those to look at
    enum { IDLE, SILENT, PLAIN } sending;
    unsigned sending_bytes;
    struct msghdr message; // must live until the send has ended
    struct iovec parts[PARTS];
};

struct list {
    unsigned length;
    int slots[SLOTS];
};

static struct io_uring ring;
static struct io_uring_buf_ring *provided;
static char *memory;
static int listener;
static int free_buffers = BUFFERS;
static struct chunk chunks[BUFFERS];
static struct connection connections[SLOTS];
static struct list changed; // have bytes to send, or may be closed
static struct list silent; // have a silent send in the next submission
static struct list starved; // could not receive for want of buffers

static void add(struct list *list, int slot)
{
    list->slots[list->length++] = slot;
}

static void mark_changed(int slot)
{
    if (!connections[slot].listed) {
        connections[slot].listed = true;
        add(&changed, slot);
    }
}

static struct io_uring_sqe *next_entry(void)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
    if (!sqe) {
        io_uring_submit(&ring);
        sqe = io_uring_get_sqe(&ring);
        if (!sqe)
            die("io_uring_get_sqe", EBUSY);
    }
    return sqe;
}

// After the entry has been prepared, which clears its user data.
static void name(struct io_uring_sqe *sqe, enum kind kind, int slot)
{
    io_uring_sqe_set_data64(sqe, (unsigned long long)slot << 2 | kind);
}

static void start_accepting(void)
{
    struct io_uring_sqe *sqe = next_entry();
    io_uring_prep_multishot_accept_direct(sqe, listener, NULL, NULL, 0);
    name(sqe, ACCEPT, 0);
}

static void start_receiving(int slot)
{
    struct io_uring_sqe *sqe = next_entry();
    io_uring_prep_recv_multishot(sqe, slot, NULL, 0, 0);
    sqe->flags |= IOSQE_FIXED_FILE | IOSQE_BUFFER_SELECT;
    sqe->buf_group = 0;
    name(sqe, RECEIVE, slot);
    connections[slot].receiving = true;
}

static void start_closing(int slot)
{
    struct io_uring_sqe *sqe = next_entry();
    io_uring_prep_close_direct(sqe, (unsigned)slot);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    name(sqe, CLOSE, slot);
}

static char *bytes_of(int buffer)
{
    return memory + (size_t)buffer * BUFFER_BYTES;
}

static void return_buffer(int buffer)
{
    io_uring_buf_ring_add(provided, bytes_of(buffer), BUFFER_BYTES, (unsigned short)buffer,
                          io_uring_buf_ring_mask(BUFFERS), 0);
    io_uring_buf_ring_advance(provided, 1);
    free_buffers++;
}

static void append(struct connection *connection, int buffer, unsigned length)
{
    chunks[buffer] = (struct chunk){ .from = 0, .length = length, .next = NONE };
    if (connection->first == NONE)
        connection->first = buffer;
    else
        chunks[connection->last].next = buffer;
    connection->last = buffer;
    free_buffers--;
}

static void remove_bytes(struct connection *connection, unsigned length)
{
    while (length > 0 && connection->first != NONE) {
        struct chunk *chunk = &chunks[connection->first];
        if (length < chunk->length) {
            chunk->from += length;
            chunk->length -= length;
            return;
        }
        length -= chunk->length;
        int next = chunk->next;
        return_buffer(connection->first);
        connection->first = next;
    }
}

// Returns whether all of the queue is in the message.
static bool gather(struct connection *connection)
{
    int buffer = connection->first;
    size_t count = 0;
    connection->sending_bytes = 0;
    for (; buffer != NONE && count < PARTS; buffer = chunks[buffer].next) {
        struct chunk *chunk = &chunks[buffer];
        connection->parts[count].iov_base = bytes_of(buffer) + chunk->from;
        connection->parts[count].iov_len = chunk->length;
        connection->sending_bytes += chunk->length;
        count++;
    }
    connection->message.msg_iov = connection->parts;
    connection->message.msg_iovlen = count;
    return buffer == NONE;
}

// MSG_WAITALL: the kernel itself goes on with a plain send that was short, and a silent one that was
// short counts as failed.
static void start_sending(int slot, bool repeated)
{
    struct connection *connection = &connections[slot];
    bool whole = gather(connection);
    bool plain = repeated || !whole || !connection->receiving || starved.length > 0;
    int flags = MSG_NOSIGNAL | MSG_WAITALL | (plain ? 0 : MSG_DONTWAIT);
    struct io_uring_sqe *sqe = next_entry();
    if (connection->message.msg_iovlen == 1)
        io_uring_prep_send(sqe, slot, connection->parts[0].iov_base, connection->parts[0].iov_len,
                           flags);
    else
        io_uring_prep_sendmsg(sqe, slot, &connection->message, (unsigned)flags);
    sqe->flags |= IOSQE_FIXED_FILE | (plain ? 0 : IOSQE_CQE_SKIP_SUCCESS);
    name(sqe, SEND, slot);
    connection->sending = plain ? PLAIN : SILENT;
    if (!plain)
        add(&silent, slot);
}

static void on_accepted(const struct io_uring_cqe *cqe)
{
    if (cqe->res >= 0) {
        connections[cqe->res] = (struct connection){ .first = NONE };
        start_receiving(cqe->res);
    } else if (cqe->res == -ENFILE) {
        die("accept: all slots are taken", ENFILE);
    }
    if (!(cqe->flags & IORING_CQE_F_MORE))
        start_accepting();
}

static void on_received(int slot, const struct io_uring_cqe *cqe)
{
    struct connection *connection = &connections[slot];
    if (cqe->res > 0) {
        append(connection, (int)(cqe->flags >> IORING_CQE_BUFFER_SHIFT), (unsigned)cqe->res);
        mark_changed(slot);
    }
    if (cqe->flags & IORING_CQE_F_MORE)
        return;
    if (cqe->res > 0) {
        start_receiving(slot);
    } else if (cqe->res == -ENOBUFS) {
        add(&starved, slot);
    } else {
        connection->receiving = false;
        mark_changed(slot);
    }
}

static void on_sent(int slot, int result)
{
    struct connection *connection = &connections[slot];
    bool was_silent = connection->sending == SILENT;
    connection->sending = IDLE;
    if (result >= 0 || result == -EAGAIN)
        remove_bytes(connection, result > 0 ? (unsigned)result : 0);
    else
        remove_bytes(connection, ~0u);
    if (was_silent && connection->first != NONE)
        start_sending(slot, true);
    else
        mark_changed(slot);
}

static void dispatch(const struct io_uring_cqe *cqe)
{
    int slot = (int)(cqe->user_data >> 2);
    switch ((enum kind)(cqe->user_data & 3)) {
    case ACCEPT:
        on_accepted(cqe);
        break;
    case RECEIVE:
        on_received(slot, cqe);
        break;
    case SEND:
        on_sent(slot, cqe->res);
        break;
    case CLOSE:
        break;
    }
}

static void take_completions(void)
{
    struct io_uring_cqe *cqe;
    unsigned head, count = 0;
    io_uring_for_each_cqe(&ring, head, cqe) {
        dispatch(cqe);
        count++;
    }
    io_uring_cq_advance(&ring, count);
}

// No completion came for them: they have sent everything.
static void settle_silent(void)
{
    for (unsigned i = 0; i < silent.length; i++) {
        struct connection *connection = &connections[silent.slots[i]];
        if (connection->sending == SILENT) {
            connection->sending = IDLE;
            remove_bytes(connection, connection->sending_bytes);
        }
    }
    silent.length = 0;
}

static void feed_starved(void)
{
    if (free_buffers == 0)
        return;
    for (unsigned i = 0; i < starved.length; i++)
        start_receiving(starved.slots[i]);
    starved.length = 0;
}

static void serve_changed(void)
{
    for (unsigned i = 0; i < changed.length; i++) {
        int slot = changed.slots[i];
        struct connection *connection = &connections[slot];
        connection->listed = false;
        if (connection->sending != IDLE)
            continue; // listed again when that has ended
        if (connection->first != NONE)
            start_sending(slot, false);
        else if (!connection->receiving)
            start_closing(slot);
    }
    changed.length = 0;
}

static void open_ring(void)
{
    struct io_uring_params parameters = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
        .cq_entries = COMPLETIONS
    };
    int result = io_uring_queue_init_params(SUBMISSIONS, &ring, &parameters);
    if (result < 0)
        die("io_uring_queue_init (Linux 6.1 is needed)", -result);
    result = io_uring_register_files_sparse(&ring, SLOTS);
    if (result < 0)
        die("io_uring_register_files_sparse", -result);
    io_uring_register_ring_fd(&ring); // only makes it faster
}

static void *pages(size_t length)
{
    void *start =
        mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED)
        die("mmap", errno);
    return start;
}

static void provide_buffers(void)
{
    provided = pages(BUFFERS * sizeof(struct io_uring_buf));
    memory = pages((size_t)BUFFERS * BUFFER_BYTES);
    struct io_uring_buf_reg registration = { .ring_addr = (unsigned long)provided,
                                             .ring_entries = BUFFERS };
    int result = io_uring_register_buf_ring(&ring, &registration, 0);
    if (result < 0)
        die("io_uring_register_buf_ring", -result);
    io_uring_buf_ring_init(provided);
    free_buffers = 0;
    for (int i = 0; i < BUFFERS; i++)
        return_buffer(i);
}

int main(int count, char **arguments)
{
    prepare_process();
    open_ring();
    provide_buffers();
    listener = listen_and_announce(loopback(count, arguments), 0);
    start_accepting();
    for (;;) {
        int result = io_uring_submit_and_wait(&ring, 1);
        if (result < 0 && result != -EINTR && result != -EAGAIN && result != -EBUSY)
            die("io_uring_enter", -result);
        take_completions();
        settle_silent();
        feed_starved();
        serve_changed();
    }
}
