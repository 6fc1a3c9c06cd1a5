// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * {@code millrace serve DIRECTORY}: its files over HTTP, pages of its directories, and what changes
 * in it as it changes, for pages that load themselves anew. See {@link FileServer}.
 */
public final class ServeDirectory {
    private ServeDirectory() {}

    public static void main(String[] arguments) {
        boolean isNamed = arguments.length > 0 && !arguments[0].startsWith("-");
        String name = isNamed ? arguments[0] : "";
        String[] options = isNamed ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
        new ServerProgram(
                        "serve",
                        "DIRECTORY " + ServerProgram.SCALABLE,
                        parsed -> {
                            if (!isNamed) {
                                throw new UsageException(
                                        "the directory is missing; it comes first");
                            }
                            Path root = FileServer.directory("what is to be served", name);
                            FileServer server = new FileServer(root, new ChangeFeed(root));
                            return stream -> HttpConnection.serve(stream, server);
                        })
                .launch(options);
    }
}
