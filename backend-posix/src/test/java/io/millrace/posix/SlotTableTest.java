// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A slot has one owner at a time, and whoever comes for an earlier one finds nobody. */
class SlotTableTest {
    private static final int MAXIMUM = 128;

    private final SlotTable<String> table = new SlotTable<>(MAXIMUM, "names");

    @Test
    void aSlotIsUsedAgainUnderAnotherGeneration() {
        int slot = table.add("first");
        int generation = table.generation(slot);
        assertSame("first", table.find(slot, generation));
        table.remove(slot);
        assertNull(table.find(slot, generation));
        assertEquals(slot, table.add("second"));
        assertNull(table.find(slot, generation));
        assertSame("second", table.find(slot, table.generation(slot)));
    }

    @Test
    void aSlotThatNobodyEverHadFindsNobody() {
        assertNull(table.find(0, 0));
        assertNull(table.find(MAXIMUM * 2, 0));
    }

    @Test
    void oneTooManyIsRefusedAndLeavesTheOthers() {
        List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < MAXIMUM; i++) {
            slots.add(table.add("name " + i));
        }
        Exception refused = assertThrows(IllegalStateException.class, () -> table.add("more"));
        assertEquals("a loop has at most 128 names", refused.getMessage());
        assertEquals(MAXIMUM, table.size());
        for (int i = 0; i < MAXIMUM; i++) {
            assertEquals("name " + i, table.find(slots.get(i), 0));
        }
        table.remove(slots.get(70));
        assertEquals(MAXIMUM - 1, table.size());
        assertEquals(slots.get(70), table.add("more"));
        assertEquals("128 names in 128 of 128 slots", table.toString());
    }
}
