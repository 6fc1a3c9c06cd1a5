// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.BufferRingLayout;
import io.millrace.iouring.UringAbi.FeatureFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.ParametersLayout;
import io.millrace.iouring.UringAbi.ProbeLayout;
import io.millrace.iouring.UringAbi.RegisterCode;
import io.millrace.iouring.UringAbi.SetupFlag;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Code;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * Finds out what the kernel's io_uring can do, by making a small ring and using it.
 *
 * <p>Versions are not asked: distributions move features between them, and containers forbid what
 * the kernel offers. Everything that the backend cannot do without is tried here once; what merely
 * makes it faster ends up in the {@link Features}. Takes some milliseconds.
 */
final class Probe {
    private static final RingSizes SIZES =
            new RingSizes(RingSizes.LEAST_SUBMISSIONS, RingSizes.LEAST_COMPLETIONS);

    private static final int[] REQUIRED_OPCODES = {
        Opcode.POLL_ADD,
        Opcode.SENDMSG,
        Opcode.ACCEPT,
        Opcode.ASYNC_CANCEL,
        Opcode.CONNECT,
        Opcode.CLOSE,
        Opcode.SEND,
        Opcode.RECV,
        Opcode.OPENAT,
        Opcode.STATX,
        Opcode.READ,
        Opcode.WRITE,
        Opcode.FSYNC
    };

    /** Any group that the trial does not use. */
    private static final int INCREMENTAL_GROUP = Trial.GROUP + 1;

    private final RingCalls calls;
    private final SystemCalls system;
    private final HostFacts facts;
    private final int loops;
    private final RingSetup setup;

    /**
     * @param loops for how many loops there must be room
     */
    Probe(RingCalls calls, SystemCalls system, HostFacts facts, int loops) {
        this.calls = calls;
        this.system = system;
        this.facts = facts;
        this.loops = loops;
        setup = new RingSetup(calls);
    }

    Features run() throws UnusableException {
        Features features = tryOut();
        if (!facts.unlimitedMemlock()) {
            requireRoom(features);
        }
        return features;
    }

    private Features tryOut() throws UnusableException {
        int descriptor = setup();
        if (descriptor < 0) {
            throw new UnusableException(SetupRefusal.explain(descriptor, facts), descriptor);
        }
        try (Ring ring = setup.wrap(ask(descriptor), descriptor)) {
            return use(ring);
        } catch (IoException e) {
            throw new UnusableException("a ring can be made but not used: " + e.getMessage());
        }
    }

    /** With the newest flag that may be missing, or else without. */
    private int setup() {
        int flags = SetupFlag.REQUIRED;
        int descriptor = setup.setupPatiently(SIZES, flags | SetupFlag.NO_INDEX_ARRAY);
        return descriptor == Code.INVALID_ARGUMENT
                ? setup.setupPatiently(SIZES, flags)
                : descriptor;
    }

    /**
     * A limit on locked memory that has room for a small ring may have none for those of a group of
     * loops, which would then run on two backends. So as many are made as a group has, all at once.
     */
    private void requireRoom(Features features) throws UnusableException {
        Deque<Runnable> closing = new ArrayDeque<>();
        try {
            for (int loop = 0; loop < loops; loop++) {
                if (!makeAnother(features, closing)) {
                    throw new UnusableException(SetupRefusal.noRoom(loop, loops, facts));
                }
            }
        } finally {
            closing.forEach(Runnable::run);
        }
    }

    /** Whether the rings of one more loop, of the usual sizes, could be made. */
    private boolean makeAnother(Features features, Deque<Runnable> closing) {
        int descriptor = setup.setup(RingSizes.DEFAULT, features.setupFlags());
        if (descriptor < 0) {
            return false;
        }
        try {
            Ring ring = setup.wrap(features, descriptor);
            closing.push(ring::close);
            int entries = ReceiveBuffers.DEFAULT_CHUNK_COUNT;
            closing.push(BufferRing.register(calls, ring, Trial.GROUP, entries, 0)::close);
            return true;
        } catch (IoException e) {
            return false;
        }
    }

    /** What the kernel tells of its own accord. */
    private Features ask(int descriptor) {
        NativeMemory parameters = setup.parameters();
        return new Features(
                parameters.getInt(ParametersLayout.FLAGS),
                parameters.getInt(ParametersLayout.FEATURES),
                opcodes(descriptor),
                false);
    }

    private BitSet opcodes(int descriptor) {
        NativeMemory probe =
                NativeMemory.allocate(
                        ProbeLayout.HEAD_BYTES
                                + ProbeLayout.MAXIMUM_OPERATIONS * ProbeLayout.OPERATION_BYTES);
        BitSet opcodes = new BitSet();
        int result =
                probe.keptFor(
                        calls.register(
                                descriptor,
                                RegisterCode.PROBE,
                                probe.address(),
                                ProbeLayout.MAXIMUM_OPERATIONS));
        int count = result < 0 ? 0 : Byte.toUnsignedInt(probe.getByte(ProbeLayout.OPERATIONS));
        for (int i = 0; i < count; i++) {
            int at = ProbeLayout.HEAD_BYTES + i * ProbeLayout.OPERATION_BYTES;
            int flags = probe.getShort(at + ProbeLayout.OPERATION_FLAGS);
            int opcode = Byte.toUnsignedInt(probe.getByte(at + ProbeLayout.OPERATION_OPCODE));
            opcodes.set(opcode, (flags & ProbeLayout.FLAG_SUPPORTED) != 0);
        }
        return opcodes;
    }

    private Features use(Ring ring) throws UnusableException, IoException {
        Features asked = ring.features();
        requireEverything(asked);
        boolean incremental = takesIncrementalBuffers(ring);
        new Trial(calls, system, ring).run();
        return new Features(asked.setupFlags(), asked.featureFlags(), asked.opcodes(), incremental);
    }

    private void requireEverything(Features features) throws UnusableException {
        boolean complete = (features.featureFlags() & FeatureFlag.REQUIRED) == FeatureFlag.REQUIRED;
        for (int opcode : REQUIRED_OPCODES) {
            complete &= features.hasOpcode(opcode);
        }
        if (!complete) {
            throw new UnusableException(SetupRefusal.tooOld(facts));
        }
    }

    private boolean takesIncrementalBuffers(Ring ring) {
        try {
            BufferRing.register(
                            calls, ring, INCREMENTAL_GROUP, 1, BufferRingLayout.FLAG_INCREMENTAL)
                    .close();
            return true;
        } catch (IoException e) {
            return false;
        }
    }
}
