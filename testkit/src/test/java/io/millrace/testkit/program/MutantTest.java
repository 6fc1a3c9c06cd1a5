// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend.Boundary;
import org.junit.jupiter.api.Test;

/**
 * Faults that were made once, or nearly, put back on purpose: the random programs must notice each,
 * at the boundary where it can be seen. One that is not noticed any more means that a check went
 * blind.
 */
class MutantTest {
    /** The most stubborn of them needs a fraction of this. */
    private static final int SEEDS = 100;

    /** Of each world, to show that compiling and loading alone raise no alarm. */
    private static final int HEALTHY_SEEDS = 10;

    private static final String REACTOR_STREAM = "io.millrace.spi.reactor.ReactorStream";
    private static final String FILE_WRITE = "io.millrace.internal.file.FileWrite";
    private static final String REACTOR_PORT = "io.millrace.spi.reactor.ReactorPort";

    /** Otherwise every mutant would be noticed, whatever it does, for the way it was loaded. */
    @Test
    void aChangeThatChangesNothingIsNotNoticed() throws Exception {
        String same = "if (isAll && !believes(Poller.HANGUP)) {";
        try (Mutant none = Mutant.of(REACTOR_STREAM, same, same)) {
            for (Boundary boundary : Boundary.values()) {
                for (FaultProfile profile : FaultProfile.values()) {
                    for (long seed = 0; seed < HEALTHY_SEEDS; seed++) {
                        String name = profile.name();
                        assertNull(none.play(Program.class, seed, name, boundary.name()));
                        assertNull(none.play(FileProgram.class, seed, name, boundary.name()));
                    }
                }
            }
            String kind = FaultProfile.NONE.name();
            assertNull(none.play(Starvation.InHands.class, 0, kind, "COMPLETION"));
            assertNull(none.play(Starvation.InQueues.class, 0, kind, "LEVEL"));
        }
    }

    @Test
    void aShortReadThatAlwaysMeansDrainedLosesTheEndOfStream() throws Exception {
        noticed("EDGE", REACTOR_STREAM, "if (isAll && !believes(Poller.HANGUP)) {", "if (true) {");
    }

    @Test
    void aBatchThatDropsWhatCameForAStoppedStreamLosesBytes() throws Exception {
        noticed(
                "LEVEL",
                REACTOR_STREAM,
                "if (closed) {\n            first.release();",
                "if (closed || stopping) {\n            first.release();");
    }

    @Test
    void aBatchThatKeepsWhatCameForAClosedStreamHoldsItForEver() throws Exception {
        noticed(
                "EDGE",
                REACTOR_STREAM,
                "if (closed) {\n            first.release();",
                "if (closed) {\n");
    }

    @Test
    void twoListsThatShareALinkLosePorts() throws Exception {
        noticed(
                "EDGE",
                REACTOR_PORT,
                "endingLink = new PortLink.Place(this);",
                "endingLink = this;");
    }

    @Test
    void keepingThatNeverCopiesStarvesALoopThatTalksToItself() throws Exception {
        noticedBy(
                Starvation.InHands.class,
                "COMPLETION",
                "io.millrace.spi.PoolChunk",
                "PoolChunk copy = isScarce() ? copyElsewhere() : null;",
                "PoolChunk copy = null;");
    }

    @Test
    void aQueueThatHoldsScarceChunksStarvesALoopThatTalksToItself() throws Exception {
        noticedBy(
                Starvation.InQueues.class,
                "LEVEL",
                "io.millrace.internal.stream.LoopStream",
                "return received.isOfAnotherThread() || received.isFromScarcePool();",
                "return received.capacity() == 0;");
    }

    @Test
    void lateCompletionsReachAReaderThatHasPaused() throws Exception {
        noticed(
                "COMPLETION",
                "io.millrace.internal.stream.Inbound",
                "if (wantsChunks() && parkedHead == null && !spentShare) {",
                "if (handler != null && parkedHead == null) {");
    }

    @Test
    void aCloseThatForgetsThePendingSendLeavesItWithoutAnEnd() throws Exception {
        noticed(
                "LEVEL",
                REACTOR_STREAM,
                "if (sending) {\n            reportSent",
                "if (false) {\n            reportSent");
    }

    @Test
    void aSocketAlwaysWatchedForWritingSpins() throws Exception {
        noticed(
                "LEVEL",
                REACTOR_STREAM,
                "return connecting || (sending && !dropped) ? read | Poller.WRITE : read;",
                "return read | Poller.WRITE;");
    }

    @Test
    void aReaderThatWaitsForChunksIsNeverResumed() throws Exception {
        noticed(
                "COMPLETION",
                "io.millrace.internal.loop.ChunkWaiters",
                "waiter.chunksReturned();",
                "");
    }

