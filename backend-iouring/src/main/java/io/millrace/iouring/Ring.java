// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.EnterFlag;
import io.millrace.iouring.UringAbi.FeatureFlag;
import io.millrace.iouring.UringAbi.RegisterCode;
import io.millrace.iouring.UringAbi.RegistrationLayout;
import io.millrace.iouring.UringAbi.RingCode;
import io.millrace.iouring.UringAbi.SetupFlag;
import io.millrace.iouring.UringAbi.WaitLayout;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Timespec;
import io.millrace.spi.Code;
import org.jspecify.annotations.Nullable;

/**
 * An open ring: its descriptor, its memory, its two queues, and the one way into the kernel.
 *
 * <p>Opened on any thread, where it is only memory. The thread that calls {@link #enable} becomes
 * its issuer: from then on the kernel refuses every other thread (EEXIST), because that is what
 * spares it the locks. {@link #close} may be called from any thread once nobody enters any more.
 */
final class Ring implements AutoCloseable {
    /** How long a kernel that is short of memory is left alone before it is asked again. */
    static final long BUSY_PAUSE_NANOS = 1_000_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int NOT_REGISTERED = -1;

    private final RingCalls calls;
    private final Features features;

    /** Whether submissions are taken by a thread of the kernel's, without an entry. */
    private final boolean kernelThread;

    private final int descriptor;
    private final RingMemory memory;
    private final SubmissionQueue submissions;
    private final CompletionQueue completions;
    private final NativeMemory wait = NativeMemory.allocate(WaitLayout.BYTES);

    /** For registering and unregistering the descriptor, which must not fail for lack of it. */
    private final NativeMemory update = NativeMemory.allocate(RegistrationLayout.UPDATE_BYTES);

    private @Nullable Thread issuer;
    private int registeredIndex = NOT_REGISTERED;
    private int enterDescriptor;
    private int enterFlags;
    private int systemCalls;
    private boolean closed;

    /**
     * @param descriptor from io_uring_setup(2), closed with this ring
     * @param parameters as that call filled them in
     */
    Ring(RingCalls calls, Features features, int descriptor, NativeMemory parameters)
            throws IoException {
        this.calls = calls;
        this.features = features;
        kernelThread = features.hasSetup(SetupFlag.KERNEL_THREAD);
        this.descriptor = descriptor;
        memory = RingMemory.map(calls, descriptor, parameters);
        submissions = new SubmissionQueue(parameters, memory.rings(), memory.entries());
        completions = new CompletionQueue(parameters, memory.rings());
        if (!features.hasSetup(SetupFlag.NO_INDEX_ARRAY)) {
            submissions.fillIndexArray(parameters);
        }
        wait.putInt(WaitLayout.ARGUMENT_SIGNAL_MASK_BYTES, WaitLayout.KERNEL_SIGNAL_SET_BYTES);
        wait.putLong(WaitLayout.ARGUMENT_TIMESPEC, wait.address(WaitLayout.TIMESPEC));
    }

    Features features() {
        return features;
    }

    SubmissionQueue submissions() {
        return submissions;
    }

    CompletionQueue completions() {
        return completions;
    }

    boolean isEnabled() {
        return issuer != null;
    }

    /** Makes the calling thread the one that may enter. */
    void enable() throws IoException {
        assert issuer == null : "enabled twice";
        int result = calls.register(descriptor, RegisterCode.ENABLE_RINGS, 0, 0);
        if (result < 0) {
            throw IoException.of(result, "io_uring_register(enable)", null);
        }
        issuer = Thread.currentThread();
        enterDescriptor = descriptor;
        enterFlags = features.hasFeature(FeatureFlag.NO_IOWAIT) ? EnterFlag.NO_IOWAIT : 0;
        registerDescriptor();
    }

    /**
     * Puts the ring into the thread's own small table, which spares the kernel a look-up for each
     * entry. The table has 16 places; a ring that finds none does without.
     */
    private void registerDescriptor() {
        update.putInt(RegistrationLayout.UPDATE_INDEX, RegistrationLayout.ANY_INDEX);
        update.putLong(RegistrationLayout.UPDATE_DATA, descriptor);
        int count =
                update.keptFor(
                        calls.register(
                                descriptor, RegisterCode.RING_DESCRIPTORS, update.address(), 1));
        if (count == 1) {
            registeredIndex = update.getInt(RegistrationLayout.UPDATE_INDEX);
            enterDescriptor = registeredIndex;
            enterFlags |= EnterFlag.REGISTERED_RING;
        }
    }

    /** How often the kernel was entered since this was last asked. */
    int takeSystemCalls() {
        int count = systemCalls;
        systemCalls = 0;
        return count;
    }

    /** Registers something with the ring, see io_uring_register(2): a result or a negative code. */
    int register(int code, NativeMemory argument, int count) {
        return argument.keptFor(calls.register(descriptor, code, argument.address(), count));
    }

    /** Hands what was claimed to the kernel without looking at completions: to make room. */
    void submit() throws IoException {
        int pending = submissions.publish();
        int flags = kernelThread ? wakeupFlag() | EnterFlag.AWAIT_ROOM : 0;
        check(calls.enter(enterDescriptor, pending, 0, enterFlags | flags));
    }

