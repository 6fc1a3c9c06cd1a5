// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A stream under watch, from both sides. */
final class RefereedStream extends RefereedPort<StreamPort> implements StreamPort, StreamSink {
    private final StreamSink sink;
    private boolean connecting;
    private boolean receiving;
    private boolean receivingInto;
    private boolean stopped;
    private boolean sending;
    private boolean gathering;
    private boolean revocable;

    /** Whether the send in flight waits for room, and has left nothing with the kernel. */
    private boolean waiting;

    private boolean dropped;

    RefereedStream(RefereedDriver driver, StreamSink sink) {
        super(driver);
        this.sink = sink;
    }

    @Override
    public int connect(SocketAddress to) {
        StreamPort port = command("connect");
        start("connect", connecting);
        int code = port.connect(to);
        connecting = code == Code.PENDING;
        return code;
    }

    @Override
    public void startReceive() {
        StreamPort port = command("startReceive");
        receiving = start("startReceive", receiving || receivingInto);
        stopped = false;
        port.startReceive();
    }

    @Override
    public void stopReceive() {
        StreamPort port = command("stopReceive");
        stopped = true;
        port.stopReceive();
    }

    @Override
    public void receiveInto(ByteBuffer target) {
        StreamPort port = command("receiveInto");
        if (!target.isDirect() || !target.hasRemaining()) {
            throw foul("receiveInto a buffer that is not direct, or has no room");
        }
        receivingInto = start("receiveInto", receiving || receivingInto);
        port.receiveInto(target);
    }

    @Override
    public int send() {
        StreamPort port = command("send");
        start("send", sending);
        driver.countSend();
        gathering = true;
        int result = port.send();
        return sendAnswered(result);
    }

    @Override
    public int sendPassing() {
        StreamPort port = command("sendPassing");
        start("sendPassing", sending);
        driver.countSend();
        gathering = true;
        return waitsIfPending(port.sendPassing());
    }

    @Override
    public int sendRevocable() {
        StreamPort port = command("sendRevocable");
        start("sendRevocable", sending);
        driver.countSend();
        gathering = true;
        revocable = true;
        return sendAnswered(port.sendRevocable());
    }

    @Override
    public int revokeSend() {
        StreamPort port = command("revokeSend");
        if (!sending || !revocable) {
            throw foul("revokeSend without a send that can be revoked");
        }
        gathering = true;
        return waitsIfPending(port.revokeSend());
    }

    @Override
    public void dropSend() {
        StreamPort port = command("dropSend");
        if (!sending || !waiting || dropped) {
            throw foul("dropSend without a send that waits for room");
        }
        dropped = true;
        port.dropSend();
    }

    @Override
    public int trySend(ByteBuffer source) {
        StreamPort port = command("trySend");
        start("trySend", sending);
        driver.countSend();
        return port.trySend(source);
    }

    @Override
    public int sendFile(OpenFile file, long position, long count) {
        StreamPort port = command("sendFile");
        start("sendFile", sending);
        return waitsIfPending(port.sendFile(file, position, count));
    }

    @Override
    public int shutdownOutput() {
        StreamPort port = command("shutdownOutput");
        start("shutdownOutput", sending);
        return port.shutdownOutput();
    }

    @Override
    public int bind(SocketAddress local) {
        return command("bind").bind(local);
    }

    @Override
    public int shutdownInput() {
        return command("shutdownInput").shutdownInput();
    }

    @Override
    public int sendDescriptors(byte carrier, int[] descriptors) {
        StreamPort port = command("sendDescriptors");
        start("sendDescriptors", sending);
        return waitsIfPending(port.sendDescriptors(carrier, descriptors));
    }

    @Override
    public void takeDescriptors() {
        command("takeDescriptors").takeDescriptors();
    }

    @Override
    public void onDescriptors(Passed passed) {
        enter("onDescriptors", receiving || receivingInto);
        sink.onDescriptors(passed);
        leave();
    }

    @Override
    public int peerCredentials(int[] into) {
        return command("peerCredentials").peerCredentials(into);
    }

    @Override
    public Accepted release() {
        start("release", connecting || receiving || receivingInto || (sending && !waiting));
        return lastCommand("release").release();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return command("remoteAddress").remoteAddress();
    }

    @Override
    public void onConnected(int code) {
        enterTerminal("onConnected", connecting, code);
        if (code > 0) {
            throw foul("connected with " + code);
        }
        connecting = false;
        sink.onConnected(code);
        leave();
    }

    @Override
    public void onReceive(PoolChunk chunk) {
        enter("onReceive", receiving);
        if (chunk.length() == 0) {
            throw foul("an empty chunk");
        }
        if (chunk.owners() < 1) {
            throw foul("a chunk that nobody owns");
        }
        driver.saw(chunk);
        sink.onReceive(chunk);
        leave();
    }

    @Override
    public void onReceiveStopped(int code) {
        enterTerminal("onReceiveStopped", receiving, code);
        if (code == Code.CANCELLED && !stopped && !isClosing()) {
            throw foul("receive was cancelled by nobody");
        }
        if (code > 0) {
            throw foul("receive ended with " + code);
        }
        receiving = false;
        sink.onReceiveStopped(code);
        leave();
    }

    @Override
    public void onReceivedInto(int result) {
        enterTerminal("onReceivedInto", receivingInto, result);
        receivingInto = false;
        sink.onReceivedInto(result);
        leave();
    }

    @Override
    public void gather(Gather into) {
        if (dropped || (!gathering && !(sending && driver.isPolling()))) {
            throw foul("gather outside of a send");
        }
        sink.gather(into);
    }

    @Override
    public void onSent(int result) {
        enterTerminal("onSent", sending, result);
        if (dropped && result != Code.CANCELLED) {
            throw foul("a send that was dropped ended with " + result);
        }
        sending = false;
        revocable = false;
        waiting = false;
        dropped = false;
        sink.onSent(result);
        leave();
    }

    @Override
    public void onClosed() {
        enterClosed(connecting || receiving || receivingInto || sending);
        sink.onClosed();
        leave();
    }

    @Override
    public String toString() {
        return "stream["
                + (connecting ? " connecting" : "")
                + (receiving ? " receiving" : "")
                + (receivingInto ? " receiving-into" : "")
                + (sending ? " sending" : "")
                + (isClosing() ? " closing" : "")
                + " ]";
    }

    /** Of sends that leave nothing with the kernel while they are pending. */
    private int waitsIfPending(int result) {
        sendAnswered(result);
        waiting = sending;
        return result;
    }

    private int sendAnswered(int result) {
        gathering = false;
        sending = result == Code.PENDING;
        revocable &= sending;
        if (result == Code.WOULD_BLOCK || result == Code.INTERRUPTED) {
            throw foul("send answered " + Code.name(result));
        }
        return result;
    }
}
