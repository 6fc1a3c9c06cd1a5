// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

/**
 * What rings need of libc beyond the bindings that all backends share. Public only because jnr-ffi
 * implements it from another class loader.
 */
public interface RingFunctions {
    /** munmap(2). */
    int munmap(long address, long length);
}
