// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the pages of {@code docs} that are no guide compiles. */
class PageSnippetsTest {
    private static final Path DOCS = LauncherTest.launcher().resolveSibling("docs");

    private static final String NETWORK_IMPORTS =
            """
            import io.millrace.*;
            import io.millrace.net.*;
            import java.net.*;
            import java.nio.ByteBuffer;
            import java.nio.file.attribute.PosixFilePermissions;
            import java.time.Duration;
            import java.util.List;
            """;

    private static final String NETWORK_PARAMETERS =
            """
            EventLoop loop, TcpStream stream, UnixStream unix, UdpSocket socket,
            SocketAddress address, byte[] bytes, ByteBuffer large, ByteBuffer largeBuffer,
            List<ByteBuffer> pool, List<Integer> taken, Runnable library, int descriptor""";

    private static final String TLS_IMPORTS =
            """
            import io.millrace.*;
            import io.millrace.net.*;
            import io.millrace.tls.*;
            import java.net.*;
            import java.nio.file.*;
            """;

    private static final String TLS_PARAMETERS =
            "EventLoop loop, ReadHandler handler, SocketAddress address";

    @TempDir private Path directory;

    @Test
    void thoseOfTheNetwork() throws Exception {
        StringBuilder methods = new StringBuilder();
        List<String> blocks = blocks("network.md", 9);
        for (String block : blocks) {
            String parameters = NETWORK_PARAMETERS;
            for (String name : List.of("stream", "socket")) {
                // It declares what is a parameter of others.
                if (block.matches("(?s).*\\b(TcpStream|UdpSocket) " + name + " =.*")) {
                    parameters = parameters.replace(" " + name + ",", " " + name + "Given,");
                }
            }
            add(methods, parameters, block);
        }
        compile(NETWORK_IMPORTS, methods);
    }

    @Test
    void thoseOfTls() throws Exception {
        StringBuilder methods = new StringBuilder();
        for (String block : blocks("tls.md", 2)) {
            add(methods, TLS_PARAMETERS, block);
        }
        compile(TLS_IMPORTS, methods);
    }

    private static List<String> blocks(String page, int least) throws IOException {
        List<String> blocks = WrittenProgram.blocks(DOCS.resolve(page), "java");
        assertTrue(blocks.size() >= least, page + " has " + blocks.size());
        return blocks;
    }

    /** Each is a method of its own, so that two may declare the same name. */
    private static void add(StringBuilder methods, String parameters, String block) {
        methods.append("void snippet")
                .append(methods.length())
                .append("(" + parameters + ") throws Exception {\n")
                .append(block)
                .append("}\n");
    }

    private void compile(String imports, StringBuilder methods) throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("Snippets.java"),
                        imports + "final class Snippets {\n" + methods + "}\n");
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                messages,
                                messages,
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                directory.toString(),
                                file.toString());
        assertEquals(0, status, () -> messages.toString(StandardCharsets.UTF_8));
    }
}
