// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.iouring.UringAbi.FeatureFlag;
import io.millrace.iouring.UringAbi.SetupFlag;
import java.util.BitSet;

/**
 * What kernels of several ages answer, as records to test with. From the manual pages and headers
 * of their time; the running kernel's own record comes from the probe.
 */
final class KernelRecords {
    private static final int LAST_OPCODE_6_1 = 48;
    private static final int LAST_OPCODE_6_6 = 48;
    private static final int LAST_OPCODE_6_12 = 57;
    private static final int LAST_OPCODE_6_18 = 62;

    private KernelRecords() {}

    /** The oldest that will do. */
    static Features linux6_1() {
        return new Features(
                SetupFlag.REQUIRED, FeatureFlag.REQUIRED, opcodes(LAST_OPCODE_6_1), false);
    }

    /** Without the array of indices. */
    static Features linux6_6() {
        return new Features(
                SetupFlag.REQUIRED | SetupFlag.NO_INDEX_ARRAY,
                FeatureFlag.REQUIRED,
                opcodes(LAST_OPCODE_6_6),
                false);
    }

    /** With bundles and incremental buffers. */
    static Features linux6_12() {
        return new Features(
                SetupFlag.REQUIRED | SetupFlag.NO_INDEX_ARRAY,
                FeatureFlag.REQUIRED | FeatureFlag.BUNDLES,
                opcodes(LAST_OPCODE_6_12),
                true);
    }

    /** With waits that do not count as input or output. */
    static Features linux6_18() {
        return new Features(
                SetupFlag.REQUIRED | SetupFlag.NO_INDEX_ARRAY,
                FeatureFlag.REQUIRED | FeatureFlag.BUNDLES | FeatureFlag.NO_IOWAIT,
                opcodes(LAST_OPCODE_6_18),
                true);
    }

    private static BitSet opcodes(int last) {
        BitSet set = new BitSet();
        set.set(0, last + 1);
        return set;
    }
}
