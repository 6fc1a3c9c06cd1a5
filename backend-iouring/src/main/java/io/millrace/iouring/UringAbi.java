// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * What the kernel and this process call things on a ring: the bits, numbers and layouts of
 * linux/io_uring.h as far as this backend uses them, in the order in which a ring needs them.
 *
 * <p>They are the same on all processors, and a wrong one would be silent corruption; {@link Probe}
 * tries a ring out before any socket depends on it.
 */
final class UringAbi {
    private UringAbi() {}

    /** How a ring is made: the {@code IORING_SETUP_} bits of io_uring_setup(2). */
    static final class SetupFlag {
        /**
         * A kernel thread takes submissions, so submitting needs no system call and costs a
         * processor.
         */
        static final int KERNEL_THREAD = 1 << 1;

        /** The completion queue has the size asked for instead of twice the submission queue's. */
        static final int COMPLETION_SIZE = 1 << 3;

        /** Sizes beyond the kernel's maximum are cut down instead of refused. */
        static final int CLAMP = 1 << 4;

        /** The ring starts disabled; the thread that enables it becomes its only issuer. */
        static final int START_DISABLED = 1 << 6;

        /** A submission that fails at once does not keep back those behind it. Linux 5.18. */
        static final int SUBMIT_ALL = 1 << 7;

        /**
         * The queue's flags say when completions wait for the thread to enter the kernel. Linux
         * 5.19.
         */
        static final int TASK_RUN_FLAG = 1 << 9;

        /** One thread submits, so the kernel needs no lock. Linux 6.0. */
        static final int SINGLE_ISSUER = 1 << 12;

        /**
         * Completions are worked off when the thread asks for them, not by interrupting it. Linux
         * 6.1.
         */
        static final int DEFER_TASK_RUN = 1 << 13;

        /** No array of indices between the tail and the entries. Linux 6.6. */
        static final int NO_INDEX_ARRAY = 1 << 16;

        /** What every ring of this backend is made with; a kernel that refuses it is too old. */
        static final int REQUIRED =
                START_DISABLED
                        | CLAMP
                        | SUBMIT_ALL
                        | SINGLE_ISSUER
                        | DEFER_TASK_RUN
                        | TASK_RUN_FLAG
                        | COMPLETION_SIZE;

        private SetupFlag() {}
    }

    /**
     * Where the fields of {@code struct io_uring_params} lie, 120 bytes, see io_uring_setup(2). The
     * kernel reads the first three words and fills in the rest; the two groups at the end say where
     * in the ring mapping each queue keeps its words.
     */
    static final class ParametersLayout {
        static final int BYTES = 120;

        static final int SUBMISSION_ENTRIES = 0;
        static final int COMPLETION_ENTRIES = 4;
        static final int FLAGS = 8;
        static final int THREAD_IDLE_MILLIS = 16;
        static final int FEATURES = 20;

        static final int SUBMISSION_HEAD = 40;
        static final int SUBMISSION_TAIL = 44;
        static final int SUBMISSION_FLAGS = 56;
        static final int SUBMISSION_ARRAY = 64;

        static final int COMPLETION_HEAD = 80;
        static final int COMPLETION_TAIL = 84;
        static final int COMPLETION_OVERFLOW = 96;
        static final int COMPLETION_QUEUE = 100;

        /** Where io_uring's mmap(2) finds the two queues' words and completions. */
        static final long RINGS_MAP_OFFSET = 0;

        /** Where io_uring's mmap(2) finds the submissions. */
        static final long SUBMISSIONS_MAP_OFFSET = 0x1000_0000L;

        private ParametersLayout() {}
    }

    /** What io_uring_setup(2) says the kernel can do: the {@code IORING_FEAT_} bits. */
    static final class FeatureFlag {
        /** Both queues lie in one mapping. Linux 5.4. */
        static final int SINGLE_MAPPING = 1;

        /** Completions that find the queue full are kept. Linux 5.5. */
        static final int NO_DROP = 1 << 1;

        /**
         * What a submission points to may be reused when the submitting call returns. Linux 5.5.
         */
        static final int SUBMIT_STABLE = 1 << 2;

