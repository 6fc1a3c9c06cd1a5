// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.BufferRingLayout;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.posix.NativeMemory;
import java.nio.charset.StandardCharsets;

/** The kernel's side of a registered buffer ring. */
final class FakeBuffers {
    private final NativeMemory entries;
    private final int capacity;
    private int head;

    FakeBuffers(NativeMemory registration) {
        capacity = registration.getInt(BufferRingLayout.REGISTRATION_ENTRIES);
        entries =
                NativeMemory.at(
                        registration.getLong(BufferRingLayout.REGISTRATION_ADDRESS),
                        capacity * BufferRingLayout.ENTRY_BYTES);
    }

    /** How many buffers the process has offered and the kernel not taken. */
    int offered() {
        return (entries.getShortAcquire(BufferRingLayout.TAIL) - head) & 0xffff;
    }

    /** Puts {@code text} into the next buffer; answers completion flags that name it. */
    int fill(String text) {
        if (offered() == 0) {
            throw new AssertionError("no buffer is offered");
        }
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int at = (head & (capacity - 1)) * BufferRingLayout.ENTRY_BYTES;
        int length = entries.getInt(at + BufferRingLayout.ENTRY_LENGTH);
        if (bytes.length > length) {
            throw new AssertionError(bytes.length + " bytes for a buffer of " + length);
        }
        NativeMemory.at(entries.getLong(at + BufferRingLayout.ENTRY_ADDRESS), length)
                .putBytes(0, bytes);
        int id = Short.toUnsignedInt(entries.getShort(at + BufferRingLayout.ENTRY_ID));
        head++;
        return CompletionFlag.BUFFER | id << 16;
    }
}
