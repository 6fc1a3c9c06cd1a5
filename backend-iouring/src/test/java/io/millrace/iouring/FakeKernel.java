// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.BufferRingLayout;
import io.millrace.iouring.UringAbi.CompletionLayout;
import io.millrace.iouring.UringAbi.EnterFlag;
import io.millrace.iouring.UringAbi.ParametersLayout;
import io.millrace.iouring.UringAbi.ProbeLayout;
import io.millrace.iouring.UringAbi.QueueFlag;
import io.millrace.iouring.UringAbi.RegisterCode;
import io.millrace.iouring.UringAbi.RegistrationLayout;
import io.millrace.iouring.UringAbi.RingCode;
import io.millrace.iouring.UringAbi.SetupFlag;
import io.millrace.iouring.UringAbi.SubmissionLayout;
import io.millrace.iouring.UringAbi.WaitLayout;
import io.millrace.posix.NativeMemory;
import io.millrace.spi.Code;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A kernel with one ring in use, played by a test: it reads submissions from the shared memory and
 * writes completions there, so everything above the system calls is the real code.
 *
 * <p>Keeps the kernel's rules: a disabled ring is not entered (EBADFD), one thread enters it
 * (EEXIST), deferred completions appear only when asked for and only if all submissions could be
 * taken, what finds the completion queue full waits in the kernel. A wait that nothing could end is
 * a failed test, not a hang.
 */
final class FakeKernel implements RingCalls {
    static final int RING_DESCRIPTOR = 77;
    static final int REGISTERED_INDEX = 3;
    static final int BAD_STATE = -77;

    /** How the kernel was entered. A timeout of -1 is none. */
    record Entry(int submissions, int completions, int flags, long timeoutNanos) {}

    private record Completion(long userData, int result, int flags) {}

    private static final int SUBMISSION_HEAD = 0;
    private static final int SUBMISSION_TAIL = 4;
    private static final int FLAGS = 8;
    private static final int COMPLETION_HEAD = 12;
    private static final int COMPLETION_TAIL = 16;
    private static final int OVERFLOW = 20;
    private static final int QUEUE = 64;

    final List<Integer> setupFlags = new ArrayList<>();
    final List<RingSizes> setupSizes = new ArrayList<>();
    final List<Entry> entries = new ArrayList<>();
    final List<FakeSubmission> submissions = new ArrayList<>();
    final List<Integer> closed = new ArrayList<>();
    final List<Long> pauses = new ArrayList<>();

    /** What the next calls answer instead of being carried out; null carries one out. */
    final ArrayDeque<Integer> nextSetups = new ArrayDeque<>();

    final ArrayDeque<Integer> nextEntries = new ArrayDeque<>();
    final Map<Integer, Integer> registerAnswers = new HashMap<>();

    /** So many rings fit into the limit on locked memory. */
    int roomForRings = Integer.MAX_VALUE;

    /** At most this many submissions are taken by one entry. */
    int takesAtMost = Integer.MAX_VALUE;

    Consumer<FakeSubmission> whenSubmitted = submission -> {};

    /** Runs when a wait finds nothing to report; may complete something. */
    Runnable whenWaiting = () -> {};

    /** What mapping answers instead of an address, unless it is 0. */
    long mapAnswer;

    /** The kernel that is played. */
    Features features = KernelRecords.linux6_1();

    private final Map<Long, NativeMemory> mappings = new HashMap<>();
    private final ArrayDeque<Completion> deferred = new ArrayDeque<>();
    private @Nullable NativeMemory rings;
    private @Nullable NativeMemory queueEntries;
    private @Nullable FakeBuffers buffers;
    private @Nullable Thread issuer;
    private int ringFlags;
    private int submissionCapacity;
    private int completionCapacity;
    private int openRings;

    @Override
    public int setup(int entryCount, long address) {
        NativeMemory parameters = NativeMemory.at(address, ParametersLayout.BYTES);
        int flags = parameters.getInt(ParametersLayout.FLAGS);
        setupFlags.add(flags);
        int completionCount = parameters.getInt(ParametersLayout.COMPLETION_ENTRIES);
        setupSizes.add(new RingSizes(entryCount, completionCount));
        Integer answer = nextSetups.poll();
        if (answer != null) {
            return answer;
        }
        if ((flags & ~features.setupFlags()) != 0) {
            return Code.INVALID_ARGUMENT;
        }
        ringFlags = flags;
        if (openRings == roomForRings) {
            return Code.NO_MEMORY;
        }
        open(entryCount, completionCount);
        describe(parameters);
        return RING_DESCRIPTOR;
    }

    private void open(int entryCount, int completionCount) {
        submissionCapacity = entryCount;
        completionCapacity = completionCount;
        rings =
                NativeMemory.allocate(
                        QUEUE
                                + completionCount * CompletionLayout.BYTES
                                + entryCount * Integer.BYTES);
        queueEntries = NativeMemory.allocate(entryCount * SubmissionLayout.BYTES);
        issuer = null;
        openRings++;
    }

