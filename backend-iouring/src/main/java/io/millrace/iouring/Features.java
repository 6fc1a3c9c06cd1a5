// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.FeatureFlag;
import io.millrace.iouring.UringAbi.Opcode;
import io.millrace.iouring.UringAbi.SetupFlag;
import java.util.BitSet;
import java.util.StringJoiner;

/**
 * What the running kernel's io_uring can do, found out once and never changed.
 *
 * <p>Everything that depends on the kernel's age asks this record and nothing else, so a test of an
 * old kernel is a matter of passing another record.
 *
 * @param setupFlags the {@link SetupFlag} bits to make rings with: accepted by this kernel together
 * @param featureFlags the {@link FeatureFlag} bits it answered
 * @param opcodes the {@link Opcode} numbers it knows
 * @param incrementalBuffers whether buffer rings can be consumed piece by piece
 */
record Features(int setupFlags, int featureFlags, BitSet opcodes, boolean incrementalBuffers) {
    Features {
        opcodes = (BitSet) opcodes.clone();
    }

    /** The same kernel's rings with a kernel thread that takes submissions. */
    Features withKernelThread() {
        int without = SetupFlag.DEFER_TASK_RUN | SetupFlag.TASK_RUN_FLAG;
        int flags = (setupFlags & ~without) | SetupFlag.KERNEL_THREAD;
        return new Features(flags, featureFlags, opcodes, incrementalBuffers);
    }

    boolean hasSetup(int flag) {
        return (setupFlags & flag) != 0;
    }

    boolean hasFeature(int flag) {
        return (featureFlags & flag) != 0;
    }

    boolean hasOpcode(int opcode) {
        return opcodes.get(opcode);
    }

    /** What of it makes this backend faster, by the names that manual pages use. */
    String describe() {
        StringJoiner names = new StringJoiner(", ");
        add(names, "NO_SQARRAY", hasSetup(SetupFlag.NO_INDEX_ARRAY));
        add(names, "NO_IOWAIT", hasFeature(FeatureFlag.NO_IOWAIT));
        add(names, "RECVSEND_BUNDLE", hasFeature(FeatureFlag.BUNDLES));
        add(names, "PBUF_RING_INC", incrementalBuffers);
        add(names, "SEND_ZC", hasOpcode(Opcode.SEND_ZC));
        return names.length() == 0 ? "none" : names.toString();
    }

    private static void add(StringJoiner names, String name, boolean present) {
        if (present) {
            names.add(name);
        }
    }

    @Override
    public BitSet opcodes() {
        return (BitSet) opcodes.clone();
    }
}
