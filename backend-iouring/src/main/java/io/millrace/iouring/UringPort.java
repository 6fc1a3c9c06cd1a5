// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.NumberedOption;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.SocketPort;
import io.millrace.spi.reactor.RawSocket;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What listeners and streams share: which requests are wanted, which are in flight, and how to
 * close.
 *
 * <p>A command only notes that a request is <em>wanted</em>; the driver submits it before it next
 * enters the kernel, as soon as the submission queue has room. So a command cannot fail for want of
 * room, never enters the kernel in the middle of another port's completions, and works before the
 * loop's thread is known. From submission to its last completion a request is <em>in flight</em>.
 * Both are sets of {@link Kind}, one bit each.
 *
 * <p>Closing cancels everything in flight and then closes the descriptor, both in the kernel; the
 * port is closed when every completion has come. What was wanted but never submitted is cancelled
 * here.
 *
 * <p>Something may fail in the middle of all that, for lack of memory for example. That ends the
 * one operation that it failed in, and nothing else: with its reason, once, and not before the
 * kernel has done with it.
 */
abstract class UringPort extends Requester implements SocketPort {
    final UringDriver driver;
    final int descriptor;

    private final RawSocket socket;
    private int slot;
    private int generation;

    private int wanted;

    /** To be wanted once there is what it takes. */
    private int postponed;

    private int inFlight;

    /** Operations whose ends were not reported yet. */
    private int started;

    /** Those of them that wait for the kernel only to end with {@link #failure}. */
    private int failing;

    private int failure = Code.OK;
    private boolean closing;
    private boolean descriptorClosed;

    /** Whether the descriptor is somebody else's. */
    private boolean left;

    UringPort(UringDriver driver, RawSocket socket) {
        this.driver = driver;
        this.socket = socket;
        descriptor = socket.descriptor();
        if (!driver.watches.isEmpty()) {
            driver.watches.numberIsGiven(descriptor);
        }
    }

    /**
     * The last step of making it, so that one that could not be made is nowhere. Nothing else may
     * be asked of it before.
     */
    final void enter() {
        slot = driver.ports.add(this);
        generation = driver.ports.generation(slot);
    }

    /**
     * Fills the submission of a wanted request; there is room. Answers whether a completion is to
     * be waited for.
     */
    abstract boolean prepare(int kind) throws IoException;

    /** Hears of a completion. If it was the last one, {@link #isInFlight} is false already. */
    abstract void completed(int kind, int result, int flags);

    /** Gives back what a completion brings that nobody is told of. */
    abstract void drop(int kind, int result, int flags);

    /** Reports the terminal of a started operation, as failed with {@code code}. */
    abstract void report(int kind, int code);

    abstract void reportClosed();

    /** The last moment for options. */
    void isAboutToClose() {}

    final boolean isClosing() {
        return closing;
    }

    final boolean isInFlight(int kind) {
        return (inFlight & bit(kind)) != 0;
    }

    /** Begins an operation, whose end is to be reported. */
    final void start(int kind) {
        started |= bit(kind);
        want(kind);
    }

    /** The end of an operation is about to be reported. */
    final void ended(int kind) {
        started &= ~bit(kind);
    }

    /** An operation is over whose request has succeeded and will say nothing. */
    final void isOverUnheard(int kind) {
        inFlight &= ~bit(kind);
        ended(kind);
    }

    final boolean isWanted(int kind) {
        return (wanted & bit(kind)) != 0;
    }

    /** Notes that a request is to be submitted. */
    final void want(int kind) {
        assert !isInFlight(kind) : "two at once of kind " + kind;
        wanted |= bit(kind);
        driver.wanting.add(this);
    }

    /** Forgets that a request was to be submitted. */
    final void forget(int kind) {
        wanted &= ~bit(kind);
    }

    /** Notes that a request is to be wanted when {@link #submitPostponed} is called. */
    final void postpone(int kind) {
        assert !isInFlight(kind) : "two at once of kind " + kind;
        postponed |= bit(kind);
    }

    final void resumePostponed() {
        if (postponed != 0) {
            wanted |= postponed;
            postponed = 0;
            driver.wanting.add(this);
        }
    }

    /** See {@link Starving}, which those are that receive. */
    public final boolean isPostponed() {
        return postponed != 0;
    }

    /** Submits what was postponed before what others want. What there is no room for is wanted. */
    final void submitPostponed() throws IoException {
        resumePostponed();
        submitWanted();
    }

    final long userData(int kind) {
        return UserData.pack(generation, slot, kind);
    }

    /** In the order of kinds. */
    @Override
    final boolean submitWanted() throws IoException {
        while (wanted != 0) {
            if (!driver.makeRoom()) {
                return false;
            }
            int kind = Integer.numberOfTrailingZeros(wanted);
            wanted &= ~bit(kind);
            int mark = driver.mark();
            try {
                if (kind == Kind.CLOSE ? prepareClose() : prepare(kind)) {
                    inFlight |= bit(kind);
                }
            } catch (IoException | RuntimeException | Error thrown) {
                driver.rollBack(mark);
                if (kind == Kind.CANCEL || kind == Kind.CANCEL_SEND || kind == Kind.CLOSE) {
                    // Others depend on these, so nothing but another attempt will do.
                    wanted |= bit(kind);
                    driver.failed(thrown);
                    return false;
                }
                broke(kind, thrown);
            }
        }
        return true;
    }

