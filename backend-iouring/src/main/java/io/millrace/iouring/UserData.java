// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * The 64 bits that a submission carries and its completion brings back: generation, slot, kind.
 *
 * <pre>
 *   63            32 31             8 7      0
 *  |   generation   |      slot      |  kind  |
 * </pre>
 *
 * <p>A slot names a port, and its generation grows with every reuse, so a completion that comes
 * late can never be taken for one of the slot's next owner.
 */
final class UserData {
    /** As many ports as a loop can have: more than a process may have descriptors by default. */
    static final int MAXIMUM_SLOTS = 1 << 24;

    private static final int SLOT_SHIFT = 8;
    private static final int GENERATION_SHIFT = 32;

    static long pack(int generation, int slot, int kind) {
        assert 0 <= slot && slot < MAXIMUM_SLOTS && 0 <= kind && kind < 256;
        return (long) generation << GENERATION_SHIFT | (long) slot << SLOT_SHIFT | kind;
    }

    static int generation(long userData) {
        return (int) (userData >>> GENERATION_SHIFT);
    }

    static int slot(long userData) {
        return (int) userData >>> SLOT_SHIFT;
    }

    static int kind(long userData) {
        return (int) userData & 0xff;
    }

    private UserData() {}
}
