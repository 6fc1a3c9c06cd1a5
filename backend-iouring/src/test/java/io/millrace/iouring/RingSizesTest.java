// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Only what a kernel would grant can be asked for. */
class RingSizesTest {
    @Test
    void halvesBothDownToTheLeast() {
        RingSizes sizes = new RingSizes(64, 128);
        assertEquals(new RingSizes(32, 64), sizes.halved());
        assertEquals(new RingSizes(16, 64), sizes.halved().halved());
        assertTrue(sizes.halved().canShrink());
        assertFalse(sizes.halved().halved().canShrink());
    }

    @Test
    void refusesWhatTheKernelWouldRefuse() {
        assertThrows(IllegalArgumentException.class, () -> new RingSizes(100, 1024));
        assertThrows(IllegalArgumentException.class, () -> new RingSizes(128, 1000));
        assertThrows(IllegalArgumentException.class, () -> new RingSizes(8, 1024));
        assertThrows(IllegalArgumentException.class, () -> new RingSizes(65_536, 65_536));
        assertThrows(IllegalArgumentException.class, () -> new RingSizes(256, 128));
    }
}