    /** What failed in the middle of an operation ends it, when the kernel has done with it. */
    private void broke(int kind, Throwable thrown) {
        try {
            fail(kind, UringDriver.codeOf(thrown));
        } catch (RuntimeException | Error another) {
            driver.failed(another);
        }
        driver.failed(thrown);
    }

    private void fail(int kind, int code) {
        if (isInFlight(kind)) {
            failing |= bit(kind);
            failure = code;
            if (!closing && Kind.isMultishot(kind)) {
                want(Kind.CANCEL);
            }
            return;
        }
        wanted &= ~bit(kind);
        postponed &= ~bit(kind);
        failing &= ~bit(kind);
        if ((started & bit(kind)) != 0) {
            report(kind, code);
        }
    }

    private boolean prepareClose() {
        if (left) {
            if (isInFlight(Kind.SEND_FILE)) {
                // By its own name: the descriptor's may be another's by then.
                driver.requests.cancel(userData(Kind.SEND_FILE), userData(Kind.CANCEL));
            }
            driver.requests.nothing(userData(Kind.CLOSE));
        } else if (inFlight == 0) {
            driver.requests.close(descriptor, userData(Kind.CLOSE));
        } else {
            driver.requests.cancelAndClose(descriptor, userData(Kind.CANCEL), userData(Kind.CLOSE));
        }
        return true;
    }

    @Override
    final void complete(int kind, int result, int flags) {
        if (!CompletionFlag.hasMore(flags)) {
            inFlight &= ~bit(kind);
        }
        if (kind != Kind.CLOSE) {
            try {
                if ((failing & bit(kind)) == 0) {
                    completed(kind, result, flags);
                } else {
                    completedAfterFailure(kind, result, flags);
                }
            } catch (RuntimeException | Error thrown) {
                broke(kind, thrown);
            }
        }
        if (closing && inFlight == 0 && wanted == 0) {
            finish();
        }
    }

    /** What it brings came after something that is lost, so nobody may have it. */
    private void completedAfterFailure(int kind, int result, int flags) {
        drop(kind, result, flags);
        if (!isInFlight(kind)) {
            fail(kind, failure);
        }
    }

    private void finish() {
        driver.ports.remove(slot);
        while (started != 0) {
            int kind = Integer.numberOfTrailingZeros(started);
            try {
                report(kind, Code.CANCELLED);
            } catch (RuntimeException | Error thrown) {
                driver.failed(thrown);
            }
        }
        driver.countCompletion();
        reportClosed();
    }

    @Override
    final void completedTooLate(int kind, int result, int flags) {
        if (kind == Kind.CLOSE) {
            descriptorClosed = true;
        } else if (kind == Kind.ACCEPT) {
            drop(kind, result, flags);
        }
    }

    /** A close that the kernel has taken is done: it carries those out as it takes them. */
    @Override
    final int leftOpen() {
        boolean taken = isInFlight(Kind.CLOSE) && !driver.isUnsubmitted(userData(Kind.CLOSE));
        return taken || descriptorClosed || left ? NONE : descriptor;
    }

    @Override
    public final void close() {
        if (closing) {
            return;
        }
        isAboutToClose();
        closing = true;
        wanted = 0;
        postponed = 0;
        want(Kind.CLOSE);
    }

    /** Closes the port, whose descriptor lives on elsewhere. */
    final void leave() {
        assert !closing && (started & ~(bit(Kind.SEND_FILE) | bit(Kind.SEND))) == 0;
        left = true;
        closing = true;
        wanted = 0;
        postponed = 0;
        want(Kind.CLOSE);
    }

    @Override
    public final @Nullable SocketAddress localAddress() {
        assert !closing;
        return socket.localAddress();
    }

    @Override
    public int setOption(PortOption option, int value) {
        assert !closing;
        return socket.setOption(option, value);
    }

    @Override
    public int getOption(PortOption option) {
        assert !closing;
        return socket.getOption(option);
    }

    @Override
    public final int setOption(NumberedOption option) {
        assert !closing;
        return socket.setOption(option);
    }

    @Override
    public final int getOption(int level, int name, int[] into) {
        assert !closing;
        return socket.getOption(level, name, into);
    }

    @Override
    public final int descriptor() {
        assert !closing;
        return descriptor;
    }

    private static int bit(int kind) {
        return 1 << kind;
    }

    @Override
    public String toString() {
        return "descriptor "
                + (descriptorClosed ? "closed" : descriptor)
                + ", slot "
                + slot
                + (closing ? ", closing: wants " : ": wants ")
                + Kind.names(wanted | postponed)
                + ", has in flight "
                + Kind.names(inFlight)
                + ", has not ended "
                + Kind.names(started);
    }
}
