// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something a loop takes care of until it is closed: a timer, a socket, a hook.
 *
 * <p>Confined to the loop's thread; every method checks that. A handle goes one way: open, closing,
 * closed. {@link #close} stops its events at once; its resources are gone at latest when the close
 * callback runs, and that is the handle's last callback. Close callbacks of one loop run in the
 * order of the {@code close} calls, except that nobody waits for a file: that of an {@link
 * AsyncFile} runs when its file is closed, which is when its device has answered.
 *
 * <p>An <em>active</em> handle is one that events may come from. The loop runs as long as a handle
 * is active and referenced, or an operation is in flight.
 */
public abstract class Handle {
    private enum State {
        OPEN,
        CLOSING,
        RELEASED,
        CLOSED
    }

    private final EventLoop loop;

    /** The loop's list of all handles; null at its ends and outside of it. */
    @Nullable Handle previousInLoop;

    @Nullable Handle nextInLoop;

    /** The loop's queue of closing handles. */
    @Nullable Handle nextClosing;

    private State state = State.OPEN;
    private boolean active;
    private boolean referenced = true;
    private @Nullable Object attachment;
    private @Nullable Runnable closedCallback;

    Handle(EventLoop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
        loop.check("open a handle");
        loop.ensureOpen();
    }

    /**
     * The handle is made, and nothing that can fail is left: from now on its loop knows of it.
     * Called by whatever makes a kind of handle, so that one that is half made leaves no trace.
     */
    final void join() {
        loop.handles.add(this);
    }

    /** The loop that this handle lives on. Any thread. */
    public final EventLoop loop() {
        return loop;
    }

    /** Whether events may come from this handle; what that takes is said by each kind. */
    public final boolean isActive() {
        loop.check("isActive");
        return active;
    }

    /** Whether {@link #close} was called. Stays true when the handle is closed. */
    public final boolean isClosing() {
        loop.check("isClosing");
        return state != State.OPEN;
    }

    /** Whether the close callback was reached. */
    public final boolean isClosed() {
        loop.check("isClosed");
        return state == State.CLOSED;
    }

    /** Lets this handle, while active, keep the loop running: the initial state. Idempotent. */
    public final void ref() {
        setReferenced(true);
    }

    /** Lets the loop end although this handle is active. Idempotent, not counted. */
    public final void unref() {
        setReferenced(false);
    }

    public final boolean hasRef() {
        loop.check("hasRef");
        return referenced;
    }

    /** The user's own object; null at first. */
    public final @Nullable Object attachment() {
        loop.check("attachment");
        return attachment;
    }

    public final void attach(@Nullable Object object) {
        loop.check("attach");
        attachment = object;
    }

    /**
     * Sets what to run when the handle is closed, in place of an earlier callback. If the handle is
     * closed already, that is an {@link IllegalStateException}: the callback would never run.
     */
    public final void onClosed(Runnable callback) {
        loop.check("onClosed");
        if (state == State.CLOSED) {
            throw new IllegalStateException(this + " is closed already");
        }
        closedCallback = java.util.Objects.requireNonNull(callback, "callback");
    }

    /**
     * Closes the handle. From here on nothing is delivered but the ends of its unfinished
     * operations, as cancelled, and the close callback, later. Idempotent.
     */
    public final void close() {
        loop.check("close");
        if (state != State.OPEN) {
            return;
        }
        setActive(false);
        state = State.CLOSING;
        loop.closing.begins(this);
        release();
    }

    /** Starts letting go of resources; {@link #released} is to follow, at once or later. */
    abstract void release();

    /** The engine is gone, and with it whatever this closing handle waited for. */
    void abandon() {
        if (state == State.CLOSING) {
            released();
        }
    }

    /** The last completions before the close callback; runs in the closing phase. */
    void finishOperations() {}

    final void released() {
        assert state == State.CLOSING;
        state = State.RELEASED;
        loop.closing.released(this);
    }

    /**
     * Whether letting go may take as long as a device likes. Then nobody waits for it: the close
     * callback has its turn when that has ended.
     */
    boolean closesApart() {
        return false;
    }

    final boolean isReleased() {
        return state == State.RELEASED;
    }

    final boolean isOpen() {
        return state == State.OPEN;
    }

    /** The closing phase has reached this handle. */
    final void finishClose() {
        try {
            finishOperations();
        } catch (Throwable failure) {
            loop.guard.failed(this, failure);
        }
        state = State.CLOSED;
        loop.handles.remove(this);
        Runnable callback = closedCallback;
        closedCallback = null;
        if (callback == null) {
            return;
        }
        long began = loop.guard.begins();
        try {
            callback.run();
        } catch (Throwable failure) {
            loop.guard.failed(this, failure);
        }
        loop.guard.ended(began);
    }

    final void ensureOpen(String method) {
        loop.check(method);
        if (state != State.OPEN) {
            throw new IllegalStateException(method + ": " + this + " is closed");
        }
    }

    final void setActive(boolean now) {
        if (active == now || state != State.OPEN) {
            return;
        }
        active = now;
        if (referenced) {
            loop.handles.countActive(now ? 1 : -1);
        }
    }

    private void setReferenced(boolean now) {
        loop.check(now ? "ref" : "unref");
        if (referenced == now) {
            return;
        }
        referenced = now;
        if (active) {
            loop.handles.countActive(now ? 1 : -1);
        }
    }

    /** What else there is to say of it in a log: begins with a space. Any thread; never fails. */
    String details() {
        return "";
    }

    /** Kind, identity and state, for logs and {@link EventLoop#walk}. Any thread; may be stale. */
    @Override
    public String toString() {
        String flags = (active ? " active" : "") + (referenced ? "" : " unref");
        return getClass().getSimpleName()
                + "@"
                + Integer.toHexString(System.identityHashCode(this))
                + "["
                + state.name().toLowerCase(java.util.Locale.ROOT)
                + flags
                + details()
                + "]";
    }
}
