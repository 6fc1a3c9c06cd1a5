// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Settings;
import java.io.File;

/**
 * Where jffi puts the native library that it carries in its jar, to load it from there.
 *
 * <p>Left to itself jffi takes the temporary directory, and when that fails the current one, which
 * may be anybody's: what is loaded from there runs with the rights of this process. So it is told
 * one directory, and no other is tried. {@code jffi.extract.dir}, its own setting, goes before
 * ours; so does a library that is installed, see {@code jffi.boot.library.path}.
 */
final class NativeDirectory {
    /** jffi's own name for it. */
    static final String OF_JFFI = "jffi.extract.dir";

    private NativeDirectory() {}

    /** Tells jffi, which looks once, when it is loaded. */
    static void choose() {
        if (System.getProperty(OF_JFFI) == null) {
            System.setProperty(OF_JFFI, new File(wished()).getAbsolutePath());
        }
    }

    private static String wished() {
        String wish = System.getProperty(Settings.NATIVE_DIRECTORY.property(), "").strip();
        return wish.isEmpty() ? System.getProperty("java.io.tmpdir", "/tmp") : wish;
    }

    /** Which one it is. */
    static String chosen() {
        return System.getProperty(OF_JFFI, wished());
    }

    /** Says what to do, if it is the library that could not be put there or loaded. */
    static String advise(String failure) {
        boolean concernsLibrary =
                failure.contains("UnsatisfiedLinkError") || failure.contains("IOException");
        if (!concernsLibrary) {
            return failure;
        }
        return withoutJffisAdvice(failure)
                + "; jffi's library is put into "
                + chosen()
                + ", which has to be writable and not mounted noexec; -D"
                + Settings.NATIVE_DIRECTORY.property()
                + "=DIRECTORY names another; it comes from jffi's native jar, which has to be"
                + " there, and from JDK 24 on native access must not be denied";
    }

    /** It names the temporary directory whatever it was told. */
    private static String withoutJffisAdvice(String failure) {
        int from = failure.indexOf(" jffi binary stub");
        return from < 0 ? failure : failure.substring(0, from) + " jffi's library";
    }
}
