// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.lang.model.element.Modifier;

/** The rules that need the syntax tree of one file; one instance scans one file once. */
final class SyntaxRules extends TreePathScanner<Void, Void> {
    static final int METHOD_LIMIT = 70;

    private final SourceFile file;
    private final CompilationUnitTree unit;
    private final DocTrees trees;
    private final Consumer<Violation> report;
    private final List<Integer> methodLengths = new ArrayList<>();

    SyntaxRules(
            SourceFile file, CompilationUnitTree unit, DocTrees trees, Consumer<Violation> report) {
        this.file = file;
        this.unit = unit;
        this.trees = trees;
        this.report = report;
    }

    List<Integer> methodLengths() {
        return methodLengths;
    }

    @Override
    public Void visitPackage(PackageTree tree, Void unused) {
        if (file.isPackageInfo()) {
            requireComment(tree, "a package-info says nothing about its package");
            if (tree.getAnnotations().stream().noneMatch(each -> isNamed(each, "NullMarked"))) {
                violation(tree, "the package is not @NullMarked");
            }
        }
        return super.visitPackage(tree, unused);
    }

    @Override
    public Void visitClass(ClassTree tree, Void unused) {
        boolean topLevel = getCurrentPath().getParentPath().getLeaf() == unit;
        if (topLevel || isSharedNestedType(tree)) {
            requireComment(tree, tree.getSimpleName() + " does not say what it is for");
        }
        return super.visitClass(tree, unused);
    }

    @Override
    public Void visitMethod(MethodTree tree, Void unused) {
        if (tree.getBody() != null) {
            methodLengths.add((int) lengthOf(tree));
            limitLength(tree, tree.getName().toString());
        }
        return super.visitMethod(tree, unused);
    }

    @Override
    public Void visitBlock(BlockTree tree, Void unused) {
        if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree) {
            limitLength(tree, "an initializer");
        }
        return super.visitBlock(tree, unused);
    }

    @Override
    public Void visitCatch(CatchTree tree, Void unused) {
        BlockTree block = tree.getBlock();
        boolean empty = block.getStatements().isEmpty();
        if (empty && textOf(block).replaceAll("[{}\\s]", "").isEmpty()) {
            violation(tree, "an exception is swallowed and no comment says why that is right");
        }
        return super.visitCatch(tree, unused);
    }

    @Override
    public Void visitAnnotation(AnnotationTree tree, Void unused) {
        if (isNamed(tree, "Disabled") && tree.getArguments().isEmpty()) {
            violation(tree, "a disabled test gives no reason");
        }
        return super.visitAnnotation(tree, unused);
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree tree, Void unused) {
        String target = tree.getExpression().toString();
        switch (tree.getIdentifier().toString()) {
            case "printStackTrace" -> violation(tree, "report the failure, do not print it");
            case "sleep" -> {
                if (file.isMain() && (target.endsWith("Thread") || target.contains("TimeUnit"))) {
                    violation(tree, "wait for the condition, do not sleep");
                }
            }
            default -> {}
        }
        return super.visitMemberSelect(tree, unused);
    }

    /** Others see it: it is not private, local, anonymous or a test's helper. */
    private boolean isSharedNestedType(ClassTree tree) {
        boolean member = getCurrentPath().getParentPath().getLeaf() instanceof ClassTree;
        boolean isPrivate = tree.getModifiers().getFlags().contains(Modifier.PRIVATE);
        return member && !isPrivate && file.isMain() && !isOnlyANameForItsParent(tree);
    }

    private static boolean isOnlyANameForItsParent(ClassTree tree) {
        return tree.getExtendsClause() != null && tree.getMembers().isEmpty();
    }

    private void requireComment(Tree tree, String problem) {
        String comment = trees.getDocComment(new TreePath(getCurrentPath(), tree));
        if (comment == null || comment.isBlank()) {
            violation(tree, problem);
        }
    }

    private void limitLength(Tree tree, String name) {
        if (lengthOf(tree) > METHOD_LIMIT) {
            violation(tree, name + " has " + lengthOf(tree) + " lines, more than " + METHOD_LIMIT);
        }
    }

    private long lengthOf(Tree tree) {
        return lineOf(endOf(tree)) - lineOf(startOf(tree)) + 1;
    }

    private String textOf(Tree tree) {
        return file.text().substring((int) startOf(tree), (int) endOf(tree));
    }

    private long startOf(Tree tree) {
        return trees.getSourcePositions().getStartPosition(unit, tree);
    }

    private long endOf(Tree tree) {
        return trees.getSourcePositions().getEndPosition(unit, tree);
    }

    private long lineOf(long position) {
        return unit.getLineMap().getLineNumber(position);
    }

    private static boolean isNamed(AnnotationTree annotation, String simpleName) {
        String name = annotation.getAnnotationType().toString();
        return name.equals(simpleName) || name.endsWith("." + simpleName);
    }

    private void violation(Tree tree, String problem) {
        report.accept(new Violation(file.path(), lineOf(startOf(tree)), problem));
    }
}
