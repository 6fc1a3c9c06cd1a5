// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import java.net.URI;
import java.util.List;
import javax.tools.SimpleJavaFileObject;

/**
 * A source file as text, in the form the compiler's parser takes. Its path is relative to the root
 * of the project and has slashes, so that a report reads the same everywhere.
 */
final class SourceFile extends SimpleJavaFileObject {
    private final String path;
    private final String text;

    SourceFile(String path, String text) {
        super(URI.create("source:///" + path), Kind.SOURCE);
        this.path = path;
        this.text = text;
    }

    String path() {
        return path;
    }

    String text() {
        return text;
    }

    List<String> lines() {
        return text.lines().toList();
    }

    /** Whether users get this file: everything but tests. */
    boolean isMain() {
        return path.contains("src/main/java/");
    }

    boolean isPackageInfo() {
        return path.endsWith("/package-info.java");
    }

    /** A module's descriptor lies in no package. */
    boolean isModuleInfo() {
        return path.endsWith("/module-info.java");
    }

    String directory() {
        return path.substring(0, path.lastIndexOf('/'));
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
    }
}
