// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The C library loads, or says why not, and keeps errno for the caller. */
class LibcTest {
    private static final int NO_SUCH_PROCESS = 3;

    public interface Functions {
        int kill(int process, int signal);

        int no_such_function_in_any_libc();
    }

    @Test
    void nativeCallsWorkHere() {
        assertNull(Libc.unusableReason());
        assertEquals(ProcessHandle.current().pid(), Libc.bind(LibcFunctions.class).getpid());
    }

    @Test
    void everyKindOfFailureWhileLoadingIsAReason() {
        assertReason("no libjffi", new UnsatisfiedLinkError("no libjffi"));
        assertReason("jnr/ffi/LibraryLoader", new NoClassDefFoundError("jnr/ffi/LibraryLoader"));
        assertReason("refused", new ExceptionInInitializerError(new SecurityException("refused")));
        assertReason("broken", new IllegalStateException("broken"));
    }

    @Test
    void aDyingVirtualMachineIsNotAReason() {
        assertThrows(
                OutOfMemoryError.class,
                () ->
                        Libc.failureOf(
                                () -> {
                                    throw new OutOfMemoryError("for the test");
                                }));
    }

    /** As jffi's: it puts the stack trace of what went wrong before into its message. */
    @Test
    void theReasonIsOneLine() {
        String reason =
                Libc.failureOf(
                        () -> {
                            throw new UnsatisfiedLinkError(
                                    "not here\n\tat some.Place(Place.java)\n");
                        });
        assertEquals(
                "native calls through jnr-ffi are not possible here:"
                        + " java.lang.UnsatisfiedLinkError: not here",
                reason);
    }

    @Test
    void errnoIsThatOfTheCallJustMade() {
        Functions functions = Libc.bind(Functions.class);
        assertEquals(-1, functions.kill(Integer.MAX_VALUE, 0));
        assertEquals(NO_SUCH_PROCESS, Libc.lastError());
    }

    @Test
    void aFunctionThatLibcLacksFailsOnlyWhenCalled() {
        Functions functions = Libc.bind(Functions.class);
        assertThrows(UnsatisfiedLinkError.class, functions::no_such_function_in_any_libc);
        assertEquals(0, Libc.functionAddress("no_such_function_in_any_libc"));
        assertNotEquals(0, Libc.functionAddress("strcmp"));
        assertThrows(
                UnsatisfiedLinkError.class,
                () -> SevenArgumentCall.of("no_such_function", 0, 0, 0, 0, 0, 0, 0));
    }

    private static void assertReason(String expected, Throwable failure) {
        String reason =
                Libc.failureOf(
                        () -> {
                            if (failure instanceof Error error) {
                                throw error;
                            }
                            throw (Exception) failure;
                        });
        assertTrue(reason != null && reason.contains(expected), () -> "got: " + reason);
    }
}
