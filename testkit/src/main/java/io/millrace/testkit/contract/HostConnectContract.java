// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.net.ConnectOptions;
import io.millrace.net.HostConnect;
import io.millrace.net.HostResolver;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.spi.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Connecting by name, with resolvers of the test's: what comes of it, and that nothing is left of
 * what did not win. When each attempt begins is tried where time is simulated.
 */
public abstract class HostConnectContract extends ContractTest {
    private static final String HOST = "some.host";

    private final Journal journal = new Journal();
    private final List<TcpStream> accepted = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<TcpStream> connected = new ArrayList<>();

    private int listen() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), accepted::add);
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private HostConnect connect(HostResolver resolver, int port) {
        return connect(ConnectOptions.builder().resolver(resolver), port);
    }

    private HostConnect connect(ConnectOptions.Builder options, int port) {
        HostConnect connect = TcpStream.connect(clientLoop(), HOST, port, options.build());
        connect.onClosed(journal.line("closed"));
        connect.stream()
                .whenComplete(
                        (stream, failure) -> {
                            journal.add("outcome" + Journal.symbol(failure));
                            if (failure == null) {
                                connected.add(stream);
                            } else {
                                failures.add(failure);
                            }
                        });
        return connect;
    }

    private String failureOf(HostConnect connect) throws IOException {
        until("failed", () -> connect.isClosed() && failures.size() == 1);
        assertEquals(List.of(), streams());
        return String.valueOf(assertInstanceOf(IoException.class, failures.get(0)).getMessage());
    }

    /** Those of the client that are not closed yet. */
    private List<Handle> streams() {
        List<Handle> open = new ArrayList<>();
        clientLoop()
                .walk(
                        handle -> {
                            if (handle instanceof TcpStream && !accepted.contains(handle)) {
                                open.add(handle);
                            }
                        });
        return open;
    }

    @Test
    void aHostIsConnectedToByItsName() throws IOException {
        HostConnect connect = connect(ScriptedResolver.knowing("127.0.0.1"), listen());
        journal.assertIs();
        assertTrue(connect.isActive());
        until("connected", () -> connected.size() == 1 && accepted.size() == 1);
        until("handle closed", connect::isClosed);
        journal.assertIs("outcome", "closed");
        assertEquals(List.of(connected.get(0)), streams());
        assertEquals("127.0.0.1", peerOf(connected.get(0)));
    }

    private static String peerOf(TcpStream stream) {
        InetSocketAddress peer = (InetSocketAddress) stream.remoteAddress();
        return peer == null ? "" : peer.getAddress().getHostAddress();
    }

    @Test
    void aLiteralAddressIsConnectedToWithoutALookUp() throws IOException {
        TcpStream.connect(clientLoop(), "127.0.0.1", listen()).thenAccept(connected::add);
        until("connected", () -> connected.size() == 1 && accepted.size() == 1);
        assertEquals(List.of(connected.get(0)), streams());
    }

    @Test
    void whenNoneAnswersTheFailureTellsTheReasonOfEach() throws IOException {
        int port = deadAddress().getPort();
        String[] hosts = {"127.0.0.1", "127.0.0.1", "::1"};
        String message = failureOf(connect(ScriptedResolver.knowing(hosts), port));
        assertTrue(message.startsWith("connect some.host:" + port + ": ECONNREFUSED: "), message);
        assertTrue(message.contains("127.0.0.1"), message);
        assertTrue(message.contains("[0:0:0:0:0:0:0:1]"), message);
        assertEquals(2, failures.get(0).getSuppressed().length);
        journal.assertIs("outcome ECONNREFUSED", "closed");
    }

    @Test
    void oneHundredAddressesThatRefuseAreAllTried() throws IOException {
        String[] hosts = new String[100];
        Arrays.setAll(hosts, i -> "127.0.0." + (i + 1));
        String message =
                failureOf(connect(ScriptedResolver.knowing(hosts), deadAddress().getPort()));
        assertEquals(100, failures.get(0).getSuppressed().length);
        assertTrue(message.contains("127.0.0.100"), message);
    }

    @Test
    void whatTheResolverSaysIsTheFailure() throws IOException {
        ScriptedResolver resolver = ScriptedResolver.silent();
        HostConnect connect = connect(resolver, 80);
        resolver.fail(IoException.because(Code.HOST_NOT_FOUND, "resolve", "no such host"));
        assertEquals(
                "connect some.host:80: EAI_NONAME: resolve: EAI_NONAME: no such host",
                failureOf(connect));
    }

    @Test
    void aResolverThatThrowsOrAnswersNonsenseFailsTheConnectOnly() throws IOException {
        RuntimeException thrown = new IllegalStateException("on purpose");
        HostConnect broken =
                connect(
                        (loop, host, deadline) -> {
                            throw thrown;
                        },
                        80);
        journal.assertIs();
        failureOf(broken);
        assertSame(thrown, failures.remove(0).getCause());
        ScriptedResolver empty = ScriptedResolver.silent();
        empty.answerWith(Arrays.asList((InetAddress) null));
        assertTrue(failureOf(connect(empty, 80)).contains("EAI_NONAME"));
        failures.clear();
        ScriptedResolver unreadable = ScriptedResolver.silent();
        unreadable.answerWith(
                new AbstractList<>() {
                    @Override
                    public InetAddress get(int index) {
                        throw thrown;
                    }

                    @Override
                    public int size() {
                        return 1;
                    }
                });
        failureOf(connect(unreadable, 80));
        assertSame(thrown, failures.get(0).getCause());
    }

    @Test
    void closingItCancelsTheLookUp() throws IOException {
        ScriptedResolver resolver = ScriptedResolver.silent();
        HostConnect connect = connect(resolver, 80);
        connect.close();
        journal.assertIs();
        until("closed", connect::isClosed);
        journal.assertIs("outcome ECANCELED", "closed");
        assertEquals(1, resolver.cancelled());
        assertFalse(clientLoop().isAlive());
    }

    @Test
    void aResolverThatCannotCancelKeepsNobodyFromHearingTheOutcome() throws IOException {
        RuntimeException thrown = new IllegalStateException("on purpose");
        rig().allowUncaught();
        HostConnect closed = connect(ScriptedResolver.silentAndFailingToCancel(thrown), 80);
        closed.close();
        until("closed", closed::isClosed);
        journal.assertIs("outcome ECANCELED", "closed");
        failures.clear();
        ConnectOptions.Builder late =
                ConnectOptions.builder()
                        .resolver(ScriptedResolver.silentAndFailingToCancel(thrown))
                        .deadline(Duration.ofMillis(1));
        assertTrue(failureOf(connect(late, 80)).contains("ETIMEDOUT"));
        assertEquals(List.of(thrown, thrown), rig().takeUncaught());
    }

    @Test
    void closingItClosesEveryAttempt() throws IOException {
        int port = listen();
        List<TcpStream> attempts = new ArrayList<>();
        List<HostConnect> connects = new ArrayList<>();
        connects.add(
                connect(
                        ConnectOptions.builder()
                                .resolver(ScriptedResolver.knowing("127.0.0.1"))
                                .configure(
                                        stream -> {
                                            attempts.add(stream);
                                            clientLoop().execute(connects.get(0)::close);
                                        }),
                        port));
        until("closed", connects.get(0)::isClosed);
        if (connected.isEmpty()) {
            assertEquals(List.of(), streams());
            journal.assertIs("outcome ECANCELED", "closed");
        } else {
            assertEquals(attempts, connected);
        }
    }

    @Test
    void aDeadlineIsOfLookUpAndConnectTogether() throws IOException {
        ScriptedResolver resolver = ScriptedResolver.silent();
        String message =
                failureOf(
                        connect(
                                ConnectOptions.builder()
                                        .resolver(resolver)
                                        .deadline(Duration.ofMillis(2)),
                                80));
        assertEquals(
                "connect some.host:80: ETIMEDOUT: not connected within PT0.002S,"
                        + " no address is known yet",
                message);
        assertEquals(1, resolver.cancelled());
    }

    @Test
    void eachAttemptIsConfiguredBeforeItConnects() throws IOException {
        HostConnect connect =
                connect(
                        ConnectOptions.builder()
                                .resolver(ScriptedResolver.knowing("127.0.0.1"))
                                .configure(stream -> stream.options().noDelay(false)),
                        listen());
        until("connected", () -> connect.isClosed() && connected.size() == 1);
        assertFalse(connected.get(0).options().noDelay());
    }

    @Test
    void whatConfiguringThrowsIsTheOutcome() throws IOException {
        RuntimeException thrown = new IllegalStateException("on purpose");
        HostConnect connect =
                connect(
                        ConnectOptions.builder()
                                .resolver(ScriptedResolver.knowing("127.0.0.1", "127.0.0.2"))
                                .configure(
                                        stream -> {
                                            throw thrown;
                                        }),
                        80);
        until("failed", connect::isClosed);
        assertEquals(List.of(thrown), failures);
        assertEquals(List.of(), streams());
    }

    @Test
    void configuringMayCloseWhatItIsGiven() throws IOException {
        HostConnect connect =
                connect(
                        ConnectOptions.builder()
                                .resolver(ScriptedResolver.knowing("127.0.0.1"))
                                .configure(TcpStream::close),
                        80);
        assertTrue(failureOf(connect).contains("ConnectOptions.configure closed the stream"));
        List<HostConnect> connects = new ArrayList<>();
        failures.clear();
        connects.add(
                connect(
                        ConnectOptions.builder()
                                .resolver(ScriptedResolver.knowing("127.0.0.1"))
                                .configure(stream -> connects.get(0).close()),
                        80));
        failureOf(connects.get(0));
        assertEquals("ECANCELED", ((IoException) failures.get(0)).errorName());
    }

    @Test
    void aPortThatIsNoneIsRefused() {
        for (int port : new int[] {-1, 65_536}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> TcpStream.connect(clientLoop(), HOST, port, ConnectOptions.DEFAULT));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> ConnectOptions.builder().attemptDelay(Duration.ofMillis(9)));
        assertFalse(clientLoop().isAlive());
    }

    @Test
    void aConnectUnderWayDoesNotHoldUpTheClosingOfItsLoop() throws IOException {
        connect(ScriptedResolver.silent(), 80);
        rig().close();
        journal.assertIs("outcome ECANCELED", "closed");
    }
}
