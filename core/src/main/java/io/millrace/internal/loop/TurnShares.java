// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

/**
 * How much of one turn may go to one handle, or to one kind of work, so that the others wait for a
 * turn of a few milliseconds at most. Whoever has used up its share goes on after the next poll,
 * which then does not wait, and in the order in which they did.
 *
 * <p>The shares are meant as time. A megabyte to or from the page cache and a socket, or 256
 * callbacks that do little, are some tenths of a millisecond to a millisecond; a file that has to
 * come from a disk first, and a callback that does much, take what they take.
 *
 * <p>What is counted is compared with the number of the turn, so that nobody has to be visited when
 * a turn begins. Loop thread only.
 */
public final class TurnShares {
    /** What one stream may send in one turn. */
    static final int STREAM_BYTES = 1 << 20;

    /**
     * What may be delivered to one stream in one turn: more than a driver usually has at hand,
     * because to stop it and to start it again costs something.
     */
    public static final int DELIVERED_BYTES = 2 << 20;

    /** What every stream may send however many others there are: one large message. */
    static final int LEAST_BYTES = 64 << 10;

    /**
     * After all streams together have sent this much, each gets no more than the least. Dozens of
     * streams with a large share each would still be a long turn.
     */
    static final int ALL_BYTES = 4 << 20;

    /** What one call is given of a file, which may have to wait for a disk. */
    static final int FILE_BYTES = 256 << 10;

    /**
     * What one receive is given of the user's memory: a sender that keeps up fills as much as there
     * is.
     */
    public static final int RECEIVE_BYTES = 256 << 10;

    /** What a send costs besides its bytes, in bytes: a file of one byte takes a call as well. */
    public static final int SEND_BYTES = 16 << 10;

    /** What a delivery costs besides its bytes, in bytes. */
    public static final int DELIVERY_BYTES = 8 << 10;

    /** How many callbacks of one source run in one turn: timers, tasks, closes, ended writes. */
    public static final int CALLBACKS = 256;

    /** How many connections one server opens in one turn; each takes several system calls. */
    public static final int CONNECTIONS = 64;

    /** Those who have used up their share. */
    private final DeferredQueue continued = new DeferredQueue();

    private int turn;
    private long leftForAll;

    /** The loop is about to see what there is for others: from now on everybody has a new share. */
    void begin() {
        turn++;
        leftForAll = ALL_BYTES;
    }

    /** Tells the shares of one turn from those of another; changes where the loop polls. */
    public int turn() {
        return turn;
    }

    public void countSent(long cost) {
        leftForAll -= cost;
    }

    /** What a stream may send in this turn. */
    public int bytesForEach() {
        return leftForAll > 0 ? STREAM_BYTES : LEAST_BYTES;
    }

    /** What one call may be given of a file. */
    public int bytesForFile() {
        return leftForAll > 0 ? FILE_BYTES : LEAST_BYTES;
    }

    /**
     * Lets somebody go on after the next poll. It hears of that earlier if it is deferred already.
     */
    public void continueNextTurn(Deferred work) {
        continued.add(work);
    }

    /** Whether the loop must not wait. */
    boolean hasContinued() {
        return !continued.isEmpty();
    }

    /** After a poll: lets those go on who had used up their share before it. */
    void runContinued(CallbackGuard guard) {
        continued.runRound(guard);
    }
}
