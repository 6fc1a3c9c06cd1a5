// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.posix.OperatingSystem;
import io.millrace.spi.Setting;
import io.millrace.spi.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kqueue, if any, follows from the system and the two properties. */
class KqueueChoiceTest {
    private static KqueueChoice choice(OperatingSystem system, String library, String abi) {
        return new KqueueChoice(system, system.name(), library, abi);
    }

    @Test
    void linuxHasNoneAndSaysSoInOneLine() {
        KqueueChoice linux = new KqueueChoice(OperatingSystem.LINUX, "Linux", null, "libkqueue");
        assertEquals(
                "kqueue is the engine of macOS and the BSDs, this is Linux",
                linux.unusableReason());
    }

    @Test
    void linuxTriesTheLibraryThatWasAskedFor() {
        KqueueChoice asked = choice(OperatingSystem.LINUX, "/opt/libkqueue.so", null);
        assertNull(asked.unusableReason());
        assertSame(KqueueAbi.LIBKQUEUE, asked.effectiveAbi());
        KqueueChoice other = choice(OperatingSystem.LINUX, "/opt/other.so", "freebsd");
        assertSame(KqueueAbi.FREEBSD, other.effectiveAbi());
    }

    @ParameterizedTest
    @CsvSource({
        "MACOS, MACOS",
        "FREEBSD, FREEBSD",
        "OPENBSD, OPENBSD",
        "DRAGONFLY, DRAGONFLY",
    })
    void systemsWithKqueueUseTheirOwn(OperatingSystem system, KqueueAbi expected) {
        KqueueChoice own = choice(system, null, null);
        assertNull(own.unusableReason());
        assertSame(expected, own.effectiveAbi());
    }

    @Test
    void netbsdLacksTheNativeLibrary() {
        String reason = choice(OperatingSystem.NETBSD, null, null).unusableReason();
        assertTrue(reason.contains("jffi") && reason.contains("nio"), reason);
    }

    @Test
    void anUnknownAbiIsRefusedWithTheKnownOnes() {
        String reason = choice(OperatingSystem.MACOS, null, "darwin").unusableReason();
        assertEquals(
                "millrace.kqueue.abi=darwin is none of macos, freebsd, openbsd, netbsd,"
                        + " netbsd11, dragonfly, libkqueue",
                reason);
    }

    @Test
    void theListOfSettingsHasTheSameLabels() {
        Setting.Words words = (Setting.Words) Settings.KQUEUE_ABI.values();
        assertEquals(KqueueAbi.labels(), String.join(", ", words.words()));
    }
}
