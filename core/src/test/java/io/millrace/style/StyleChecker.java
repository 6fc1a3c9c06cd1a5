// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * Holds sources to the rules of the house that a machine can judge, so that review can talk about
 * design. What follows from the text is in {@link TextRules}, what follows from the syntax in
 * {@link SyntaxRules}, what concerns a package in {@link PackageRules}. Sources are parsed by the
 * compiler that runs the tests, never attributed: they need not compile.
 */
final class StyleChecker {
    /** The length in lines of every method seen, in no order. */
    private final List<Integer> methodLengths = new ArrayList<>();

    List<Violation> check(List<SourceFile> files) throws IOException {
        List<Violation> violations = new ArrayList<>();
        new TextRules(violations::add).check(files);
        PackageRules.check(files, violations::add);
        checkSyntax(files, violations);
        violations.sort(Comparator.comparing(Violation::path).thenComparing(Violation::line));
        return violations;
    }

    List<Integer> methodLengths() {
        return methodLengths;
    }

    private void checkSyntax(List<SourceFile> files, List<Violation> violations)
            throws IOException {
        // The parser hands back wrappers of the files it was given.
        Map<URI, SourceFile> byUri = new HashMap<>();
        for (SourceFile file : files) {
            byUri.put(file.toUri(), file);
        }
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        JavacTask task =
                (JavacTask)
                        ToolProvider.getSystemJavaCompiler()
                                .getTask(
                                        null,
                                        null,
                                        diagnostics,
                                        List.of("-proc:none"),
                                        null,
                                        files);
        DocTrees trees = DocTrees.instance(task);
        for (CompilationUnitTree unit : task.parse()) {
            SourceFile file = byUri.get(unit.getSourceFile().toUri());
            SyntaxRules rules = new SyntaxRules(file, unit, trees, violations::add);
            rules.scan(unit, null);
            methodLengths.addAll(rules.methodLengths());
        }
        for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics.getDiagnostics()) {
            String path = byUri.get(diagnostic.getSource().toUri()).path();
            String message = diagnostic.getMessage(Locale.ROOT);
            violations.add(new Violation(path, diagnostic.getLineNumber(), message));
        }
    }
}
