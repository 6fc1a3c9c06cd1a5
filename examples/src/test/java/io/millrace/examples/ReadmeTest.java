// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README says is so: its server works, its version is the project's, its links lead. */
class ReadmeTest {
    private static final Path ROOT = LauncherTest.launcher().getParent();
    private static final Path PAGE = ROOT.resolve("README.md");
    private static final int LONGEST_SERVER = 25;

    @TempDir private Path directory;

    @Test
    void theServerCompilesAndServes() throws Exception {
        String source = WrittenProgram.blocks(PAGE, "java").get(0);
        assertTrue(source.lines().count() <= LONGEST_SERVER, "the server has become long");
        try (HeldPort port = new HeldPort()) {
            WrittenProgram program =
                    new WrittenProgram(directory, source.replace("7000", port.toString()));
            serves(program.compile(), port.address());
        }
    }

    private static void serves(WrittenProgram program, InetSocketAddress address) throws Exception {
        Process server = program.start();
        try {
            Await.until("it listens", () -> isListening(address) || !server.isAlive());
            assertTrue(server.isAlive(), () -> "it ended: " + program.output());
            byte[] sent = new byte[8 << 20];
            try (Client client = new Client(address)) {
                assertEquals("hello", client.send("hello\n").readLine());
                Thread sender = new Thread(() -> send(client, sent));
                sender.start();
                assertEquals(sent.length, client.read(sent.length).length);
                sender.join();
            }
        } finally {
            server.destroyForcibly().waitFor();
        }
        assertEquals("", program.output());
    }

    @Test
    void theVersionIsTheProjects() throws IOException {
        Matcher revision =
                Pattern.compile("<revision>(.*)</revision>")
                        .matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertTrue(revision.find());
        assertTrue(
                WrittenProgram.blocks(PAGE, "xml")
                        .get(0)
                        .contains("<version>" + revision.group(1) + "</version>"));
    }

    @Test
    void linksLeadToFiles() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(PAGE));
        try (var files = Files.list(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher link =
                    Pattern.compile("]\\(([^)#:]+)[^):]*\\)").matcher(Files.readString(page));
            while (link.find()) {
                Path target = page.resolveSibling(link.group(1));
                assertTrue(Files.exists(target), page + " leads to " + target);
            }
        }
    }

    @Test
    void siteHasEveryPage() throws IOException {
        String menus = Files.readString(ROOT.resolve("site/.vitepress/config.mjs"));
        for (String directory : List.of("", "docs/")) {
            try (var files = Files.list(ROOT.resolve(directory))) {
                for (Path file : files.filter(file -> file.toString().endsWith(".md")).toList()) {
                    String name = file.getFileName().toString().replaceFirst("(README)?\\.md$", "");
                    String link = "link: '/" + directory + name + "'";
                    assertTrue(menus.contains(link), "site/.vitepress/config.mjs lacks " + link);
                }
            }
        }
    }

    /** What looks like an element of HTML outside of code is not shown, and no site is built. */
    @Test
    void noPageHasAWordInAngleBracketsThatIsNoCode() throws IOException {
        List<String> found = new ArrayList<>();
        for (String directory : List.of("", "docs/")) {
            try (var files = Files.list(ROOT.resolve(directory))) {
                for (Path file : files.filter(file -> file.toString().endsWith(".md")).toList()) {
                    String text = Files.readString(file).replaceAll("(?s)```.*?```", "");
                    Pattern.compile("<[A-Za-z/][^>\n]*>")
                            .matcher(text.replaceAll("(?s)(`+)(?:(?!\\1).)*?\\1", ""))
                            .results()
                            .forEach(each -> found.add(file.getFileName() + ": " + each.group()));
                }
            }
        }
        assertEquals(List.of(), found);
    }

    /** Whether it answers a line. */
    static boolean isListening(InetSocketAddress address) {
        try (Client client = new Client(address)) {
            return client.send("\n").read(1).length == 1;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void send(Client client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
