// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

/** The driver contract on the system's kqueue, or on the library that was asked for. */
class KqueueNativeDriverTest extends KqueueDriverContract {
    KqueueNativeDriverTest() {
        super("kqueue");
    }
}
