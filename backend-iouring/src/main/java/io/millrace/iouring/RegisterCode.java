// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/** What io_uring_register(2) is asked to do, as far as this backend uses it. */
final class RegisterCode {
    static final int PROBE = 8;
    static final int ENABLE_RINGS = 12;
    static final int RING_DESCRIPTORS = 20;
    static final int UNREGISTER_RING_DESCRIPTORS = 21;
    static final int BUFFER_RING = 22;

    private RegisterCode() {}
}
