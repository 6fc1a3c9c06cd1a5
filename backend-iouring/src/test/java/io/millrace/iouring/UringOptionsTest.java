// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.DriverConfig;
import io.millrace.spi.Setting;
import io.millrace.spi.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings as users write them. */
class UringOptionsTest {
    @Test
    void hasDefaults() {
        UringOptions options = UringOptions.of(DriverConfig.DEFAULT);
        assertEquals(RingSizes.DEFAULT, options.sizes());
        assertEquals(ReceiveBuffers.DEFAULT_CHUNK_COUNT, options.chunkCount());
        assertEquals(ReceiveBuffers.DEFAULT_CHUNK_BYTES, options.chunkBytes());
        assertEquals(0, options.kernelThreadIdleMillis());
    }

    @Test
    void takesWhatIsSet() {
        UringOptions options =
                UringOptions.of(
                        new DriverConfig(
                                100,
                                512,
                                Map.of(
                                        "io_uring.submissions", "64",
                                        "io_uring.completions", " 256 ",
                                        "io_uring.sqpoll-idle-millis", "5")));
        assertEquals(new UringOptions(new RingSizes(64, 256), 100, 512, 5), options);
        assertEquals(128, options.bufferEntries());
    }

    @Test
    void aPowerOfTwoNeedsNoMoreEntries() {
        assertEquals(64, UringOptions.of(new DriverConfig(64, 0, Map.of())).bufferEntries());
    }

    @Test
    void namesThePropertyThatIsWrong() {
        assertRefused(Map.of("io_uring.submissions", "many"), "millrace.io_uring.submissions");
        assertRefused(
                Map.of("io_uring.completions", "1000"),
                "millrace.io_uring.completions must be a power of two");
    }

    /** The list of all settings says what a ring can have, and what it gets. */
    @Test
    void theListOfSettingsAgrees() {
        Setting submissions = Settings.IO_URING_SUBMISSIONS;
        Setting completions = Settings.IO_URING_COMPLETIONS;
        assertEquals(RingSizes.DEFAULT.submissions(), submissions.number(Map.of()));
        assertEquals(RingSizes.DEFAULT.completions(), completions.number(Map.of()));
        assertEquals(
                new Setting.Numbers(RingSizes.LEAST_SUBMISSIONS, RingSizes.MOST_SUBMISSIONS, true),
                submissions.values());
        assertEquals(
                new Setting.Numbers(RingSizes.LEAST_COMPLETIONS, RingSizes.MOST_COMPLETIONS, true),
                completions.values());
    }

    @Test
    void refusesChunksThatNoRingCanHold() {
        assertThrows(
                IllegalArgumentException.class,
                () -> UringOptions.of(new DriverConfig(40_000, 0, Map.of())));
        assertThrows(
                IllegalArgumentException.class,
                () -> UringOptions.of(new DriverConfig(1, Integer.MAX_VALUE, Map.of())));
    }

    private static void assertRefused(Map<String, String> properties, String part) {
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> UringOptions.of(new DriverConfig(0, 0, properties)));
        assertTrue(String.valueOf(refusal.getMessage()).contains(part), refusal::getMessage);
    }
}