        /** Waiting for readiness is the kernel's business, without a thread. Linux 5.7. */
        static final int FAST_POLL = 1 << 5;

        /** The waiting call takes a timeout. Linux 5.11. */
        static final int EXTENDED_ARGUMENT = 1 << 8;

        /** Successful requests can stay silent. Linux 5.17. */
        static final int SKIP_SUCCESS = 1 << 11;

        /** One receive may fill several buffers. Linux 6.10. */
        static final int BUNDLES = 1 << 14;

        /** Waiting need not count as waiting for input or output. Linux 6.15. */
        static final int NO_IOWAIT = 1 << 17;

        /** What this backend cannot do without; all of it older than the setup flags it needs. */
        static final int REQUIRED =
                SINGLE_MAPPING
                        | NO_DROP
                        | SUBMIT_STABLE
                        | FAST_POLL
                        | EXTENDED_ARGUMENT
                        | SKIP_SUCCESS;

        private FeatureFlag() {}
    }

    /** What io_uring_register(2) is asked to do, as far as this backend uses it. */
    static final class RegisterCode {
        static final int EVENT_DESCRIPTOR = 4;
        static final int PROBE = 8;
        static final int ENABLE_RINGS = 12;
        static final int RING_DESCRIPTORS = 20;
        static final int UNREGISTER_RING_DESCRIPTORS = 21;
        static final int BUFFER_RING = 22;

        private RegisterCode() {}
    }

    /**
     * Where the fields of {@code struct io_uring_rsrc_update} lie, 16 bytes, see
     * io_uring_register(2).
     */
    static final class RegistrationLayout {
        static final int UPDATE_BYTES = 16;
        static final int UPDATE_INDEX = 0;
        static final int UPDATE_DATA = 8;

        /** As an index: the kernel chooses one and writes it there. */
        static final int ANY_INDEX = -1;

        private RegistrationLayout() {}
    }

    /**
     * Where the fields of {@code struct io_uring_probe} lie, a head of 16 bytes and 8 bytes an
     * operation, see {@code IORING_REGISTER_PROBE} in io_uring_register(2).
     */
    static final class ProbeLayout {
        static final int HEAD_BYTES = 16;
        static final int OPERATIONS = 1;

        static final int OPERATION_BYTES = 8;
        static final int OPERATION_OPCODE = 0;
        static final int OPERATION_FLAGS = 2;

        static final int FLAG_SUPPORTED = 1;

        /** As many operations as a probe can tell of. */
        static final int MAXIMUM_OPERATIONS = 256;

        private ProbeLayout() {}
    }

    /**
     * Where the fields of provided buffers lie: {@code struct io_uring_buf}, 16 bytes an entry, and
     * of {@code struct io_uring_buf_reg}, 40 bytes, which registers the ring. The ring's tail lives
     * in the one field of entry 0 that a buffer does not use.
     */
    static final class BufferRingLayout {
        static final int ENTRY_BYTES = 16;
        static final int ENTRY_ADDRESS = 0;
        static final int ENTRY_LENGTH = 8;
        static final int ENTRY_ID = 12;

        static final int TAIL = 14;

        static final int REGISTRATION_BYTES = 40;
        static final int REGISTRATION_ADDRESS = 0;
        static final int REGISTRATION_ENTRIES = 8;
        static final int REGISTRATION_GROUP = 12;
        static final int REGISTRATION_FLAGS = 14;

        /** The kernel fills a buffer piece by piece instead of giving it up at once. Linux 6.12. */
        static final int FLAG_INCREMENTAL = 1 << 1;

        private BufferRingLayout() {}
    }

    /** How the kernel is entered: the {@code IORING_ENTER_} bits of io_uring_enter(2). */
    static final class EnterFlag {
        /**
         * Work off completions and wait for as many as asked. Deferred completions appear only this
         * way.
         */
        static final int GET_EVENTS = 1;

        /** Wake the kernel's submission thread. */
        static final int WAKE_KERNEL_THREAD = 1 << 1;

        /** Wait until the kernel's submission thread has made room. */
        static final int AWAIT_ROOM = 1 << 2;

        /** The argument is a {@link WaitLayout}, not a signal mask. */
        static final int EXTENDED_ARGUMENT = 1 << 3;

