// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import java.util.Objects;

/** A listener over readiness: accepts until nobody waits or its budget is spent. */
final class ReactorListener extends ReactorPort implements ListenerPort {
    /**
     * How many connections one listener takes in one poll. Enough to empty a burst before the
     * backlog overflows, few enough that connections already there wait well under a millisecond.
     */
    static final int ACCEPTS_PER_POLL = 64;

    private final RawListener socket;
    private final ListenerSink sink;

    ReactorListener(ReactorDriver driver, RawListener socket, ListenerSink sink) {
        super(driver, socket);
        this.socket = socket;
        this.sink = sink;
    }

    @Override
    public void startAccept() {
        beginReceiving();
    }

    @Override
    public void stopAccept() {
        endReceiving();
    }

    @Override
    int interest() {
        return receiving && !stopping ? Poller.READ : 0;
    }

    @Override
    void runWithin(ReceiveBatch batch) {
        batch.run();
        if (!closed) {
            try {
                run();
            } catch (RuntimeException | Error failure) {
                driver.broke(this, failure);
            }
        }
    }

    @Override
    void advance() {
        for (int i = 0; i < ACCEPTS_PER_POLL; i++) {
            if (closed || !receiving || stopping || !believes(Poller.READ)) {
                return;
            }
            accept();
        }
    }

    private void accept() {
        int result = socket.accept();
        driver.countSystemCall();
        if (result == Code.WOULD_BLOCK) {
            forget(Poller.READ);
        } else if (result < 0) {
            if (!Code.concernsOneConnection(result)) {
                reportReceiveStopped(result);
            }
        } else {
            Accepted connection = Objects.requireNonNull(socket.accepted());
            driver.countCompletion();
            sink.onAccept(connection);
        }
    }

    @Override
    void reportAll(int code) {
        if (receiving) {
            reportReceiveStopped(code);
        }
    }

    @Override
    void tellReceiveStopped(int code) {
        sink.onAcceptStopped(code);
    }

    @Override
    void reportClosed() {
        driver.countCompletion();
        sink.onClosed();
    }
}
