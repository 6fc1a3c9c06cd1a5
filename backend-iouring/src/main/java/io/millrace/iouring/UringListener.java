// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.reactor.RawListener;

/**
 * A listener whose one multishot request accepts until it is stopped. When the kernel ends it for
 * reasons of its own, such as a full completion queue, it is armed again.
 */
final class UringListener extends UringPort implements ListenerPort {
    private final ListenerSink sink;
    private boolean accepting;
    private boolean stopping;

    UringListener(UringDriver driver, RawListener socket, ListenerSink sink) {
        super(driver, socket);
        this.sink = sink;
    }

    @Override
    public void startAccept() {
        assert !isClosing() && !accepting;
        accepting = true;
        start(Kind.ACCEPT);
    }

    @Override
    public void stopAccept() {
        assert !isClosing();
        if (accepting && !stopping) {
            stopping = true;
            want(Kind.CANCEL);
        }
    }

    @Override
    boolean prepare(int kind) {
        if (kind == Kind.ACCEPT) {
            driver.requests.acceptMultishot(descriptor, driver.acceptFlags, userData(Kind.ACCEPT));
            return true;
        }
        if (isInFlight(Kind.ACCEPT)) {
            driver.requests.cancel(userData(Kind.ACCEPT), userData(Kind.CANCEL));
        }
        return false;
    }

    @Override
    void completed(int kind, int result, int flags) {
        if (result >= 0) {
            accepted(result);
        }
        if (CompletionFlag.hasMore(flags)) {
            return;
        }
        if (isReason(result)) {
            reportStopped(result);
        } else if (isClosing() || stopping) {
            reportStopped(Code.CANCELLED);
        } else {
            want(Kind.ACCEPT);
        }
    }

    /** Whether the loop is to hear why the kernel ended the request. */
    private static boolean isReason(int result) {
        return result < 0 && result != Code.WOULD_BLOCK && !Code.concernsOneConnection(result);
    }

    private void accepted(int accepted) {
        if (isClosing()) {
            driver.discard(accepted);
            return;
        }
        Accepted connection;
        try {
            connection = driver.accepted(accepted);
        } catch (RuntimeException | Error failure) {
            driver.discard(accepted);
            throw failure;
        }
        driver.countCompletion();
        sink.onAccept(connection);
    }

    private void reportStopped(int code) {
        accepting = false;
        stopping = false;
        ended(Kind.ACCEPT);
        forget(Kind.CANCEL);
        driver.countCompletion();
        sink.onAcceptStopped(code);
    }

    @Override
    void drop(int kind, int result, int flags) {
        if (result >= 0) {
            driver.discard(result);
        }
    }

    @Override
    void report(int kind, int code) {
        reportStopped(code);
    }

    @Override
    void reportClosed() {
        sink.onClosed();
    }
}
