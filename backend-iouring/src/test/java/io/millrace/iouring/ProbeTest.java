// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.RegisterCode;
import io.millrace.iouring.UringAbi.SetupFlag;
import io.millrace.spi.Code;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found out about kernels of several ages, and what is said of those that will not do. */
class ProbeTest {
    private static final int ACCEPTED = 90;

    private final FakeKernel kernel = new FakeKernel();
    private final SocketCalls sockets = new SocketCalls();
    private long receiving;
    private boolean peerIsClosed;
    private String received = "millrace";

    @BeforeEach
    void behaveLikeAKernel() {
        kernel.whenSubmitted = this::carryOut;
    }

    static List<Features> kernels() {
        return List.of(
                KernelRecords.linux6_1(),
                KernelRecords.linux6_6(),
                KernelRecords.linux6_12(),
                KernelRecords.linux6_18());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void findsOutExactlyWhatTheKernelHas(Features features) throws UnusableException {
        kernel.features = features;
        assertEquals(features, probe().run());
        assertReleased();
    }

    @Test
    void aKernelWithoutDeferredTaskRunIsTooOld() {
        kernel.features = withSetup(SetupFlag.REQUIRED & ~SetupFlag.DEFER_TASK_RUN);
        assertReason("Linux 6.1 or newer is needed; this is 5.15.0-test");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Opcode.SEND,
                Opcode.OPENAT,
                Opcode.STATX,
                Opcode.READ,
                Opcode.WRITE,
                Opcode.FSYNC
            })
    void aKernelWithoutAnOperationIsTooOld(int missing) {
        Features old = KernelRecords.linux6_1();
        BitSet opcodes = old.opcodes();
        opcodes.clear(missing);
        kernel.features = new Features(old.setupFlags(), old.featureFlags(), opcodes, false);
        assertReason("Linux 6.1 or newer");
        assertReleased();
    }

    @Test
    void aLackOfDescriptorsPassesAndAnOldKernelDoesNot() {
        kernel.nextSetups.add(Code.TOO_MANY_FILES);
        assertTrue(assertThrows(UnusableException.class, probe()::run).isPassing());
        sockets.answers.put("socket", Code.TOO_MANY_FILES);
        assertTrue(assertThrows(UnusableException.class, probe()::run).isPassing());
        kernel.features = withSetup(0);
        assertFalse(assertThrows(UnusableException.class, probe()::run).isPassing());
    }

    @Test
    void aKernelWithoutBufferRingsIsUnusable() {
        kernel.registerAnswers.put(RegisterCode.BUFFER_RING, Code.INVALID_ARGUMENT);
        assertReason("buffer ring");
        assertReleased();
    }

    @Test
    void aRefusedRequestIsNamed() {
        kernel.whenSubmitted =
                submission -> {
                    if (submission.opcode() == Opcode.ACCEPT) {
                        kernel.complete(submission.userData(), Code.INVALID_ARGUMENT, 0);
                    } else {
                        carryOut(submission);
                    }
                };
        assertReason("multishot accept through a ring fails: EINVAL");
        assertReleased();
    }

    @Test
    void aReceiveThatEndsAtOnceIsNotMultishot() {
        kernel.whenSubmitted =
                submission -> {
                    if (submission.opcode() == Opcode.SENDMSG) {
                        kernel.complete(receiving, 8, kernel.buffers().fill("millrace"));
                    } else {
                        carryOut(submission);
                    }
                };
        assertReason("multishot receive through a ring ends after one completion");
        assertReleased();
    }

    @Test
    void aKernelThatReportsSuccessAllTheSameIsUnusable() {
        kernel.whenSubmitted =
                submission -> {
                    carryOut(submission);
                    if (submission.opcode() == Opcode.SENDMSG && !peerIsClosed) {
                        kernel.complete(submission.userData(), 8, 0);
                    }
                };
        assertReason("cannot be kept quiet");
        assertReleased();
    }

    @Test
    void aKernelThatReportsFailuresLaterIsUnusable() {
        kernel.whenSubmitted =
                submission -> {
                    if (submission.opcode() != Opcode.SENDMSG || !peerIsClosed) {
                        carryOut(submission);
                    }
                };
        assertReason("a failed send through a ring is not reported at once");
        assertReleased();
    }

    @Test
    void wrongBytesInAProvidedBufferAreFound() {
        received = "millstone".substring(0, 8);
        assertReason("a provided buffer did not hold what was received");
        assertReleased();
    }

    @Test
    void aRingThatCompletesNothingIsUnusable() {
        kernel.whenSubmitted = submission -> {};
        assertReason("does not complete requests");
        assertReleased();
    }

    @Test
    void aFullMemlockLimitIsAskedTwiceThenExplained() {
        kernel.nextSetups.addAll(List.of(Code.NO_MEMORY, Code.NO_MEMORY));
        assertReason("RLIMIT_MEMLOCK is used up: it is 65536 bytes (hard limit 65536)");
        assertEquals(List.of(RingSetup.MEMORY_RETURN_NANOS), kernel.pauses);
    }

    @Test
    void aMemlockLimitThatIsTooSmallForAGroupOfLoopsSaysForHowManyThereIsRoom() {
        kernel.roomForRings = 3;
        assertReason("RLIMIT_MEMLOCK has room for the rings of 3 of 4 loops: it is 65536 bytes");
        assertReleased();
    }

    @Test
    void withoutALimitNoGroupIsTried() throws UnusableException {
        kernel.roomForRings = 1;
        HostFacts facts = new HostFacts("6.1", HostFacts.ABSENT, false, true, "65536", "65536");
        new Probe(kernel, sockets.asSystemCalls(), facts, 4).run();
        assertReleased();
    }

    @Test
    void memoryOfClosedRingsIsWaitedFor() throws UnusableException {
        kernel.nextSetups.add(Code.NO_MEMORY);
        assertEquals(KernelRecords.linux6_1(), probe().run());
    }

    private Probe probe() {
        return new Probe(kernel, sockets.asSystemCalls(), SetupRefusalTest.FACTS, 4);
    }

    private void assertReason(String part) {
        String reason = assertThrows(UnusableException.class, probe()::run).getMessage();
        assertTrue(reason.contains(part), reason);
    }

    private void assertReleased() {
        assertTrue(kernel.isReleased());
        assertEquals(
                sockets.opened.size(),
                sockets.closed.stream().distinct().count()
                        - (sockets.closed.contains(ACCEPTED) ? 1 : 0));
    }

    private static Features withSetup(int flags) {
        Features base = KernelRecords.linux6_1();
        return new Features(flags, base.featureFlags(), base.opcodes(), false);
    }

    private void carryOut(FakeSubmission submission) {
        long userData = submission.userData();
        switch (submission.opcode()) {
            case Opcode.ACCEPT -> kernel.complete(userData, ACCEPTED, CompletionFlag.MORE);
            case Opcode.RECV -> receiving = userData;
            case Opcode.SENDMSG -> {
                if (peerIsClosed) {
                    kernel.complete(userData, Code.BROKEN_PIPE, 0);
                } else {
                    int buffer = kernel.buffers().fill(received);
                    kernel.complete(receiving, 8, buffer | CompletionFlag.MORE);
                }
            }
            case Opcode.ASYNC_CANCEL -> {
                kernel.complete(userData, 1, 0);
                kernel.complete(receiving, Code.CANCELLED, 0);
                peerIsClosed = true;
            }
            default -> kernel.complete(userData, 0, 0);
        }
    }
}
