// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A package that users get has a page for newcomers, and its types are non-null unless marked. */
final class PackageRules {
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
    }
}
