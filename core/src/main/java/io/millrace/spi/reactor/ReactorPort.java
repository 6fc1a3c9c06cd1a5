// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.NumberedOption;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What ports share: what the poller was told, what it answered, what comes in until it is stopped,
 * and how to close.
 *
 * <p>Three masks of {@link Poller#READ} and {@link Poller#WRITE} steer a port. <em>Interest</em>
 * follows from the operations in flight. <em>Told</em> is what the poller knows of it; the two are
 * brought together once per poll. <em>Ready</em> is what is believed possible without waiting:
 *
 * <ul>
 *   <li>WRITE is believed until a send comes back short or blocked, since most sockets are
 *       writable.
 *   <li>READ is believed when heard. A level-triggered poller says it again, so it is forgotten
 *       after each run; an edge-triggered one does not, so it lasts until a read shows otherwise.
 *   <li>HANGUP is never forgotten: behind a short read there may be an end of stream that raises no
 *       event of its own.
 * </ul>
 *
 * <p>A level-triggered poller hears at once that WRITE is no longer wanted, because a writable
 * socket would end every wait. That READ is no longer wanted it hears only when there is something
 * to read: until then silence costs nothing, and a pause that ends in time costs no system call.
 */
abstract class ReactorPort extends PortLink implements SocketPort {
    final ReactorDriver driver;
    final PortLink interestLink = new PortLink.Place(this);
    final PortLink endingLink = new PortLink.Place(this);

    /** Whether what comes in is wanted: bytes, datagrams or connections. It lasts until stopped. */
    boolean receiving;

    /** Whether that was stopped, which is yet to be reported. */
    boolean stopping;

    int ready = Poller.WRITE;
    int told;
    boolean closed;

    /** Whether the poller must hear that READ is no longer wanted, because there is something. */
    private boolean unreadBytes;

    /** Why the poller refused this socket, until that is reported. */
    private int refusal = Code.OK;

    private boolean running;

    private final RawSocket socket;

    ReactorPort(ReactorDriver driver, RawSocket socket) {
        this.driver = driver;
        this.socket = socket;
        socket.owner = this;
        driver.watches.numberIsGiven(socket.descriptor());
    }

    @Override
    final ReactorPort port() {
        return this;
    }

    /** What the operations in flight wait for. */
    abstract int interest();

    /**
     * Whether the kernel has memory of this port's that it is yet to let go of. Only if so, {@link
     * #looksAgain} is called once a poll, and the descriptor of a closed port stays.
     */
    boolean isHeldByKernel() {
        return false;
    }

    /** The port has closed: hastens that the kernel lets go. */
    void hastenLettingGo() {}

    /** Looks without the poller whether the kernel has let go. Answers whether it has not. */
    boolean looksAgain() {
        return false;
    }

    /** Runs this port in its turn: in the batch, or alone after those that are in it. */
    abstract void runWithin(ReceiveBatch batch);

    /** Does what readiness allows, within the budget of one poll. */
    abstract void advance();

    /** Tells the sink that nothing comes in any more. */
    abstract void tellReceiveStopped(int code);

    /** Reports the terminals of all operations in flight. */
    abstract void reportAll(int code);

    abstract void reportClosed();

    /** Reports a send that was dropped, if there is one. */
    void reportDropped() {}

    final void beginReceiving() {
        assert !closed && !receiving;
        receiving = true;
        awaitReady(Poller.READ);
    }

    final void endReceiving() {
        assert !closed;
        if (receiving && !stopping) {
            stopping = true;
            driver.end(this);
        }
    }

    final void reportReceiveStopped(int code) {
        receiving = false;
        stopping = false;
        driver.countCompletion();
        tellReceiveStopped(code);
    }

    /** Sees to it that an operation that was just started goes on when {@code bit} is ready. */
    final void awaitReady(int bit) {
        if ((told & bit) == 0) {
            driver.interestChanged(this);
        } else if (driver.edgeTriggered && (ready & bit) != 0 && !running) {
            driver.attend(this);
        }
    }

    /** Takes the poller's word. */
    final void heard(int mask) {
        if ((mask & Poller.HANGUP) != 0) {
            mask |= Poller.READ | Poller.WRITE;
            if (socket.awaitsNotice) {
                mask |= Poller.NOTICE;
            }
        }
        ready |= mask;
    }

    final boolean believes(int bit) {
        return (ready & bit) != 0;
    }

    final void forget(int bit) {
        ready &= ~bit;
    }

    /** Uses the readiness, then sees what is left of it and of the interest. */
    final void run() {
        runBegins();
        advance();
        runEnds();
    }

    final void runBegins() {
        running = true;
    }

    final void runEnds() {
        running = false;
        if (closed) {
            return;
        }
        if (driver.edgeTriggered) {
            if ((ready & interest()) != 0) {
                driver.attend(this);
            }
            return;
        }
        unreadBytes = believes(Poller.READ);
        forget(Poller.READ);
        reviewInterest();
    }

    private void reviewInterest() {
        if (levelInterest() != told) {
            driver.interestChanged(this);
        }
    }

    /** Brings the poller up to date. */
    final void tellInterest() {
        int result = driver.edgeTriggered ? tellEdge() : tellLevel();
        if (result < 0) {
            refused(result);
        }
    }

    /** The poller had accepted the socket, but the kernel did not; it is not watched any more. */
    final void refusedLate(int code) {
        told = 0;
        refused(code);
    }

    /** Something failed in the middle of this port, which may have left it in any state. */
    final void broke(int code) {
        running = false;
        if (!closed) {
            refused(code);
        }
    }

    private void refused(int code) {
        refusal = code;
        driver.end(this);
    }

    private int tellEdge() {
        if (told != 0 || interest() == 0) {
            return Code.OK;
        }
        int result = driver.poller.add(socket, Poller.READ | Poller.WRITE);
        if (result == Code.OK) {
            told = Poller.READ | Poller.WRITE;
        }
        return result;
    }

    private int tellLevel() {
        int before = told;
        int now = levelInterest();
        if (now == before) {
            return Code.OK;
        }
        if (now == 0) {
            told = 0;
            driver.poller.remove(socket);
            return Code.OK;
        }
        int result =
                before == 0 ? driver.poller.add(socket, now) : driver.poller.modify(socket, now);
        if (result == Code.OK) {
            told = now;
        }
        return result;
    }

    private int levelInterest() {
        int wanted = interest();
        return unreadBytes ? wanted : wanted | (told & Poller.READ);
    }

    /** Reports the terminals that are due without any readiness. */
    final void reportEndings() {
        if (closed) {
            if (isHeldByKernel()) {
                return;
            }
            reportAllWhateverFails();
            reportClosed();
            return;
        }
        int code = refusal;
        refusal = Code.OK;
        if (code == Code.OK && stopping) {
            reportReceiveStopped(Code.CANCELLED);
        } else if (code != Code.OK) {
            reportAll(code);
        }
        if (!closed) {
            reportDropped();
        }
        if (!closed && !driver.edgeTriggered) {
            reviewInterest();
        }
    }

    /** What is reported is not in flight any more, even if telling it fails. */
    private void reportAllWhateverFails() {
        boolean all = false;
        while (!all) {
            try {
                reportAll(Code.CANCELLED);
                all = true;
            } catch (RuntimeException | Error failure) {
                driver.failed(failure);
            }
        }
    }

    @Override
    public final void close() {
        if (closed) {
            return;
        }
        leavePoller();
        if (isHeldByKernel()) {
            try {
                hastenLettingGo();
            } catch (RuntimeException | Error failure) {
                // No memory, say: then the notice is waited for.
                driver.failed(failure);
            }
        }
        if (isHeldByKernel()) {
            driver.lookAgain(this);
        } else {
            letGo();
        }
    }

    private void leavePoller() {
        closed = true;
        if (told != 0) {
            told = 0;
            driver.poller.remove(socket);
        }
        socket.owner = null;
    }

    /** Closes the port, whose socket lives on elsewhere. */
    final void leave() {
        assert !closed && !isHeldByKernel();
        try {
            leavePoller();
        } finally {
            driver.end(this);
        }
    }

    /** The port has closed, and nothing keeps its descriptor. */
    final void letGo() {
        socket.close();
        driver.end(this);
    }

    /** The driver closes, and nobody is going to look any more. */
    final void giveUp() {
        socket.close();
    }

    @Override
    public final @Nullable SocketAddress localAddress() {
        assert !closed;
        return socket.localAddress();
    }

    @Override
    public int setOption(PortOption option, int value) {
        assert !closed;
        return socket.setOption(option, value);
    }

    @Override
    public int getOption(PortOption option) {
        assert !closed;
        return socket.getOption(option);
    }

    @Override
    public final int setOption(NumberedOption option) {
        assert !closed;
        return socket.setOption(option);
    }

    @Override
    public final int getOption(int level, int name, int[] into) {
        assert !closed;
        return socket.getOption(level, name, into);
    }

    @Override
    public final int descriptor() {
        assert !closed;
        return socket.descriptor();
    }

    @Override
    public String toString() {
        return (closed ? "closed" : "descriptor " + socket.descriptor())
                + ": waits for "
                + Poller.names(interest())
                + ", told "
                + Poller.names(told)
                + ", believes "
                + Poller.names(ready)
                + (running ? ", running" : "")
                + (refusal == Code.OK ? "" : ", refused with " + Code.name(refusal));
    }
}
