// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.SubmissionLayout;
import io.millrace.posix.NativeMemory;

/** A submission as the fake kernel took it out of the queue. */
record FakeSubmission(
        int opcode,
        int entryFlags,
        int priority,
        int descriptor,
        long offset,
        long address,
        int length,
        int operationFlags,
        long userData,
        int bufferGroup) {

    static FakeSubmission read(NativeMemory entries, int at) {
        return new FakeSubmission(
                entries.getByte(at + SubmissionLayout.OPCODE),
                entries.getByte(at + SubmissionLayout.FLAGS),
                entries.getShort(at + SubmissionLayout.PRIORITY),
                entries.getInt(at + SubmissionLayout.DESCRIPTOR),
                entries.getLong(at + SubmissionLayout.OFFSET),
                entries.getLong(at + SubmissionLayout.ADDRESS),
                entries.getInt(at + SubmissionLayout.LENGTH),
                entries.getInt(at + SubmissionLayout.OPERATION_FLAGS),
                entries.getLong(at + SubmissionLayout.USER_DATA),
                entries.getShort(at + SubmissionLayout.BUFFER_GROUP));
    }

    int kind() {
        return UserData.kind(userData);
    }
}
