// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.posix.Libc;
import io.millrace.posix.NativeMemory;

/**
 * A seccomp filter as container runtimes install it: io_uring_setup(2), io_uring_enter(2) and
 * io_uring_register(2) answer EPERM on the calling thread, and everything else is as before. See
 * seccomp(2); the numbers are of linux/filter.h and linux/seccomp.h.
 */
public final class SeccompFilter {
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_SET_SECCOMP = 22;
    private static final int SECCOMP_MODE_FILTER = 2;

    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_GREATER_OR_EQUAL = 0x35;
    private static final int RETURN = 0x06;
    private static final int NUMBER_OF_CALL = 0;
    private static final int ANSWER_EPERM = 0x0005_0000 | 1;
    private static final int ALLOW = 0x7fff_0000;

    private static final int INSTRUCTION_BYTES = 8;

    /** What the filter needs of libc. Public for jnr-ffi alone. */
    public interface Functions {
        int prctl(int option, long two, long three, long four, long five);
    }

    private SeccompFilter() {}

    static void refuseRings() {
        NativeMemory program = NativeMemory.allocate(64);
        int at = instruction(program, 0, LOAD_WORD, 0, 0, NUMBER_OF_CALL);
        at = instruction(program, at, JUMP_IF_GREATER_OR_EQUAL, 0, 2, LibcRingCalls.SETUP);
        at = instruction(program, at, JUMP_IF_GREATER_OR_EQUAL, 1, 0, LibcRingCalls.REGISTER + 1);
        at = instruction(program, at, RETURN, 0, 0, ANSWER_EPERM);
        at = instruction(program, at, RETURN, 0, 0, ALLOW);
        NativeMemory header = NativeMemory.allocate(16);
        header.putShort(0, (short) (at / INSTRUCTION_BYTES));
        header.putLong(8, program.address());
        Functions libc = Libc.bind(Functions.class);
        if (libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
                || libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header.address(), 0, 0) != 0) {
            throw new IllegalStateException("prctl fails: errno " + Libc.lastError());
        }
    }

    /** Writes one instruction and answers where the next begins. */
    private static int instruction(
            NativeMemory program, int at, int code, int ifTrue, int ifFalse, int constant) {
        program.putShort(at, (short) code);
        program.putByte(at + 2, (byte) ifTrue);
        program.putByte(at + 3, (byte) ifFalse);
        program.putInt(at + 4, constant);
        return at + INSTRUCTION_BYTES;
    }
}
