// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wait may be too long by less than a unit, and never too short. */
class WaitTest {
    @ParameterizedTest
    @CsvSource({
        "-1, -1",
        "-9223372036854775808, -1",
        "0, 0",
        "1, 1",
        "999999, 1",
        "1000000, 1",
        "1000001, 2",
        "2147483647000000, 2147483647",
        "2147483647000001, 2147483647",
        "9223372036854775807, 2147483647",
    })
    void millisecondsAreRoundedUpAndSaturate(long nanos, int millis) {
        assertEquals(millis, Wait.millis(nanos));
    }
}
