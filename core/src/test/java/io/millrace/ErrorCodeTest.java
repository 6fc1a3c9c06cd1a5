// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reasons have the same names for users as for backends. */
class ErrorCodeTest {
    /** Of the boundary alone: they are told to nobody as the reason of a failure. */
    private static final List<String> NO_REASONS = List.of("OK", "END_OF_STREAM", "PENDING");

    @Test
    void whatBackendsReportHasANameForUsersAndNothingElseHas() throws Exception {
        Set<ErrorCode> unused = new HashSet<>(List.of(ErrorCode.values()));
        unused.remove(ErrorCode.UNKNOWN);
        for (Field field : Code.class.getFields()) {
            if (!NO_REASONS.contains(field.getName())) {
                ErrorCode code = ErrorCode.of(-field.getInt(null));
                assertNotEquals(ErrorCode.UNKNOWN, code, field.getName());
                unused.remove(code);
            }
        }
        assertEquals(Set.of(), unused);
    }

    @Test
    void aFailureTellsItsReasonAsAValue() {
        IoException refused = IoException.of(Code.REFUSED, "connect", null);
        assertEquals(ErrorCode.ECONNREFUSED, refused.errorCode());
        assertEquals(111, refused.number());
        assertEquals("ECONNREFUSED", refused.errorName());
        assertEquals("connect: ECONNREFUSED (connection refused)", refused.getMessage());
    }

    @Test
    void aReasonWithoutANameKeepsItsNumber() {
        IoException strange = IoException.of(-4095, "connect", null);
        assertEquals(ErrorCode.UNKNOWN, strange.errorCode());
        assertEquals(4095, strange.number());
        assertEquals("E4095", strange.errorName());
        assertTrue(String.valueOf(strange.getMessage()).contains("E4095 (error number 4095)"));
    }
}
