// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.NumberedOption;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What both kinds of ports owe: no command after close, one terminal per start, onClosed last.
 *
 * @param <P> the port behind
 */
abstract class RefereedPort<P extends SocketPort> implements SocketPort {
    final RefereedDriver driver;
    private @Nullable P port;
    private boolean closing;
    private boolean closed;

    RefereedPort(RefereedDriver driver) {
        this.driver = driver;
    }

    final void attach(P port) {
        this.port = port;
    }

    /** The port behind, for a command: not after close. */
    final P command(String name) {
        if (closing) {
            throw foul(name + " after close");
        }
        return behind();
    }

    final P behind() {
        if (port == null) {
            throw foul("a sink was called before its port was handed out");
        }
        return port;
    }

    final boolean isClosing() {
        return closing;
    }

    final boolean isSettled() {
        return closed;
    }

    /** A start; at most one of its kind is in flight. */
    final boolean start(String name, boolean inFlight) {
        if (inFlight) {
            throw foul(name + " while one is in flight");
        }
        return true;
    }

    /** A sink method begins; it must belong to something in flight. */
    final void enter(String name, boolean inFlight) {
        driver.enterSink(this + "." + name);
        if (closed) {
            throw foul(name + " after onClosed");
        }
        if (!inFlight) {
            throw foul(name + " although nothing of the kind is in flight");
        }
    }

    final void enterTerminal(String name, boolean inFlight, int result) {
        enter(name, inFlight);
        boolean internal =
                switch (result) {
                    case Code.PENDING, Code.WOULD_BLOCK, Code.INTERRUPTED, Code.IN_PROGRESS -> true;
                    default -> false;
                };
        if (internal) {
            throw foul(name + " with " + Code.name(result) + ", which is no result");
        }
    }

    final void enterClosed(boolean inFlight) {
        enter("onClosed", true);
        if (!closing) {
            throw foul("onClosed without close");
        }
        if (inFlight) {
            throw foul("onClosed before the terminal of what is in flight");
        }
        closed = true;
    }

    final void leave() {
        driver.leaveSink();
    }

    final FoulError foul(String message) {
        return driver.foul(this + ": " + message);
    }

    /** The port is closed by another command than close. */
    final P lastCommand(String name) {
        P last = command(name);
        closing = true;
        return last;
    }

    @Override
    public final void close() {
        closing = true;
        behind().close();
    }

    @Override
    public final @Nullable SocketAddress localAddress() {
        return command("localAddress").localAddress();
    }

    @Override
    public final int setOption(PortOption option, int value) {
        return command("setOption").setOption(option, value);
    }

    @Override
    public final int getOption(PortOption option) {
        return command("getOption").getOption(option);
    }

    @Override
    public final int setOption(NumberedOption option) {
        return command("setOption").setOption(option);
    }

    @Override
    public final int getOption(int level, int name, int[] into) {
        return command("getOption").getOption(level, name, into);
    }

    @Override
    public final int descriptor() {
        return command("descriptor").descriptor();
    }
}
