// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Code;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileRequest;
import io.millrace.spi.OpenedFile;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files that a test plays: it sees every request, and says how each ends. Opening and closing
 * succeed by themselves.
 */
final class ScriptedFiles implements FileEngine {
    private record Ended(FileRequest request, long result) {}

    private record Played() implements OpenedFile {}

    /** What was asked, such as {@code "WRITE 0-10 @0"}. */
    final List<String> asked = new ArrayList<>();

    /** Requests that the test has yet to answer, in the order of their starts. */
    final ArrayDeque<FileRequest> unanswered = new ArrayDeque<>();

    /** How closing ends. */
    long closing = Code.OK;

    /** Whether the test answers the opening, too. */
    boolean opensByHand;

    /** What every start throws; null to be good. */
    @Nullable Error refusal;

    private final ArrayDeque<Ended> ended = new ArrayDeque<>();

    @Override
    public void start(FileRequest request) {
        if (refusal != null) {
            // As an engine may have come so far.
            request.inEngine = this;
            throw refusal;
        }
        switch (request.operation()) {
            case STATUS -> {
                request.answer(new FileAttributes(0, Instant.EPOCH, FileAttributes.TYPE_REGULAR));
                ended.add(new Ended(request, Code.OK));
            }
            case OPEN -> {
                request.opened(new Played());
                if (opensByHand) {
                    unanswered.add(request);
                } else {
                    ended.add(new Ended(request, Code.OK));
                }
            }
            case CLOSE -> {
                asked.add("CLOSE");
                ended.add(new Ended(request, closing));
            }
            case READ, WRITE -> {
                asked.add(
                        request.operation()
                                + " "
                                + request.from()
                                + "-"
                                + request.to()
                                + " @"
                                + request.position());
                unanswered.add(request);
            }
            default -> {
                asked.add(request.operation().toString());
                unanswered.add(request);
            }
        }
    }

    @Override
    public void cancel(FileRequest request) {
        asked.add("CANCEL " + request.operation());
    }

    @Override
    public int closeNow(OpenedFile file) {
        asked.add("CLOSE NOW");
        return (int) closing;
    }

    /** The oldest request without an answer gets one, in the next poll. */
    void answer(long result) {
        ended.add(new Ended(unanswered.remove(), result));
    }

    boolean hasAnswers() {
        return !ended.isEmpty();
    }

    /** Called by the driver's poll. */
    int deliver() {
        int count = ended.size();
        for (int i = 0; i < count; i++) {
            Ended next = ended.remove();
            next.request().onEnded(next.result());
        }
        return count;
    }
}
