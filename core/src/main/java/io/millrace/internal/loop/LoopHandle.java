// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.spi.IntrusiveQueue;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link Handle}; as a link it is one of the {@link ClosingQueue}. */
public abstract class LoopHandle extends IntrusiveQueue.Link<LoopHandle> implements Handle {
    private enum State {
        OPEN,
        CLOSING,
        RELEASED,
        CLOSED
    }

    private final Loop loop;

    /** The loop's list of all handles; null at its ends and outside of it. */
    @Nullable LoopHandle previousInLoop;

    @Nullable LoopHandle nextInLoop;

    private State state = State.OPEN;
    private boolean active;
    private boolean referenced = true;
    private @Nullable Object attachment;
    private @Nullable Runnable closedCallback;

    public LoopHandle(Loop loop) {
        this.loop = Objects.requireNonNull(loop, "loop");
        loop.check("open a handle");
        loop.ensureOpen();
    }

    /**
     * The handle is made, and nothing that can fail is left: from now on its loop knows of it.
     * Called by whatever makes a kind of handle, so that one that is half made leaves no trace.
     */
    public final void join() {
        loop.handles.add(this);
    }

    @Override
    public final Loop loop() {
        return loop;
    }

    @Override
    public final boolean isActive() {
        loop.check("isActive");
        return active;
    }

    @Override
    public final boolean isClosing() {
        loop.check("isClosing");
        return state != State.OPEN;
    }

    @Override
    public final boolean isClosed() {
        loop.check("isClosed");
        return state == State.CLOSED;
    }

    @Override
    public final void ref() {
        setReferenced(true);
    }

    @Override
    public final void unref() {
        setReferenced(false);
    }

    @Override
    public final boolean hasRef() {
        loop.check("hasRef");
        return referenced;
    }

    @Override
    public final @Nullable Object attachment() {
        loop.check("attachment");
        return attachment;
    }

    @Override
    public final void attach(@Nullable Object object) {
        loop.check("attach");
        attachment = object;
    }

    @Override
    public final void onClosed(Runnable callback) {
        loop.check("onClosed");
        if (state == State.CLOSED) {
            throw new IllegalStateException(this + " is closed already");
        }
        closedCallback = java.util.Objects.requireNonNull(callback, "callback");
    }

    @Override
    public final void close() {
        loop.check("close");
        if (state != State.OPEN) {
            return;
        }
        setActive(false);
        state = State.CLOSING;
        loop.closing.begins(this);
        startClosing();
    }

    /** Starts letting go of resources; {@link #released} is to follow, at once or later. */
    public abstract void startClosing();

    /** The driver is gone, and with it whatever this closing handle waited for. */
    public void abandon() {
        if (state == State.CLOSING) {
            released();
        }
    }

    /** The last completions before the close callback; runs in the closing phase. */
    public void finishOperations() {}

    public final void released() {
        assert state == State.CLOSING;
        state = State.RELEASED;
        loop.closing.released(this);
    }

    /**
     * Whether letting go may take as long as a device likes. Then nobody waits for it: the close
     * callback has its turn when that has ended.
     */
    public boolean closesApart() {
        return false;
    }

    public final boolean isReleased() {
        return state == State.RELEASED;
    }

    public final boolean isOpen() {
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
        if (callback != null) {
            loop.guard.run(this, callback);
        }
    }

    public final void ensureOpen(String method) {
        loop.check(method);
        if (state != State.OPEN) {
            throw new IllegalStateException(method + ": " + this + " is closed");
        }
    }

    public final void setActive(boolean now) {
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
    public String details() {
        return "";
    }

    /** Its text, and what waits in it, for {@link EventLoop#describe}. */
    protected String describe() {
        return toString();
    }

    /**
     * Kind, which is the interface that a handle implements, identity and state, for logs and
     * {@link EventLoop#walk}. Any thread; may be stale.
     */
    @Override
    public String toString() {
        String flags = (active ? " active" : "") + (referenced ? "" : " unref");
        return getClass().getInterfaces()[0].getSimpleName()
                + "@"
                + Integer.toHexString(System.identityHashCode(this))
                + "["
                + state.name().toLowerCase(java.util.Locale.ROOT)
                + flags
                + details()
                + "]";
    }
}