    /** Has an eventfd signalled whenever there is something to enter or to look for. */
    int notify(int eventDescriptor) {
        NativeMemory argument = NativeMemory.allocate(Integer.BYTES);
        argument.putInt(0, eventDescriptor);
        return register(RegisterCode.EVENT_DESCRIPTOR, argument, 1);
    }

    /** Whether there is anything for {@link #submitAndPeek} to do. */
    boolean hasWork() {
        return submissions.pending() > 0 || submissions.needsEntry();
    }

    /** Hands what was claimed to the kernel and lets it work off completions, without waiting. */
    void submitAndPeek() throws IoException {
        int pending = submissions.publish();
        int flags = EnterFlag.GET_EVENTS;
        if (kernelThread) {
            flags |= wakeupFlag();
            if (flags == EnterFlag.GET_EVENTS && !submissions.needsEntry()) {
                return;
            }
        }
        entered(calls.enter(enterDescriptor, pending, 0, enterFlags | flags));
    }

    /**
     * Hands what was claimed to the kernel and waits until there is a completion, a signal comes,
     * or {@code timeoutNanos} are over; a negative number has no limit. The kernel adds the time to
     * its own, so a wait is at most a day.
     */
    void submitAndWait(long timeoutNanos) throws IoException {
        int pending = submissions.publish();
        int flags = enterFlags | EnterFlag.GET_EVENTS | (kernelThread ? wakeupFlag() : 0);
        if (timeoutNanos < 0) {
            entered(calls.enter(enterDescriptor, pending, 1, flags));
            return;
        }
        entered(await(pending, flags, timeoutNanos));
    }

    /**
     * Waits for completions of what the kernel has already, and hands nothing over: for a ring that
     * may have failed. Answers whether to look again makes sense.
     */
    boolean look(long timeoutNanos) {
        if (issuer != Thread.currentThread()) {
            return false;
        }
        int result = await(0, enterFlags | EnterFlag.GET_EVENTS, timeoutNanos);
        return result >= 0 || result == Code.INTERRUPTED;
    }

    private int await(int pending, int flags, long timeoutNanos) {
        long bounded = Timespec.bounded(timeoutNanos);
        wait.putLong(WaitLayout.TIMESPEC_SECONDS, bounded / NANOS_PER_SECOND);
        wait.putLong(WaitLayout.TIMESPEC_NANOS, bounded % NANOS_PER_SECOND);
        int all = flags | EnterFlag.EXTENDED_ARGUMENT;
        return wait.keptFor(calls.enter(enterDescriptor, pending, 1, all, wait.address()));
    }

    /** Only rings with a kernel thread ask: looking for its sleep needs a full fence. */
    private int wakeupFlag() {
        return submissions.needsWakeup() ? EnterFlag.WAKE_KERNEL_THREAD : 0;
    }

    /**
     * A kernel that takes less than it is given looks at nothing else in that entry. Working off
     * completions may free what it lacks, so that is asked for by itself; if there are none, the
     * kernel gets a moment. What it did not take goes again with the next entry.
     */
    private void entered(int result) throws IoException {
        check(result);
        if (!kernelThread && submissions.pending() > 0) {
            check(calls.enter(enterDescriptor, 0, 0, enterFlags | EnterFlag.GET_EVENTS));
            if (completions.ready() == 0) {
                calls.pause(BUSY_PAUSE_NANOS);
            }
        }
    }

    /**
     * Counts an entry, and says what its answer means. How many submissions it took is of no
     * interest: the queue's head tells.
     */
    private void check(int result) throws IoException {
        systemCalls++;
        boolean fine =
                result >= 0
                        || result == Code.INTERRUPTED
                        || result == RingCode.TIME_OVER
                        // No memory for requests.
                        || result == Code.WOULD_BLOCK
                        // Completions wait in the kernel: reading the queue makes room for them.
                        || result == RingCode.BUSY;
        if (!fine) {
            throw failure(result);
        }
    }

    private static IoException failure(int result) {
        String explanation =
                switch (result) {
                    case RingCode.COMPLETIONS_LOST ->
                            "the kernel had no memory for completions and lost some, so this loop's"
                                    + " state is unknown; give the machine more memory, or the loop"
                                    + " a larger io_uring.completions";
                    case Code.EXISTS ->
                            "another thread ran this loop before; an io_uring loop stays with the"
                                    + " platform thread that ran it first";
                    default -> Code.describe(result);
                };
        return IoException.because(result, "io_uring_enter", explanation);
    }

    /** Gives everything back. What is still in flight the kernel cancels by itself. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        unregisterDescriptor();
        memory.close();
        calls.close(descriptor);
    }

    /**
     * The thread's table holds the ring open; another thread's entry goes when that thread ends.
     */
    private void unregisterDescriptor() {
        if (registeredIndex != NOT_REGISTERED && Thread.currentThread() == issuer) {
            update.zero(0, RegistrationLayout.UPDATE_BYTES);
            update.putInt(RegistrationLayout.UPDATE_INDEX, registeredIndex);
            update.keptFor(
                    calls.register(
                            descriptor,
                            RegisterCode.UNREGISTER_RING_DESCRIPTORS,
                            update.address(),
                            1));
        }
    }

    @Override
    public String toString() {
        String state =
                closed ? "closed" : issuer == null ? "not enabled" : "of " + issuer.getName();
        return "ring " + descriptor + ", " + state + ": " + submissions + "; " + completions;
    }
}