    @Test
    void aHalfCloseThatDoesNotWaitForTheQueueCutsItOff() throws Exception {
        noticed(
                "LEVEL",
                "io.millrace.internal.stream.Outbound",
                "if (finishing && !hasUnsent() && (port != null || broken != Code.OK)) {",
                "if (finishing && (port != null || broken != Code.OK)) {");
    }

    @Test
    void aPartialSendThatCountsAsWholeLosesBytes() throws Exception {
        noticed(
                "COMPLETION",
                "io.millrace.internal.stream.WriteQueue",
                "write.start += taken;",
                "write.start = write.end;");
    }

    @Test
    void aShortReadThatMeansDrainedForgetsTheBytesBehindDescriptors() throws Exception {
        noticed(
                "EDGE",
                REACTOR_STREAM,
                "boolean isAll = !driver.edgeTriggered || socket.shortReceiveIsAll();",
                "boolean isAll = true;");
    }

    @Test
    void descriptorsThatNobodyTakesLeak() throws Exception {
        noticed(
                "LEVEL",
                "io.millrace.internal.stream.DescriptorInbox",
                "close(descriptors.left());",
                "");
    }

    @Test
    void descriptorsOfParkedBytesAreNeverTold() throws Exception {
        noticed(
                "COMPLETION",
                "io.millrace.internal.stream.Inbound",
                "if (descriptors != null && descriptors.tellOf(parkedHead)) {",
                "if (descriptors != null && false) {");
    }

    @Test
    void aConnectThatFoundNoRoomIsNotTriedAgain() throws Exception {
        noticed(
                "LEVEL",
                "io.millrace.internal.stream.Connection",
                "attempts().startAgain();",
                "attempts();");
    }

    @Test
    void aPartialWriteThatCountsAsWholeLosesBytesOfAFile() throws Exception {
        noticedInFiles(
                "LEVEL",
                FILE_WRITE,
                "} else if (count == end - first) {\n            end(Code.OK);",
                "} else if (true) {\n            end(Code.OK);");
    }

    @Test
    void aWriteOfSeveralBuffersThatBeginsAnewWritesWrongBytes() throws Exception {
        noticedInFiles(
                "COMPLETION",
                FILE_WRITE,
                "several.advance(bytes);\n        }\n        if (result < 0) {",
                "}\n        if (result < 0) {");
    }

    @Test
    void aFileThatClosesBeforeItsOperationsHaveEndedIsUsedWhenItIsClosed() throws Exception {
        noticedInFiles(
                "COMPLETION",
                "io.millrace.internal.file.LoopFile",
                "opening.isInFlight() || !operations.isEmpty()) {",
                "opening.isInFlight()) {");
    }

    @Test
    void aSyncThatOnlySaysSoLosesWhatItCoveredInACrash() throws Exception {
        noticedInFiles(
                "LEVEL",
                "io.millrace.internal.file.FileSync",
                "ask(which, file.opened());\n        start();",
                "endLater(Code.OK);");
    }

    @Test
    void aDirectoryThatWasReadAndIsNotClosedStaysOpen() throws Exception {
        noticedInFiles(
                "EDGE",
                "io.millrace.internal.file.DirectoryReading",
                "ask(Operation.CLOSE_DIRECTORY, opened);\n            start();",
                "tell();");
    }

    private static void noticed(
            String boundary, String className, String original, String replacement)
            throws Exception {
        noticedIn(Program.class, boundary, className, original, replacement);
    }

    private static void noticedInFiles(
            String boundary, String className, String original, String replacement)
            throws Exception {
        noticedIn(FileProgram.class, boundary, className, original, replacement);
    }

    private static void noticedIn(
            Class<?> program,
            String boundary,
            String className,
            String original,
            String replacement)
            throws Exception {
        try (Mutant mutant = Mutant.of(className, original, replacement)) {
            for (long seed = 0; seed < SEEDS; seed++) {
                for (FaultProfile profile : FaultProfile.values()) {
                    if (mutant.play(program, seed, profile.name(), boundary) != null) {
                        return;
                    }
                }
            }
            fail("nobody noticed in " + SEEDS + " seeds of each profile: " + replacement);
        }
    }

    /** Starvation is no matter of chance: one program in a kind world is enough. */
    private static void noticedBy(
            Class<?> program,
            String boundary,
            String className,
            String original,
            String replacement)
            throws Exception {
        try (Mutant mutant = Mutant.of(className, original, replacement)) {
            if (mutant.play(program, 0, FaultProfile.NONE.name(), boundary) == null) {
                fail("nobody noticed: " + replacement);
            }
        }
    }
}
