// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.spi.Code;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileRequest;
import io.millrace.spi.OpenFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A driver's files under watch: one end for each request, possible results, no file left open. */
final class RefereedFiles implements FileEngine {
    private final RefereedDriver driver;
    private final FileEngine engine;
    private final List<RefereedFileRequest> inFlight = new ArrayList<>();
    private final List<OpenFile> open = new ArrayList<>();

    RefereedFiles(RefereedDriver driver, FileEngine engine) {
        this.driver = driver;
        this.engine = engine;
    }

    @Override
    public boolean carriesOut(FileRequest request) {
        return engine.carriesOut(request);
    }

    @Override
    public void start(FileRequest request) {
        if (request.inEngine != null) {
            throw driver.foul(request.operation() + " while the request is in flight");
        }
        RefereedFileRequest watched = new RefereedFileRequest(this, request);
        request.inEngine = watched;
        inFlight.add(watched);
        try {
            engine.start(watched);
        } catch (RuntimeException | Error refusal) {
            inFlight.remove(watched);
            request.inEngine = null;
            throw refusal;
        }
    }

    @Override
    public void cancel(FileRequest request) {
        if (!(request.inEngine instanceof RefereedFileRequest watched)) {
            throw driver.foul("cancel of a request that is not in flight");
        }
        engine.cancel(watched);
    }

    /** A file was closed without a request. */
    void closedNow(RefereedFile file) {
        if (!open.remove(file)) {
            throw driver.foul("close of a file that is not open");
        }
    }

    /** What the loop knows a file by that the engine has opened. */
    OpenFile opened(OpenFile file) {
        RefereedFile watched = new RefereedFile(this, file);
        open.add(watched);
        return watched;
    }

    /** An engine says that a request has ended. */
    void ends(RefereedFileRequest watched, long result) {
        driver.enterSink(watched + ".onEnded");
        if (!inFlight.remove(watched)) {
            throw driver.foul(watched + " ended twice");
        }
        if (!isPossible(watched, result)) {
            throw driver.foul(watched + " ended with " + result);
        }
        if (watched.operation() == FileRequest.Operation.CLOSE && !open.remove(watched.asked())) {
            throw driver.foul(watched + " of a file that is not open");
        }
    }

    void ended() {
        driver.leaveSink();
    }

    private static boolean isPossible(FileRequest request, long result) {
        if (result < 0) {
            return result != Code.INTERRUPTED
                    && result != Code.WOULD_BLOCK
                    && result > Code.PENDING;
        }
        return switch (request.operation()) {
            case READ, WRITE -> result <= request.to() - request.from();
            case READ_VECTOR, WRITE_VECTOR -> result <= request.vector().bytes();
            case SIZE -> true;
            default -> result == Code.OK;
        };
    }

    void addDebtsTo(List<String> debts) {
        inFlight.forEach(each -> debts.add(each + " has not ended"));
        open.forEach(each -> debts.add(Objects.toString(each) + " is still open"));
    }
}
