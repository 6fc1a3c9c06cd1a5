// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Three numbers in 64 bits, at their extremes. */
class UserDataTest {
    @Test
    void bringsBackWhatWasPacked() {
        int[] generations = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE};
        int[] slots = {0, 1, 0x5555, UserData.MAXIMUM_SLOTS - 1};
        int[] kinds = {0, 1, 0x7f, 0x80, 0xff};
        for (int generation : generations) {
            for (int slot : slots) {
                for (int kind : kinds) {
                    long packed = UserData.pack(generation, slot, kind);
                    assertEquals(generation, UserData.generation(packed));
                    assertEquals(slot, UserData.slot(packed));
                    assertEquals(kind, UserData.kind(packed));
                }
            }
        }
    }
}
