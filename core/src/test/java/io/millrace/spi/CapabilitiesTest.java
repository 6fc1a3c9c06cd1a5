// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an engine can is said by name: each name sets its own, and nothing else. */
class CapabilitiesTest {
    @Test
    void eachNameSetsItsOwnAndNothingElse() {
        assertSays(Capabilities.NONE, "");
        assertSays(Capabilities.NONE.withDescriptors(true), "descriptors");
        assertSays(Capabilities.NONE.withBalancedReusePort(true), "balancedReusePort");
        assertSays(Capabilities.NONE.withAbstractUnixNames(true), "abstractUnixNames");
        assertSays(Capabilities.NONE.withCostlyStop(true), "costlyStop");
        Capabilities gathers = Capabilities.NONE.withMaximumGather(7);
        assertSays(gathers, "");
        assertEquals(7, gathers.maximumGather());
    }

    @Test
    void whatWasNamedBeforeStays() {
        Capabilities all =
                Capabilities.NONE
                        .withMaximumGather(64)
                        .withDescriptors(true)
                        .withBalancedReusePort(true)
                        .withAbstractUnixNames(true)
                        .withCostlyStop(true);
        assertSays(all, "descriptors balancedReusePort abstractUnixNames costlyStop");
        assertSays(all.withDescriptors(false), "balancedReusePort abstractUnixNames costlyStop");
        assertEquals(64, all.withDescriptors(false).maximumGather());
    }

    /** By its text, in which one that is new and forgotten here shows up as well. */
    private static void assertSays(Capabilities capabilities, String names) {
        String said =
                Pattern.compile("(\\w+)=true")
                        .matcher(capabilities.toString())
                        .results()
                        .map(each -> each.group(1))
                        .collect(Collectors.joining(" "));
        assertEquals(names, said);
    }

    @Test
    void aSendTakesAtLeastOneSegment() {
        assertThrows(IllegalArgumentException.class, () -> Capabilities.NONE.withMaximumGather(0));
    }
}
