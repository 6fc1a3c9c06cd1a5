// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/** What {@link NativeKqueueCalls} binds. Public only because jnr-ffi implements it elsewhere. */
public interface KqueueFunctions {
    int kqueue();
}