    private void describe(NativeMemory parameters) {
        parameters.putInt(ParametersLayout.SUBMISSION_ENTRIES, submissionCapacity);
        parameters.putInt(ParametersLayout.FEATURES, features.featureFlags());
        parameters.putInt(ParametersLayout.SUBMISSION_HEAD, SUBMISSION_HEAD);
        parameters.putInt(ParametersLayout.SUBMISSION_TAIL, SUBMISSION_TAIL);
        parameters.putInt(ParametersLayout.SUBMISSION_FLAGS, FLAGS);
        parameters.putInt(ParametersLayout.SUBMISSION_ARRAY, indexArray());
        parameters.putInt(ParametersLayout.COMPLETION_HEAD, COMPLETION_HEAD);
        parameters.putInt(ParametersLayout.COMPLETION_TAIL, COMPLETION_TAIL);
        parameters.putInt(ParametersLayout.COMPLETION_OVERFLOW, OVERFLOW);
        parameters.putInt(ParametersLayout.COMPLETION_QUEUE, QUEUE);
    }

    @Override
    public int enter(int ring, int count, int completions, int flags) {
        return enter(ring, new Entry(count, completions, flags, -1));
    }

    @Override
    public int enter(int ring, int count, int completions, int flags, long argument) {
        NativeMemory wait = NativeMemory.at(argument, WaitLayout.ARGUMENT_BYTES);
        NativeMemory timespec =
                NativeMemory.at(wait.getLong(WaitLayout.ARGUMENT_TIMESPEC), 2 * Long.BYTES);
        long nanos = timespec.getLong(0) * 1_000_000_000L + timespec.getLong(Long.BYTES);
        return enter(ring, new Entry(count, completions, flags, nanos));
    }

    private int enter(int ring, Entry entry) {
        entries.add(entry);
        boolean registered = (entry.flags & EnterFlag.REGISTERED_RING) != 0;
        if (ring != (registered ? REGISTERED_INDEX : RING_DESCRIPTOR)) {
            return Code.BAD_DESCRIPTOR;
        }
        if (issuer != Thread.currentThread()) {
            return issuer == null ? BAD_STATE : Code.EXISTS;
        }
        Integer answer = nextEntries.poll();
        if (answer != null) {
            return answer;
        }
        if ((ringFlags & SetupFlag.KERNEL_THREAD) != 0) {
            return enterBesideThread(entry);
        }
        int taken = takeSubmissions(Math.min(entry.submissions, takesAtMost));
        boolean tookAll = taken == entry.submissions;
        if (!tookAll || (entry.flags & EnterFlag.GET_EVENTS) == 0) {
            return taken;
        }
        flushDeferred();
        if (entry.completions > 0 && unread() == 0) {
            whenWaiting.run();
            flushDeferred();
            if (unread() == 0) {
                return timeOver(entry, taken);
            }
        }
        return taken;
    }

    /** The thread takes submissions, whatever the entry says; it was asleep, or is waited for. */
    private int enterBesideThread(Entry entry) {
        int awake = EnterFlag.WAKE_KERNEL_THREAD | EnterFlag.AWAIT_ROOM;
        if ((entry.flags & awake) != 0) {
            takeSubmissions(Integer.MAX_VALUE);
            rings().putInt(FLAGS, 0);
        }
        if (entry.completions > 0 && unread() == 0) {
            whenWaiting.run();
        }
        flushDeferred();
        return entry.submissions;
    }

    void kernelThreadSleeps() {
        rings().putInt(FLAGS, QueueFlag.NEED_WAKEUP);
    }

    private static int timeOver(Entry entry, int taken) {
        if (entry.timeoutNanos < 0) {
            throw new AssertionError("waits for ever: nothing is in flight that could end it");
        }
        return taken > 0 ? taken : RingCode.TIME_OVER;
    }

    private int takeSubmissions(int most) {
        int taken = 0;
        while (taken < most && rings().getInt(SUBMISSION_HEAD) != submissionTail()) {
            int head = rings().getInt(SUBMISSION_HEAD);
            int at = indexAt(head & (submissionCapacity - 1)) * SubmissionLayout.BYTES;
            FakeSubmission submission = FakeSubmission.read(queueEntries(), at);
            rings().putIntRelease(SUBMISSION_HEAD, head + 1);
            submissions.add(submission);
            whenSubmitted.accept(submission);
            taken++;
        }
        return taken;
    }

    /** Without the flag that does away with it, the array of indices says which entry is meant. */
    private int indexAt(int place) {
        boolean direct = (ringFlags & SetupFlag.NO_INDEX_ARRAY) != 0;
        return direct ? place : rings().getInt(indexArray() + place * Integer.BYTES);
    }

    private int indexArray() {
        return QUEUE + completionCapacity * CompletionLayout.BYTES;
    }

