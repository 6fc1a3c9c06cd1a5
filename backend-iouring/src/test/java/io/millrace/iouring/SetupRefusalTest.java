// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import org.junit.jupiter.api.Test;

/** Every refusal says what to do about it. */
class SetupRefusalTest {
    static final HostFacts FACTS = facts(HostFacts.ABSENT, false);

    @Test
    void noMemoryNamesTheLimitAndItsFigures() {
        String reason = SetupRefusal.explain(Code.NO_MEMORY, FACTS);
        assertTrue(reason.contains("65536"), reason);
        assertTrue(reason.contains("ulimit -l"), reason);
        assertTrue(reason.contains("CAP_IPC_LOCK"), reason);
    }

    @Test
    void noMemoryIsNotBlamedOnALimitThatDoesNotHold() {
        HostFacts facts = new HostFacts("6.1", HostFacts.ABSENT, false, true, "65536", "65536");
        assertEquals(
                "the kernel has no memory for a ring", SetupRefusal.explain(Code.NO_MEMORY, facts));
    }

    @Test
    void theSysctlIsNamedWhenItForbids() {
        String forAll = SetupRefusal.explain(Code.NOT_PERMITTED, facts("2", false));
        assertTrue(forAll.contains("kernel.io_uring_disabled is 2"), forAll);
        String forMost = SetupRefusal.explain(Code.NOT_PERMITTED, facts("1", true));
        assertTrue(forMost.contains("io_uring_group"), forMost);
    }

    @Test
    void aSeccompFilterIsNamedWhateverItAnswers() {
        HostFacts facts = facts("0", true);
        for (int code : new int[] {Code.NOT_PERMITTED, Code.ACCESS_DENIED, Code.NOT_IMPLEMENTED}) {
            String reason = SetupRefusal.explain(code, facts);
            assertTrue(reason.contains("seccomp"), reason);
            assertTrue(reason.contains("io_uring_setup, io_uring_enter"), reason);
        }
    }

    @Test
    void withoutAFilterAMissingCallMeansAKernelBuiltWithoutIt() {
        String reason = SetupRefusal.explain(Code.NOT_IMPLEMENTED, FACTS);
        assertTrue(reason.contains("CONFIG_IO_URING"), reason);
    }

    @Test
    void anOldKernelIsToldWhichOneIsNeeded() {
        assertEquals(
                "Linux 6.1 or newer is needed; this is 5.15.0-test",
                SetupRefusal.explain(Code.INVALID_ARGUMENT, FACTS));
    }

    @Test
    void descriptorsAndTheUnexpectedAreNamedToo() {
        assertTrue(SetupRefusal.explain(Code.TOO_MANY_FILES, FACTS).contains("ulimit -n"));
        assertTrue(SetupRefusal.explain(Code.IO_ERROR, FACTS).contains("EIO"));
    }

    private static HostFacts facts(String disabled, boolean seccomp) {
        return new HostFacts("5.15.0-test", disabled, seccomp, false, "65536", "65536");
    }
}
