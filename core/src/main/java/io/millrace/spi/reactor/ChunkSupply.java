// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.LoopContext;

/**
 * How many receive chunks a loop has and how many are on loan: says when they are scarce, and tells
 * the loop when a receive that found none is worth another attempt. Loop thread only.
 *
 * <p>Whoever keeps a chunk while they are scarce should get a copy instead; otherwise a loop whose
 * chunks all wait in write queues could no longer receive what would empty those queues.
 */
public final class ChunkSupply {
    private final int maximum;
    private final LoopContext context;
    private int made;
    private int lent;

    /** Whether there was no memory for another chunk when one was last wanted. */
    private boolean refused;

    /** Whether a receive ended for lack of chunks and the loop does not yet know of new ones. */
    private boolean starved;

    /**
     * @param maximum how many chunks there may be
     */
    public ChunkSupply(int maximum, LoopContext context) {
        this.maximum = maximum;
        this.context = context;
    }

    /** Counts a chunk that was made. */
    public void add() {
        made++;
        assert made <= maximum : "more than there may be";
    }

    /** Notes that there was memory when chunks were wanted, after those have been counted. */
    public void memoryGranted() {
        refused = false;
        if (starved) {
            tell();
        }
    }

    /** Notes that there was no memory for another chunk. */
    public void memoryRefused() {
        refused = true;
        context.memoryRefused();
    }

    /** Counts a chunk that goes on loan. */
    public void lend() {
        lent++;
        assert lent <= made : "more are on loan than there are";
    }

    /** Counts a chunk that came back. The loop hears of it when that makes enough. */
    public void takeBack() {
        lent--;
        assert lent >= 0 : "one came back twice";
        if (starved && available() >= lowWater()) {
            tell();
        }
    }

    /** Notes that a receive ends for lack of chunks. */
    public void starve() {
        starved = true;
    }

    private void tell() {
        starved = false;
        context.chunksReturned();
    }

    /** How many more chunks may be made. */
    public int mayBeMade() {
        return maximum - made;
    }

    /** How many chunks there are. */
    public int made() {
        return made;
    }

    /** How many of them are on loan. */
    public int lent() {
        return lent;
    }

    /** Whether a receive waits for chunks to come back. */
    public boolean isStarved() {
        return starved;
    }

    /** Whether whoever keeps a chunk should take a copy. */
    public boolean isScarce() {
        return available() < lowWater();
    }

    /** Whether another loan leaves enough, so that nobody needs to take a copy for its sake. */
    boolean hasPlenty() {
        return available() > lowWater();
    }

    private int available() {
        return reachable() - lent;
    }

    /** How many chunks there can be: only those that there are once memory has run out. */
    private int reachable() {
        return refused ? made : maximum;
    }

    /** A quarter: enough that a starved loop does not start and stop with every single chunk. */
    private int lowWater() {
        return Math.max(1, reachable() / 4);
    }

    @Override
    public String toString() {
        return made
                + " of "
                + maximum
                + " chunks made, "
                + lent
                + " on loan"
                + (refused ? ", no memory for more" : "")
                + (starved ? ", a receive waits" : "");
    }
}