        /** The descriptor is an index into the thread's registered rings. */
        static final int REGISTERED_RING = 1 << 4;

        /**
         * Waiting is not reported as "waiting for input or output", which alarms operators. Linux
         * 6.15.
         */
        static final int NO_IOWAIT = 1 << 7;

        private EnterFlag() {}
    }

    /**
     * Where the fields of {@code struct io_uring_getevents_arg} lie, 24 bytes, and of the {@code
     * struct __kernel_timespec} that it points to, 16 bytes. One block of memory holds both,
     * argument first.
     */
    static final class WaitLayout {
        static final int ARGUMENT_BYTES = 24;
        static final int ARGUMENT_SIGNAL_MASK_BYTES = 8;
        static final int ARGUMENT_TIMESPEC = 16;

        static final int TIMESPEC = 24;
        static final int TIMESPEC_SECONDS = TIMESPEC;
        static final int TIMESPEC_NANOS = TIMESPEC + 8;

        static final int BYTES = TIMESPEC + 16;

        /** Bytes of the kernel's signal set; asked for even when no mask is given. */
        static final int KERNEL_SIGNAL_SET_BYTES = 8;

        private WaitLayout() {}
    }

    /**
     * Error numbers that only rings answer, with the sign turned, beside {@link
     * io.millrace.spi.Code}.
     */
    static final class RingCode {
        /** EBUSY: completions wait in the kernel because the queue is full. */
        static final int BUSY = -16;

        /** EBADR: the kernel could not keep completions that found the queue full. */
        static final int COMPLETIONS_LOST = -53;

        /** ETIME: the wait's time was over. */
        static final int TIME_OVER = -62;

        private RingCode() {}
    }

    /**
     * Where the fields of a submission lie: {@code struct io_uring_sqe}, 64 bytes, see
     * io_uring_enter(2).
     *
     * <pre>
     *   0 opcode   1 flags   2 priority     4 descriptor
     *   8 offset (of a file), or a second address, or the length of an address
     *  16 address
     *  24 length             28 operation flags
     *  32 user data
     *  40 buffer group  42 personality  44 file index
     *  48 third address      56 reserved
     * </pre>
     */
    static final class SubmissionLayout {
        static final int BYTES = 64;

        static final int OPCODE = 0;
        static final int FLAGS = 1;
        static final int PRIORITY = 2;
        static final int DESCRIPTOR = 4;
        static final int OFFSET = 8;
        static final int ADDRESS = 16;
        static final int LENGTH = 24;
        static final int OPERATION_FLAGS = 28;
        static final int USER_DATA = 32;
        static final int BUFFER_GROUP = 40;

        private SubmissionLayout() {}
    }

    /**
     * What a submission asks for: {@code enum io_uring_op} of linux/io_uring.h, as far as this
     * backend uses it.
     */
    static final class Opcode {
        static final int NOP = 0;
        static final int READV = 1;
        static final int WRITEV = 2;
        static final int FSYNC = 3;
        static final int POLL_ADD = 6;
        static final int SENDMSG = 9;
        static final int RECVMSG = 10;
        static final int ACCEPT = 13;
        static final int ASYNC_CANCEL = 14;
        static final int CONNECT = 16;
        static final int FALLOCATE = 17;
        static final int OPENAT = 18;
        static final int CLOSE = 19;
        static final int STATX = 21;
        static final int READ = 22;
        static final int WRITE = 23;
        static final int FADVISE = 24;
        static final int SEND = 26;
        static final int RECV = 27;
        static final int RENAMEAT = 35;
        static final int UNLINKAT = 36;
        static final int MKDIRAT = 37;
        static final int SYMLINKAT = 38;
        static final int LINKAT = 39;
        static final int SEND_ZC = 47;
        static final int SENDMSG_ZC = 48;

        /** Linux 6.9. */
        static final int FTRUNCATE = 55;

        private Opcode() {}
    }

    /**
     * How a submission is treated, whatever it asks for: the {@code IOSQE_} bits, see
     * io_uring_enter(2).
     */
    static final class EntryFlag {
        /**
         * The next entry starts when this one has ended, even if it failed: unlike a plain link.
         */
        static final int HARD_LINK = 1 << 3;

