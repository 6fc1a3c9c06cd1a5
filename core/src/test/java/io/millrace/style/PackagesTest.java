// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Which package of core may know of which: as the diagram in {@code docs/architecture.md} says, no
 * more and no less, and so that there is no way round in a circle.
 *
 * <p>The public packages lead to what is below them by their static factories alone, which are left
 * out of the diagram; and {@link io.millrace.LoopOptions} may be given a backend.
 */
class PackagesTest {
    private static final String ROOT = "io.millrace";
    private static final Set<String> PUBLIC =
            Set.of(ROOT, ROOT + ".file", ROOT + ".net", ROOT + ".process");
    private static final Pattern LINE = Pattern.compile("(?m)^(io\\.millrace\\S*) +→ *(.*)$");

    private final JavaClasses classes =
            new ClassFileImporter().importPath(Path.of("target/classes"));

    @Test
    void packagesKnowOfEachOtherAsTheDiagramSays() throws IOException {
        assertEquals(String.join("\n", lines(drawn())), String.join("\n", lines(actual())));
    }

    @Test
    void noPackageKnowsOfItselfInACircle() {
        Map<String, Set<String>> left = actual();
        boolean more = true;
        while (more) {
            more = left.values().removeIf(Set::isEmpty);
            left.values().forEach(known -> known.retainAll(left.keySet()));
        }
        assertEquals(Map.of(), left);
    }

    @Test
    void publicPackagesReachDownByStaticFactoriesAlone() {
        List<String> others = new ArrayList<>();
        for (JavaClass each : classes) {
            if (PUBLIC.contains(each.getPackageName())) {
                for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                    if (reachesDown(dependency) && !isByFactory(each, dependency)) {
                        others.add(dependency.getDescription());
                    }
                }
            }
        }
        assertEquals(List.of(), others, () -> String.join("\n", others));
    }

    private static boolean reachesDown(Dependency dependency) {
        String target = dependency.getTargetClass().getPackageName();
        return target.startsWith(ROOT) && !PUBLIC.contains(target);
    }

    /** A lambda of a factory is a static method as well. */
    private static boolean isByFactory(JavaClass origin, Dependency dependency) {
        String target = dependency.getTargetClass().getSimpleName();
        boolean backendOfOptions =
                origin.getName().startsWith(ROOT + ".LoopOptions")
                        && target.equals("BackendProvider");
        return backendOfOptions || staticLines(origin).contains(lineOf(dependency));
    }

    private static int lineOf(Dependency dependency) {
        Matcher line = Pattern.compile("\\.java:(\\d+)\\)").matcher(dependency.getDescription());
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }

    private static Set<Integer> staticLines(JavaClass origin) {
        Set<Integer> lines = new HashSet<>();
        for (JavaCodeUnit unit : origin.getCodeUnits()) {
            if (unit.getModifiers().contains(JavaModifier.STATIC)) {
                unit.getAccessesFromSelf().forEach(access -> lines.add(access.getLineNumber()));
                unit.getReferencedClassObjects().forEach(it -> lines.add(it.getLineNumber()));
                unit.getInstanceofChecks().forEach(it -> lines.add(it.getLineNumber()));
            }
        }
        return lines;
    }

    private Map<String, Set<String>> actual() {
        Map<String, Set<String>> known = new TreeMap<>();
        for (JavaClass each : classes) {
            if (each.getPackageName().isEmpty()) {
                continue;
            }
            Set<String> of = known.computeIfAbsent(each.getPackageName(), name -> new TreeSet<>());
            for (Dependency dependency : each.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getPackageName();
                boolean door = PUBLIC.contains(each.getPackageName()) && reachesDown(dependency);
                if (target.startsWith(ROOT) && !target.equals(each.getPackageName()) && !door) {
                    of.add(target);
                }
            }
        }
        return known;
    }

    private static Map<String, Set<String>> drawn() throws IOException {
        Map<String, Set<String>> known = new TreeMap<>();
        Matcher line = LINE.matcher(Files.readString(Path.of("../docs/architecture.md")));
        while (line.find()) {
            Set<String> of = new TreeSet<>(List.of(line.group(2).trim().split(" +")));
            of.remove("");
            known.put(line.group(1), of);
        }
        assertTrue(known.size() > 1, "docs/architecture.md has no diagram of packages");
        return known;
    }

    private static List<String> lines(Map<String, Set<String>> known) {
        return known.entrySet().stream()
                .map(each -> each.getKey() + " → " + String.join(" ", each.getValue()))
                .toList();
    }
}
