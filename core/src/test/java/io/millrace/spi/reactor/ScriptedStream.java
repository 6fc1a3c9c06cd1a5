// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A socket whose answers are scripted. Unscripted receives would block, unscripted sends take
 * everything, unscripted connects are in progress.
 */
final class ScriptedStream extends RawStream {
    final Deque<Integer> receives = new ArrayDeque<>();
    final Deque<Integer> sends = new ArrayDeque<>();
    final Deque<Integer> connects = new ArrayDeque<>();

    /** Runs before every receive. */
    Runnable beforeReceive = () -> {};

    /** Runs before every send. */
    Runnable beforeSend = () -> {};

    /** Thrown when it is to be handed on. */
    Error releasing = new AssertionError("nobody has asked for that");

    private final List<String> log;
    private final String name;

    ScriptedStream(List<String> log, String name) {
        this.log = log;
        this.name = name;
    }

    @Override
    public int connect(SocketAddress to) {
        log.add("connect " + name);
        return connects.isEmpty() ? Code.IN_PROGRESS : connects.remove();
    }

    @Override
    public int finishConnect() {
        log.add("finish " + name);
        return connects.isEmpty() ? Code.IN_PROGRESS : connects.remove();
    }

    @Override
    public int receive(PoolChunk into) {
        return receive();
    }

    @Override
    public int receive(ByteBuffer into) {
        return receive();
    }

    private int receive() {
        beforeReceive.run();
        log.add("recv " + name);
        return receives.isEmpty() ? Code.WOULD_BLOCK : receives.remove();
    }

    @Override
    public int send(Gather from) {
        beforeSend.run();
        log.add("send " + name + " " + from.bytes());
        return sends.isEmpty() ? (int) from.bytes() : sends.remove();
    }

    @Override
    public int sendFile(OpenFile file, long position, long count) {
        log.add("sendfile " + name + " " + position + " " + count);
        return sends.isEmpty() ? (int) count : sends.remove();
    }

    @Override
    public Accepted release() {
        throw releasing;
    }

    @Override
    public int shutdownOutput() {
        log.add("shutdown " + name);
        return Code.OK;
    }

    @Override
    public SocketAddress remoteAddress() {
        return InetSocketAddress.createUnresolved("peer", 1);
    }

    @Override
    public SocketAddress localAddress() {
        return InetSocketAddress.createUnresolved("self", 2);
    }

    @Override
    public int setOption(PortOption option, int value) {
        log.add("set " + name + " " + option + " " + value);
        return Code.OK;
    }

    @Override
    public int getOption(PortOption option) {
        return Code.NOT_SUPPORTED;
    }

    @Override
    public int descriptor() {
        return 7;
    }

    @Override
    public void close() {
        log.add("close " + name);
    }

    @Override
    public String toString() {
        return name;
    }
}
