// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.DriverConfig;
import io.millrace.testkit.script.ScriptedListener;
import io.millrace.testkit.script.ScriptedStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What peers see of a close with requests in flight, which close(2) alone would get wrong. */
class RealCloseTest {
    private static final int END = -1;

    private RealRig rig;
    private ScriptedListener listener;
    private Socket peer;

    @BeforeEach
    void open() throws IOException {
        rig = new RealRig(DriverConfig.DEFAULT);
        listener = rig.listen(16);
        listener.port().startAccept();
        peer = new Socket();
    }

    @AfterEach
    void close() throws IOException {
        if (rig == null) {
            return;
        }
        peer.close();
        listener.port().close();
        rig.until("listener closed", () -> listener.heard("closed"));
        rig.close();
    }

    @Test
    void aPeerSeesTheEndUnderAnArmedReceive() throws IOException {
        ScriptedStream stream = rig.accept(listener, peer);
        stream.port().startReceive();
        rig.driver.poll(0);
        assertPeerSeesTheEnd(stream);
        assertEquals(List.of("stopped ECANCELED", "closed"), stream.log());
    }

    @Test
    void aPeerSeesTheEndUnderAReceiveIntoMemory() throws IOException {
        ScriptedStream stream = rig.accept(listener, peer);
        stream.port().receiveInto(ByteBuffer.allocateDirect(10));
        rig.driver.poll(0);
        assertPeerSeesTheEnd(stream);
        assertEquals(List.of("received into ECANCELED", "closed"), stream.log());
    }

    @Test
    void aPeerSeesTheEndWhenNothingIsInFlight() throws IOException {
        ScriptedStream stream = rig.accept(listener, peer);
        assertPeerSeesTheEnd(stream);
        assertEquals(List.of("closed"), stream.log());
    }

    private void assertPeerSeesTheEnd(ScriptedStream stream) throws IOException {
        stream.port().close();
        rig.until("closed", () -> stream.heard("closed"));
        peer.setSoTimeout(20_000);
        assertEquals(END, peer.getInputStream().read());
    }

    @Test
    void aPeerGetsWhatWasSentBeforeTheEndUnderABlockedSend() throws IOException {
        ScriptedStream stream = rig.accept(listener, peer);
        do {
            stream.offers(new byte[1 << 20]).send();
            rig.driver.poll(10_000_000);
        } while (!stream.isSending());
        stream.port().close();
        rig.until("closed", () -> stream.heard("closed"));
        peer.setSoTimeout(20_000);
        assertEquals(sentBytes(stream), peer.getInputStream().readAllBytes().length);
    }

    private static long sentBytes(ScriptedStream stream) {
        return stream.log().stream()
                .filter(line -> line.matches("sent [0-9]+"))
                .mapToLong(line -> Long.parseLong(line.substring("sent ".length())))
                .sum();
    }

    @Test
    void aClosedListenerAcceptsNothing() throws IOException {
        listener.port().close();
        rig.until("closed", () -> listener.heard("closed"));
        assertThrows(ConnectException.class, () -> peer.connect(listener.address()));
        assertEquals(List.of("stopped ECANCELED", "closed"), listener.log());
    }

    @Test
    void aConnectThatHangsIsCancelled() throws IOException {
        ScriptedListener full = rig.listen(1);
        List<ScriptedStream> streams = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ScriptedStream stream = new ScriptedStream();
            streams.add(
                    stream.on(rig.driver.streams().stream(StandardProtocolFamily.INET, stream)));
            stream.port().connect(full.address());
        }
        rig.until("some connected", () -> streams.get(0).heard("connected 0"));
        streams.forEach(stream -> stream.port().close());
        full.port().close();
        rig.until("closed", () -> streams.stream().allMatch(each -> each.heard("closed")));
        assertTrue(streams.stream().anyMatch(each -> each.heard("connected ECANCELED")));
        assertTrue(streams.stream().allMatch(each -> each.count("connected") == 1));
        rig.until("listener closed", () -> full.heard("closed"));
    }
}
