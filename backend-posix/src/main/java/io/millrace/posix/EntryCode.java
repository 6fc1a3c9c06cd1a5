// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import java.util.HexFormat;

/**
 * The machine code of {@link KernelEntry}, for x86-64 under Linux: two native methods, whose
 * arguments come as the System V ABI says, behind JNI's environment and class, and leave as
 * syscall(2) says that the kernel expects them.
 *
 * <p>In listings of bytes and, behind the semicolon, what they mean. Of the registers the kernel
 * changes rax, rcx and r11, and no other.
 */
final class EntryCode {
    /** Where {@link KernelEntry#call} begins. */
    static final int CALL = 0;

    /** Where {@link KernelEntry#callEach} begins. */
    static final int CALL_EACH = 64;

    private static final String CALL_LISTING =
            """
            48 89 d0        ; mov rax, rdx         number
            48 89 cf        ; mov rdi, rcx
            4c 89 c6        ; mov rsi, r8
            4c 89 ca        ; mov rdx, r9
            4c 8b 54 24 08  ; mov r10, [rsp + 8]
            4c 8b 44 24 10  ; mov r8, [rsp + 16]
            4c 8b 4c 24 18  ; mov r9, [rsp + 24]
            0f 05           ; syscall
            c3              ; ret
            """;

    /**
     * What has to last moves to registers that functions preserve; entries are a table's. Profilers
     * and debuggers that find callers by frame pointers see a frame, and rbp is nothing else.
     */
    private static final String CALL_EACH_LISTING =
            """
            55              ; push rbp
            48 89 e5        ; mov rbp, rsp
            53              ; push rbx
            41 54           ; push r12
            41 55           ; push r13
            41 56           ; push r14
            41 57           ; push r15
            49 89 d6        ; mov r14, rdx         number
            49 89 cc        ; mov r12, rcx         entry
            4c 89 c3        ; mov rbx, r8          entries left
            4d 89 cd        ; mov r13, r9          how much there is left to enough
            45 31 ff        ; xor r15d, r15d       calls made
            45 31 d2        ; xor r10d, r10d
            45 31 c0        ; xor r8d, r8d
            45 31 c9        ; xor r9d, r9d
            49 8b 3c 24     ; next: mov rdi, [r12]
            49 8b 74 24 08  ; mov rsi, [r12 + 8]
            49 8b 54 24 10  ; mov rdx, [r12 + 16]
            4c 89 f0        ; mov rax, r14
            0f 05           ; syscall
            49 89 44 24 18  ; mov [r12 + 24], rax
            49 83 c4 20     ; add r12, 32
            41 ff c7        ; inc r15d
            48 ff cb        ; dec rbx
            74 0a           ; jz done
            48 85 c0        ; test rax, rax
            78 d7           ; js next              a failure brings nothing
            49 29 c5        ; sub r13, rax
            7f d2           ; jg next
            44 89 f8        ; done: mov eax, r15d
            41 5f           ; pop r15
            41 5e           ; pop r14
            41 5d           ; pop r13
            41 5c           ; pop r12
            5b              ; pop rbx
            5d              ; pop rbp
            c3              ; ret
            """;

    /** int3: a jump to anywhere else stops there, and does not run into what follows. */
    private static final byte PADDING = (byte) 0xcc;

    private EntryCode() {}

    static void writeTo(NativeMemory page) {
        for (int offset = 0; offset < page.size(); offset++) {
            page.putByte(offset, PADDING);
        }
        page.putBytes(CALL, bytes(CALL_LISTING));
        page.putBytes(CALL_EACH, bytes(CALL_EACH_LISTING));
    }

    private static byte[] bytes(String listing) {
        return HexFormat.of().parseHex(listing.replaceAll(";.*", "").replaceAll("\\s", ""));
    }
}
