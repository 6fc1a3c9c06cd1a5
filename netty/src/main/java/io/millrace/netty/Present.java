// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

/** Which classes of artifacts that need not be there are. */
final class Present {
    private Present() {}

    /** Whether the class can be loaded from where this module's can. */
    static boolean isHere(String name) {
        try {
            Class.forName(name, false, Present.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            // Then nobody can have made one.
            return false;
        }
    }
}
