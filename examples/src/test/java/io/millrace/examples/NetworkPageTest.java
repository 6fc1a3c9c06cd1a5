// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in {@code docs/network.md} compiles. */
class NetworkPageTest {
    private static final Path PAGE =
            LauncherTest.launcher().resolveSibling("docs").resolve("network.md");

    private static final String BEFORE =
            """
            import io.millrace.*;
            import io.millrace.net.*;
            import java.net.*;
            import java.nio.ByteBuffer;
            import java.nio.file.attribute.PosixFilePermissions;
            import java.time.Duration;
            import java.util.List;
            abstract class Snippets {
            abstract void snippet(
                EventLoop loop, TcpStream stream, UnixStream unix, UdpSocket socket,
                SocketAddress address, byte[] bytes, ByteBuffer large, ByteBuffer largeBuffer,
                List<ByteBuffer> pool, List<Integer> taken, Runnable library, int descriptor)
                throws Exception;
            """;

    private static final String PARAMETERS =
            BEFORE.substring(BEFORE.indexOf("(\n"), BEFORE.lastIndexOf(';'));

    @TempDir private Path directory;

    @Test
    void eachSnippetCompiles() throws Exception {
        List<String> blocks = WrittenProgram.blocks(PAGE, "java");
        assertTrue(blocks.size() >= 9, "there are " + blocks.size());
        StringBuilder source = new StringBuilder(BEFORE);
        for (int i = 0; i < blocks.size(); i++) {
            // In a block of its own, since it may declare what is a parameter of others.
            String block = blocks.get(i);
            String parameters = PARAMETERS;
            for (String name : List.of("stream", "socket")) {
                if (block.matches("(?s).*\\b(TcpStream|UdpSocket) " + name + " =.*")) {
                    parameters = parameters.replace(" " + name + ",", " " + name + "Given,");
                }
            }
            source.append("void snippet").append(i).append(parameters).append(" {\n");
            source.append(block).append("}\n");
        }
        Path file = Files.writeString(directory.resolve("Snippets.java"), source + "}\n");
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
