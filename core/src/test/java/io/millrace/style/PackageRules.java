// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A package that users get has a page for newcomers, and its types are non-null unless marked. One
 * that a module exports to everybody says since when there is it.
 */
final class PackageRules {
    private static final Pattern EXPORT = Pattern.compile("(?m)^ *exports ([a-z.]+);");

    private PackageRules() {}

    static void check(List<SourceFile> files, Consumer<Violation> report) {
        Set<String> documented = new HashSet<>();
        for (SourceFile file : files) {
            if (file.isPackageInfo()) {
                documented.add(file.directory());
            }
        }
        for (SourceFile file : files) {
            if (file.isMain() && !file.isModuleInfo() && documented.add(file.directory())) {
                report.accept(new Violation(file.path(), 1, "its package has no package-info"));
            }
        }
        checkExports(files, report);
    }

    private static void checkExports(List<SourceFile> files, Consumer<Violation> report) {
        Set<String> exported = new HashSet<>();
        for (SourceFile file : files) {
            if (file.isMain() && file.isModuleInfo()) {
                EXPORT.matcher(file.text())
                        .results()
                        .map(match -> match.group(1).replace('.', '/'))
                        .forEach(name -> exported.add(file.directory() + "/" + name));
            }
        }
        for (SourceFile file : files) {
            if (file.isPackageInfo()
                    && exported.contains(file.directory())
                    && !file.text().contains("@since")) {
                report.accept(new Violation(file.path(), 1, "a public package lacks @since"));
            }
        }
    }
}
