// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

/** Takes the descriptors that a peer has passed; see {@link UnixStream#onDescriptors}. */
@FunctionalInterface
public interface DescriptorHandler {
    /**
     * The next bytes that {@code stream} delivers have the one they went with among them. Those of
     * a peer on Millrace end with it; what was sent before may have been joined to it.
     */
    void onDescriptors(UnixStream stream, PassedDescriptors descriptors);
}
