// SPDX-License-Identifier: Apache-2.0
package io.millrace.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule finds what it is there to find, says where, and leaves good sources alone. */
class StyleCheckerTest {
    private static final String HEADER = "// SPDX-License-Identifier: Apache-2.0\n";
    private static final String MAIN = "core/src/main/java/io/millrace/Sample.java";
    private static final String TEST = "core/src/test/java/io/millrace/SampleTest.java";
    private static final SourceFile PACKAGE_INFO =
            new SourceFile(
                    "core/src/main/java/io/millrace/package-info.java",
                    HEADER + "/** Words. */\n@NullMarked\npackage io.millrace;\n");

    @Test
    void acceptsAGoodSource() throws IOException {
        assertViolations(MAIN, "/** What for. */\nclass Sample {}\n");
    }

    @Test
    void wantsTheLicenceFirst() throws IOException {
        SourceFile file = new SourceFile(MAIN, "\n" + HEADER + "/** What for. */ class Sample {}");
        assertEquals(
                List.of(MAIN + ":1: the first line is not " + HEADER.strip()),
                check(file, PACKAGE_INFO));
    }

    @Test
    void refusesReminders() throws IOException {
        String problem = ":3: do the work or write an issue instead of a reminder";
        for (String word : List.of("TO" + "DO", "FIX" + "ME", "X" + "XX")) {
            assertViolations(
                    MAIN, "/** What. */\n// " + word + ": later\nclass Sample {}", problem);
        }
        assertViolations(MAIN, "/** What for. */\nclass Sample { int FIX" + "MES; }");
    }

    @Test
    void refusesWideLinesExceptAddressesAndImports() throws IOException {
        String wide = "a".repeat(100);
        assertViolations(
                MAIN,
                "import a."
                        + wide
                        + ";\n"
                        + "/** http://"
                        + wide
                        + " */\n"
                        + "class Sample {} // "
                        + wide,
                ":4: wider than 100 columns");
    }

    @Test
    void wantsACommentOnEveryTypeThatOthersSee() throws IOException {
        assertViolations(
                MAIN,
                """
                class Sample {
                    record Inner() {}
                    private record Own() {}
                    class Another extends Inner {}
                    class Empty {}
                    Object o = new Object() {};
                    void f() { class Local {} }
                }
                """,
                ":2: Sample does not say what it is for",
                ":3: Inner does not say what it is for",
                ":6: Empty does not say what it is for");
        assertViolations(MAIN, "/** */ enum Sample {}", ":2: Sample does not say what it is for");
        assertViolations(MAIN, "/* No. */ interface S {}", ":2: S does not say what it is for");
    }

    @Test
    void wantsACommentOnATestButNotOnItsHelpers() throws IOException {
        assertViolations(TEST, "/** What for. */\nclass SampleTest { class Helper {} }");
        assertViolations(
                TEST,
                "class SampleTest { class Helper {} }",
                ":2: SampleTest does not say what it is for");
    }

    @Test
    void limitsMethods() throws IOException {
        assertViolations(MAIN, typeWith("void f() {" + "\n".repeat(69) + "}"));
        assertViolations(
                MAIN,
                typeWith("void f() {" + "\n".repeat(70) + "}"),
                ":3: f has 71 lines, more than 70");
        assertViolations(
                MAIN,
                typeWith("Sample() {" + "\n".repeat(70) + "}"),
                ":3: <init> has 71 lines, more than 70");
        assertViolations(
                MAIN,
                typeWith("static {" + "\n".repeat(70) + "}"),
                ":3: an initializer has 71 lines, more than 70");
    }

    @Test
    void refusesToPrintStackTraces() throws IOException {
        String problem = ":3: report the failure, do not print it";
        String method = "void f(Exception e) { e.%s(); }".formatted("print" + "StackTrace");
        assertViolations(MAIN, typeWith(method), problem);
        assertViolations(TEST, typeWith(method), problem);
    }

    @Test
    void refusesToSleepInMainCode() throws IOException {
        String problem = ":3: wait for the condition, do not sleep";
        assertViolations(MAIN, typeWith("void f() { Thread.sleep(1); }"), problem);
        assertViolations(MAIN, typeWith("void f() { TimeUnit.SECONDS.sleep(1); }"), problem);
        assertViolations(MAIN, typeWith("void f(Cat cat) { cat.sleep(); } // Thread.sleep"));
        assertViolations(TEST, typeWith("void f() { Thread.sleep(1); }"));
    }

    @Test
    void wantsAReasonForADisabledTest() throws IOException {
        assertViolations(
                TEST,
                typeWith("@Test @Disabled void f() {}"),
                ":3: a disabled test gives no reason");
        assertViolations(TEST, typeWith("@Test @Disabled(\"no such kernel here\") void f() {}"));
    }

    @Test
    void wantsAReasonForASwallowedException() throws IOException {
        String problem = ":3: an exception is swallowed and no comment says why that is right";
        assertViolations(MAIN, typeWith("void f() { try { g(); } catch (E e) { } }"), problem);
        assertViolations(
                MAIN, typeWith("void f() { try { g(); } catch (E e) { /* Closing anyway. */ } }"));
    }

    @Test
    void wantsAPackageInfoWhereUsersLook() throws IOException {
        SourceFile main = new SourceFile(MAIN, HEADER + "/** What for. */ class Sample {}");
        SourceFile test = new SourceFile(TEST, HEADER + "/** What for. */ class SampleTest {}");
        assertEquals(List.of(MAIN + ":1: its package has no package-info"), check(main, test));
    }

    @Test
    void aModulesDescriptorNeedsNoPackageInfo() throws IOException {
        String path = "core/src/main/java/module-info.java";
        assertEquals(
                List.of(), check(new SourceFile(path, HEADER + "/** What for. */ module a {}")));
    }

    @Test
    void wantsAPackageInfoToSpeakAndToMarkNulls() throws IOException {
        String path = PACKAGE_INFO.path();
        assertEquals(
                List.of(
                        path + ":2: a package-info says nothing about its package",
                        path + ":2: the package is not @NullMarked"),
                check(new SourceFile(path, HEADER + "package io.millrace;\n")));
    }

    @Test
    void wantsAPublicPackageToSaySinceWhenThereIsIt() throws IOException {
        SourceFile module =
                new SourceFile(
                        "core/src/main/java/module-info.java",
                        HEADER + "/** What for. */ module a {\n    exports io.millrace;\n}\n");
        String text = PACKAGE_INFO.text().replace("Words.", "Words.\n * @since 0.1.0\n");
        assertEquals(
                List.of(PACKAGE_INFO.path() + ":1: a public package lacks @since"),
                check(module, PACKAGE_INFO));
        assertEquals(List.of(), check(module, new SourceFile(PACKAGE_INFO.path(), text)));
    }

    @Test
    void reportsWhatDoesNotParse() throws IOException {
        assertViolations(
                MAIN, "/** What for. */\nclass Sample { int }", ":3: <identifier> expected");
    }

    private static String typeWith(String member) {
        return "/** What for. */ class Sample {\n" + member + "\n}";
    }

    /** A type in a file of so many lines, its licence line among them. */
    private void assertViolations(String path, String body, String... expected) throws IOException {
        List<String> full = new ArrayList<>();
        for (String each : expected) {
            full.add(path + each);
        }
        assertEquals(full, check(new SourceFile(path, HEADER + body), PACKAGE_INFO));
    }

    private List<String> check(SourceFile... files) throws IOException {
        StyleChecker checker = new StyleChecker();
        return checker.check(List.of(files)).stream().map(Violation::toString).toList();
    }
}
