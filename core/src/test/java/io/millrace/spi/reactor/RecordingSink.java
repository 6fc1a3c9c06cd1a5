// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A sink that logs, does once what a test asks of it, and checks what must hold for every call: it
 * comes from inside a poll and not after the port has closed.
 */
final class RecordingSink implements StreamSink {
    final StreamPort port;
    final ScriptedStream socket;
    PoolChunk lastChunk;

    private final Reactor reactor;
    private final String name;
    private final Map<String, Runnable> actions = new HashMap<>();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
    private int offered;
    private boolean closed;

    RecordingSink(Reactor reactor, String name) {
        this.reactor = reactor;
        this.name = name;
        reactor.sockets.nextName = name;
        try {
            port = reactor.driver.streams().stream(StandardProtocolFamily.INET, this);
        } catch (IoException e) {
            throw new AssertionError(e);
        }
        socket = reactor.sockets.lastStream;
    }

    /** When {@code event} comes (without the name before it), runs the action, once. */
    void when(String event, Runnable action) {
        actions.put(event, action);
    }

    Runnable beforePrefetch = () -> {};

    /** Offers so many bytes and sends them. */
    int send(int count) {
        offered = count;
        return port.send();
    }

    void ready(String mask) {
        reactor.poller.report(socket, mask);
    }

    @Override
    public int prefetch() {
        beforePrefetch.run();
        return 1;
    }

    @Override
    public void onConnected(int code) {
        note("connected " + Code.name(code));
    }

    @Override
    public void onReceive(PoolChunk chunk) {
        lastChunk = chunk;
        note("receive " + chunk.length());
    }

    @Override
    public void onReceiveStopped(int code) {
        note("stopped " + (code == Code.END_OF_STREAM ? "EOF" : Code.name(code)));
    }

    @Override
    public void onReceivedInto(int result) {
        note("into " + (result < 0 ? Code.name(result) : result));
    }

    @Override
    public void gather(Gather into) {
        into.add(bytes, 0, 0, offered);
    }

    @Override
    public void onSent(int result) {
        note("sent " + (result < 0 ? Code.name(result) : result));
    }

    @Override
    public void onClosed() {
        note("closed");
        closed = true;
    }

    private void note(String event) {
        assertTrue(reactor.polling, () -> event + " outside poll");
        assertFalse(closed, () -> event + " after onClosed");
        reactor.log.add(name + " " + event);
        Runnable action = actions.remove(event);
        if (action != null) {
            action.run();
        }
    }
}