        /** A thread of the kernel's carries it out, not the call that submits it. */
        static final int ASYNC = 1 << 4;

        /** The kernel takes memory from the entry's buffer group at the moment it has data. */
        static final int BUFFER_SELECT = 1 << 5;

        /** No completion if the request succeeds; a failure is reported all the same. */
        static final int SKIP_SUCCESS = 1 << 6;

        private EntryFlag() {}
    }

    /**
     * Flags that belong to one kind of request. Each constant names the field it goes into: the
     * header reuses the same bits in several fields, and a right bit in the wrong field is silently
     * something else.
     */
    static final class RequestFlag {
        /** In the priority field of RECV: stay armed and report every arrival. */
        static final int PRIORITY_RECEIVE_MULTISHOT = 1 << 1;

        /** In the priority field of ACCEPT: stay armed and report every connection. */
        static final int PRIORITY_ACCEPT_MULTISHOT = 1;

        /**
         * In the priority field of SEND_ZC: the notification tells whether the kernel copied after
         * all.
         */
        static final int PRIORITY_REPORT_ZERO_COPY = 1 << 3;

        /** In the length field of POLL_ADD: stay armed. */
        static final int LENGTH_POLL_MULTISHOT = 1;

        /** In the operation flags of ASYNC_CANCEL: every request that matches, not the first. */
        static final int CANCEL_ALL = 1;

        /** In the operation flags of ASYNC_CANCEL: match by descriptor, not by user data. */
        static final int CANCEL_BY_DESCRIPTOR = 1 << 1;

        /** In the operation flags of FSYNC: of the attributes only what reading needs. */
        static final int SYNC_DATA_ONLY = 1;

        /**
         * In the result of a zero-copy notification: the data was copied, so nothing was gained.
         */
        static final int RESULT_ZERO_COPY_COPIED = 1 << 31;

        private RequestFlag() {}
    }

    /**
     * Where the fields of {@code struct io_uring_recvmsg_out} lie, 16 bytes, with which a buffer
     * begins that a multishot RECVMSG has filled. The address follows, in as much room as the
     * header had for it, then control data likewise, then the bytes.
     */
    static final class MessageOutLayout {
        static final int BYTES = 16;

        static final int NAME_LENGTH = 0;
        static final int CONTROL_LENGTH = 4;
        static final int FLAGS = 12;

        private MessageOutLayout() {}
    }

    /** What the kernel says in the submission queue's flags word: the {@code IORING_SQ_} bits. */
    static final class QueueFlag {
        /** The kernel's submission thread sleeps. */
        static final int NEED_WAKEUP = 1;

        /** Completions wait in the kernel because the queue was full. */
        static final int OVERFLOW = 1 << 1;

        /** Completions wait for this thread to enter the kernel. */
        static final int TASK_RUN = 1 << 2;

        private QueueFlag() {}
    }

    /** Where the fields of a completion lie: {@code struct io_uring_cqe}, 16 bytes. */
    static final class CompletionLayout {
        static final int BYTES = 16;

        static final int USER_DATA = 0;
        static final int RESULT = 8;
        static final int FLAGS = 12;

        private CompletionLayout() {}
    }

    /** What a completion says beside its result: the {@code IORING_CQE_F_} bits. */
    static final class CompletionFlag {
        /** The upper half of the flags is the identifier of a provided buffer, now ours. */
        static final int BUFFER = 1;

        /**
         * More completions of the same request follow. Its absence is the only sign that a request
         * has ended.
         */
        static final int MORE = 1 << 1;

        /** The notification of a zero-copy send: its memory is free again. */
        static final int NOTIFICATION = 1 << 3;

        private static final int BUFFER_SHIFT = 16;

        static boolean hasMore(int flags) {
            return (flags & MORE) != 0;
        }

        static boolean hasBuffer(int flags) {
            return (flags & BUFFER) != 0;
        }

        static boolean isNotification(int flags) {
            return (flags & NOTIFICATION) != 0;
        }

        static int bufferId(int flags) {
            return flags >>> BUFFER_SHIFT;
        }

        private CompletionFlag() {}
    }
}
