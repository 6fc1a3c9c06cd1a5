// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketConstants;
import io.millrace.spi.Code;
import io.millrace.testkit.script.ScriptedListener;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Accepting: one request for many connections, and what ends it. */
class UringAcceptTest {
    private static final int ACCEPTED = 500;

    private final FakeRig rig = new FakeRig();
    private final ScriptedListener listener = rig.listener();

    UringAcceptTest() throws IoException {
        listener.port().startAccept();
        rig.driver.poll(0);
    }

    @Test
    void oneRequestTakesManyConnections() throws IoException {
        for (int i = 0; i < 10; i++) {
            rig.complete(Kind.ACCEPT, ACCEPTED + i, CompletionFlag.MORE);
        }
        rig.driver.poll(0);
        assertEquals(10, listener.waiting());
        assertEquals(1, rig.submitted(Kind.ACCEPT).size());
        SocketConstants names = Platform.current().constants();
        assertEquals(
                names.sockCloexec | names.sockNonblock, rig.latest(Kind.ACCEPT).operationFlags());
    }

    @Test
    void aRequestThatTheKernelEndedIsArmedAgain() throws IoException {
        rig.complete(Kind.ACCEPT, ACCEPTED, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.ACCEPT).size());
        assertEquals(List.of("accepted"), listener.log());
    }

    @ParameterizedTest
    @ValueSource(ints = {Code.ABORTED, Code.INTERRUPTED, Code.WOULD_BLOCK, Code.HOST_UNREACHABLE})
    void whatConcernsNoListenerIsNotReported(int code) throws IoException {
        rig.complete(Kind.ACCEPT, code, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.ACCEPT).size());
        assertEquals(List.of(), listener.log());
    }

    @Test
    void tooManyFilesEndsItUntilTheLoopStartsItAgain() throws IoException {
        rig.complete(Kind.ACCEPT, Code.TOO_MANY_FILES, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("stopped EMFILE"), listener.log());
        assertEquals(1, rig.submitted(Kind.ACCEPT).size());
        listener.port().startAccept();
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.ACCEPT).size());
    }

    @Test
    void aConnectionAcceptedWhileClosingIsClosed() throws IoException {
        listener.port().close();
        rig.driver.poll(0);
        rig.complete(Kind.ACCEPT, ACCEPTED, CompletionFlag.MORE);
        rig.complete(Kind.ACCEPT, Code.CANCELLED, 0);
        rig.completeClose();
        rig.driver.poll(0);
        assertEquals(List.of(ACCEPTED), rig.kernel.closed);
        assertEquals(List.of("stopped ECANCELED", "closed"), listener.log());
        rig.close();
    }

    @Test
    void connectionsThatComeWhileStoppingAreTheLoops() throws IoException {
        listener.port().stopAccept();
        rig.driver.poll(0);
        rig.complete(Kind.ACCEPT, ACCEPTED, CompletionFlag.MORE);
        rig.complete(Kind.ACCEPT, Code.CANCELLED, 0);
        rig.driver.poll(0);
        assertEquals(List.of("accepted", "stopped ECANCELED"), listener.log());
        assertEquals(1, rig.submitted(Kind.CANCEL).size());
    }
}