    private int submissionTail() {
        return rings().getIntAcquire(SUBMISSION_TAIL);
    }

    /** Completes a request. The process sees it when it next asks for completions. */
    void complete(long userData, int result, int flags) {
        deferred.add(new Completion(userData, result, flags));
        rings().putInt(FLAGS, QueueFlag.TASK_RUN);
    }

    private void flushDeferred() {
        while (!deferred.isEmpty() && unread() < completionCapacity) {
            write(deferred.remove());
        }
        rings().putInt(FLAGS, deferred.isEmpty() ? 0 : QueueFlag.OVERFLOW);
    }

    private void write(Completion completion) {
        int tail = rings().getInt(COMPLETION_TAIL);
        int at = QUEUE + (tail & (completionCapacity - 1)) * CompletionLayout.BYTES;
        rings().putLong(at + CompletionLayout.USER_DATA, completion.userData);
        rings().putInt(at + CompletionLayout.RESULT, completion.result);
        rings().putInt(at + CompletionLayout.FLAGS, completion.flags);
        rings().putIntRelease(COMPLETION_TAIL, tail + 1);
    }

    /** Completions written and not yet taken by the process. */
    int unread() {
        return rings().getInt(COMPLETION_TAIL) - rings().getIntAcquire(COMPLETION_HEAD);
    }

    @Override
    public int register(int ring, int code, long argument, int count) {
        Integer answer = registerAnswers.get(code);
        if (answer != null) {
            return answer;
        }
        switch (code) {
            case RegisterCode.ENABLE_RINGS -> issuer = Thread.currentThread();
            case RegisterCode.RING_DESCRIPTORS -> {
                NativeMemory.at(argument, RegistrationLayout.UPDATE_BYTES)
                        .putInt(RegistrationLayout.UPDATE_INDEX, REGISTERED_INDEX);
                return count;
            }
            case RegisterCode.PROBE -> tellOpcodes(argument, count);
            case RegisterCode.BUFFER_RING -> {
                return registerBuffers(argument);
            }
            default -> {}
        }
        return 0;
    }

    private void tellOpcodes(long argument, int count) {
        int bytes = ProbeLayout.HEAD_BYTES + count * ProbeLayout.OPERATION_BYTES;
        NativeMemory probe = NativeMemory.at(argument, bytes);
        int known = features.opcodes().length();
        probe.putByte(ProbeLayout.OPERATIONS, (byte) known);
        for (int opcode = 0; opcode < known; opcode++) {
            int at = ProbeLayout.HEAD_BYTES + opcode * ProbeLayout.OPERATION_BYTES;
            probe.putByte(at + ProbeLayout.OPERATION_OPCODE, (byte) opcode);
            int flags = features.hasOpcode(opcode) ? ProbeLayout.FLAG_SUPPORTED : 0;
            probe.putShort(at + ProbeLayout.OPERATION_FLAGS, (short) flags);
        }
    }

    private int registerBuffers(long argument) {
        NativeMemory registration = NativeMemory.at(argument, BufferRingLayout.REGISTRATION_BYTES);
        boolean incremental = registration.getShort(BufferRingLayout.REGISTRATION_FLAGS) != 0;
        if (incremental && !features.incrementalBuffers()) {
            return Code.INVALID_ARGUMENT;
        }
        buffers = new FakeBuffers(registration);
        return 0;
    }

    FakeBuffers buffers() {
        return present(buffers);
    }

    private NativeMemory rings() {
        return present(rings);
    }

    private NativeMemory queueEntries() {
        return present(queueEntries);
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("there is no ring yet");
        }
        return value;
    }

    @Override
    public long mapRing(int ring, long offset, long length) {
        if (mapAnswer != 0) {
            return mapAnswer;
        }
        NativeMemory memory =
                offset == ParametersLayout.SUBMISSIONS_MAP_OFFSET ? queueEntries() : rings();
        if (memory.size() != length) {
            throw new AssertionError("maps " + length + " of " + memory.size() + " bytes");
        }
        mappings.put(memory.address(), memory);
        return memory.address();
    }

    @Override
    public long mapPages(long length) {
        NativeMemory memory = NativeMemory.allocate((int) length);
        mappings.put(memory.address(), memory);
        return memory.address();
    }

    @Override
    public int unmap(long address, long length) {
        NativeMemory memory = mappings.remove(address);
        if (memory == null || memory.size() != length) {
            throw new AssertionError("unmaps what is not mapped");
        }
        return 0;
    }

    @Override
    public int close(int descriptor) {
        closed.add(descriptor);
        openRings -= descriptor == RING_DESCRIPTOR ? 1 : 0;
        return 0;
    }

    @Override
    public void pause(long nanos) {
        pauses.add(nanos);
    }

    /** Whether everything that was taken from this kernel was given back. */
    boolean isReleased() {
        return mappings.isEmpty() && openRings == 0;
    }
}
