// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * The library twice in one process, as containers of applications have it: each in a class loader
 * of its own.
 */
class TwoCopiesTest {
    @Test
    void twoCopiesServeAtOnceOnEveryBackend() throws Exception {
        List<String> backends = Serving.backends();
        try (URLClassLoader first = copy();
                URLClassLoader second = copy()) {
            Callable<List<String>> one = program(first, backends);
            Callable<List<String>> other = program(second, backends);
            assertNotSame(one.getClass(), other.getClass());
            FutureTask<List<String>> served = start(first, one);
            assertEquals(backends, start(second, other).get());
            assertEquals(backends, served.get());
        }
    }

    /**
     * With native backends it cannot be: jffi registers the libraries it opens with a cleaner of
     * the JDK's, whose thread then holds jffi's classes, and by them their loader, for ever.
     */
    @Test
    void aCopyThatServedOnNioIsUnloadedWhenNobodyHoldsIt() throws Exception {
        WeakReference<ClassLoader> loader = serveOnce();

        Await.until("it is unloaded", () -> isCollected(loader));
    }

    /** In a method of its own, so that nothing on the stack holds it afterwards. */
    private static WeakReference<ClassLoader> serveOnce() throws Exception {
        try (URLClassLoader loader = copy()) {
            List<String> served = start(loader, program(loader, List.of("nio"))).get();
            assertEquals(List.of("nio"), served);
            return new WeakReference<>(loader);
        }
    }

    private static boolean isCollected(WeakReference<ClassLoader> loader) {
        System.gc();
        return loader.get() == null;
    }

    @SuppressWarnings("unchecked")
    private static Callable<List<String>> program(ClassLoader loader, List<String> backends)
            throws ReflectiveOperationException {
        var constructor = loader.loadClass(Copy.class.getName()).getDeclaredConstructor(List.class);
        constructor.setAccessible(true);
        return (Callable<List<String>>) constructor.newInstance(backends);
    }

    private static FutureTask<List<String>> start(
            ClassLoader loader, Callable<List<String>> program) {
        FutureTask<List<String>> task = new FutureTask<>(program);
        Thread thread = new Thread(task, "copy");
        thread.setContextClassLoader(loader);
        thread.start();
        return task;
    }

    private static URLClassLoader copy() throws Exception {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    /** What runs in a copy: an echo there and back on each backend; answers those that did. */
    static final class Copy implements Callable<List<String>> {
        private final List<String> backends;

        Copy(List<String> backends) {
            this.backends = backends;
        }

        @Override
        public List<String> call() throws Exception {
            List<String> served = new ArrayList<>();
            for (String backend : backends) {
                try (Serving server = new Serving(backend, 1, EchoServer::serve);
                        Client client = server.connect()) {
                    if (client.send("hello\n").readLine().equals("hello")) {
                        served.add(backend);
                    }
                }
            }
            return served;
        }
    }
}
