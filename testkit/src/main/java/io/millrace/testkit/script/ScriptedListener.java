// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.script;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener's sink that writes down what it hears and collects the connections. */
public final class ScriptedListener implements ListenerSink {
    private final List<String> log = new ArrayList<>();
    private final Deque<Accepted> accepted = new ArrayDeque<>();
    private Consumer<String> reaction = line -> {};
    private @Nullable ListenerPort port;
    private @Nullable SocketAddress address;

    /** Tells which port this is the sink of. */
    public ScriptedListener on(ListenerPort port) {
        this.port = port;
        this.address = port.localAddress();
        return this;
    }

    public ListenerPort port() {
        return Objects.requireNonNull(port, "no port yet");
    }

    /** Where it listens, or listened before it closed. */
    public InetSocketAddress address() {
        return (InetSocketAddress) Objects.requireNonNull(address);
    }

    /** What to do whenever a line is written; it is called inside the sink. */
    public void reaction(Consumer<String> reaction) {
        this.reaction = reaction;
    }

    public List<String> log() {
        return log;
    }

    public boolean heard(String line) {
        return log.contains(line);
    }

    /** How many connections wait to be taken. */
    public int waiting() {
        return accepted.size();
    }

    public Accepted take() {
        return accepted.remove();
    }

    @Override
    public void onAccept(Accepted connection) {
        accepted.add(connection);
        note("accepted");
    }

    @Override
    public void onAcceptStopped(int code) {
        note("stopped " + Code.name(code));
    }

    @Override
    public void onClosed() {
        note("closed");
    }

    private void note(String line) {
        log.add(line);
        reaction.accept(line);
    }
}
