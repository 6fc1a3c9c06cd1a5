// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import io.millrace.testkit.script.ScriptedStream;
import java.net.StandardProtocolFamily;
import java.util.List;

/** A stream's sink of which one method throws, after it has written down that it was called. */
final class BreakingStream implements StreamSink {
    private final ScriptedStream heard = new ScriptedStream();
    private final String breaking;
    private final Error thrown;

    /**
     * @param breaking the name of a method, or anything else for none
     */
    BreakingStream(FakeRig rig, String breaking, Error thrown) throws IoException {
        this.breaking = breaking;
        this.thrown = thrown;
        heard.on(rig.driver.streams().stream(StandardProtocolFamily.INET, this))
                .offers(new byte[10]);
    }

    StreamPort port() {
        return heard.port();
    }

    List<String> log() {
        return heard.log();
    }

    private void maybeBreak(String method) {
        if (breaking.equals(method)) {
            throw thrown;
        }
    }

    @Override
    public void onConnected(int code) {
        heard.onConnected(code);
        maybeBreak("onConnected");
    }

    @Override
    public void onReceive(PoolChunk chunk) {
        heard.onReceive(chunk);
        maybeBreak("onReceive");
    }

    @Override
    public void onReceiveStopped(int code) {
        heard.onReceiveStopped(code);
        maybeBreak("onReceiveStopped");
    }

    @Override
    public void onReceivedInto(int result) {
        heard.onReceivedInto(result);
        maybeBreak("onReceivedInto");
    }

    @Override
    public void gather(Gather into) {
        heard.gather(into);
        maybeBreak("gather");
    }

    @Override
    public void onSent(int result) {
        heard.onSent(result);
        maybeBreak("onSent");
    }

    @Override
    public void onClosed() {
        heard.onClosed();
        maybeBreak("onClosed");
    }
}
