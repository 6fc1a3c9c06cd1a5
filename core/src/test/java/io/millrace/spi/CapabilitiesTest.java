// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** What an engine can is said by name: each name sets its own, and nothing else. */
class CapabilitiesTest {
    @Test
    void eachNameSetsItsOwnAndNothingElse() {
        assertEquals(
                "Capabilities[descriptors=false, balancedReusePort=false, costlyStop=false,"
                        + " maximumGather=1]",
                Capabilities.NONE.toString());
        assertEquals(
                "Capabilities[descriptors=true, balancedReusePort=false, costlyStop=false,"
                        + " maximumGather=1]",
                Capabilities.NONE.withDescriptors(true).toString());
        assertEquals(
                "Capabilities[descriptors=false, balancedReusePort=true, costlyStop=false,"
                        + " maximumGather=1]",
                Capabilities.NONE.withBalancedReusePort(true).toString());
        assertEquals(
                "Capabilities[descriptors=false, balancedReusePort=false, costlyStop=true,"
                        + " maximumGather=1]",
                Capabilities.NONE.withCostlyStop(true).toString());
        assertEquals(
                "Capabilities[descriptors=false, balancedReusePort=false, costlyStop=false,"
                        + " maximumGather=7]",
                Capabilities.NONE.withMaximumGather(7).toString());
    }

    @Test
    void whatWasNamedBeforeStays() {
        Capabilities all =
                Capabilities.NONE
                        .withMaximumGather(64)
                        .withDescriptors(true)
                        .withBalancedReusePort(true)
                        .withCostlyStop(true);
        assertEquals(
                "Capabilities[descriptors=true, balancedReusePort=true, costlyStop=true,"
                        + " maximumGather=64]",
                all.toString());
        assertEquals(
                "Capabilities[descriptors=false, balancedReusePort=true, costlyStop=true,"
                        + " maximumGather=64]",
                all.withDescriptors(false).toString());
    }

    @Test
    void aSendTakesAtLeastOneSegment() {
        assertThrows(IllegalArgumentException.class, () -> Capabilities.NONE.withMaximumGather(0));
    }
}
