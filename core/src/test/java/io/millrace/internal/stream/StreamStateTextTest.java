// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.fixture.FakeBackend;
import io.millrace.internal.loop.Loop;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the two halves of a stream say of themselves, step by step. */
class StreamStateTextTest {
    private static final ReadHandler READER =
            new ReadHandler() {
                @Override
                public void onRead(ByteStream stream, Chunk chunk) {}

                @Override
                public void onEnd(ByteStream stream) {}
            };

    private final Loop loop;
    private final SocketStream stream;
    private int sendResult = Code.PENDING;

    StreamStateTextTest() throws IoException {
        loop = Loop.open(LoopOptions.builder().provider(new FakeBackend.Good()).build());
        stream = TcpSocketStream.open(loop);
        stream.port =
                (StreamPort)
                        Proxy.newProxyInstance(
                                StreamPort.class.getClassLoader(),
                                new Class<?>[] {StreamPort.class},
                                (self, method, arguments) ->
                                        method.getReturnType() == int.class ? sendResult : null);
    }

    @AfterEach
    void closeLoop() throws IoException {
        stream.close();
        loop.run(RunMode.NOWAIT);
        loop.close();
    }

    @Test
    void aReadThatIsPausedWhileBytesAreOnTheirWay() throws IoException {
        assertInbound("no reader");
        stream.read(READER);
        assertInbound("reading, armed");
        stream.pauseReading();
        assertInbound("paused, armed, stopping");
        receive(3);
        receive(4);
        assertInbound("paused, armed, stopping, parked chunks 2 bytes 7");
        stream.inbound.onReceiveStopped(Code.CANCELLED);
        assertInbound("paused, parked chunks 2 bytes 7");
        stream.resumeReading();
        loop.run(RunMode.NOWAIT);
        assertInbound("reading, armed");
        stream.inbound.onReceiveStopped(Code.NO_CHUNKS);
        assertInbound("reading, waits for chunks");
        stream.inbound.chunksReturned();
        stream.inbound.onReceiveStopped(Code.RESET);
        assertInbound("told the end, ended ECONNRESET");
    }

    @Test
    void aReadIntoABuffer() {
        stream.read(
                ByteBuffer.allocateDirect(8),
                (read, buffer, count) -> {
                    // Nothing comes.
                });
        assertInbound("wants a buffer filled, receives into it");
        stream.inbound.onReceivedInto(Code.END_OF_STREAM);
        assertInbound("no reader, ended orderly");
    }

    @Test
    void writesThatAreTakenInPart() throws IoException {
        stream.write(ByteBuffer.allocateDirect(3));
        stream.write(ByteBuffer.allocateDirect(4), (written, failure) -> {});
        assertOutbound("writes 2, ended 0, unsent bytes of memory 7 of files 0, to be flushed");
        loop.run(RunMode.NOWAIT);
        assertOutbound("writes 2, ended 0, unsent bytes of memory 7 of files 0, sending");
        stream.outbound.onSent(5);
        assertOutbound("writes 1, ended 0, unsent bytes of memory 2 of files 0, sending");
        stream.outbound.onSent(2);
        assertOutbound("writes 1, ended 1, unsent bytes of memory 0 of files 0");
        loop.run(RunMode.NOWAIT);
        assertOutbound("writes 0, ended 0, unsent bytes of memory 0 of files 0");
        stream.outbound.connectionLost(Code.RESET);
        assertOutbound("writes 0, ended 0, unsent bytes of memory 0 of files 0, broken ECONNRESET");
    }

    private void receive(int bytes) {
        PoolChunk chunk = loop.staging.copy(new byte[bytes], 0, bytes);
        stream.inbound.onReceive(chunk);
        chunk.release();
    }

    private void assertInbound(String state) {
        assertEquals("Inbound[" + state + "]", stream.inbound.toString());
    }

    private void assertOutbound(String state) {
        assertEquals("Outbound[" + state + "]", stream.outbound.toString());
    }
}
