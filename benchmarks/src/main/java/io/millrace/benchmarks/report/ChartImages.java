// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Charts of a report as PNG files, for pages that cannot run a script. They are the charts of the
 * page itself, drawn by a browser without a window: Chromium or Chrome, which must be installed.
 */
public final class ChartImages {
    /** Where several are installed, the first is taken. */
    private static final List<String> BROWSERS =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private static final int WIDTH = 640;

    /** Title, caption, axis and margins; the bars come on top. */
    private static final int HEIGHT = 195;

    private static final int BAR_HEIGHT = 35;
    private static final int PIXEL_RATIO = 2;
    private static final long LONGEST_SECONDS = 60;

    private final Path browser;
    private final Path directory;

    private ChartImages(Path browser, Path directory) {
        this.browser = browser;
        this.directory = directory;
    }

    /**
     * Images to be put into {@code directory}.
     *
     * @throws IOException if there is no browser to draw them
     */
    public static ChartImages into(Path directory) throws IOException {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        for (String name : BROWSERS) {
            for (String place : path.split(File.pathSeparator, -1)) {
                Path browser = Path.of(place, name);
                if (Files.isExecutable(browser)) {
                    return new ChartImages(browser, directory);
                }
            }
        }
        throw new IOException(
                "no browser to draw images with: install one of " + String.join(", ", BROWSERS));
    }

    /** Draws every chart of these sections that has a bar, and returns the files. */
    public List<Path> draw(List<Section> sections) throws IOException {
        Files.createDirectories(directory);
        List<Path> images = new ArrayList<>();
        for (Section section : sections) {
            for (Figure figure : section.figures().keySet()) {
                long bars =
                        section.measurements().stream()
                                .filter(bar -> bar.figure().equals(figure) && bar.score() != null)
                                .count();
                if (bars > 0) {
                    images.add(draw(section, figure, bars));
                }
            }
        }
        return images;
    }

    private Path draw(Section section, Figure figure, long bars) throws IOException {
        Path image = directory.resolve(fileName(figure)).toAbsolutePath();
        Path scratch = Files.createTempDirectory("millrace-chart");
        try {
            Path page = Files.writeString(scratch.resolve("chart.html"), page(section, figure));
            Files.deleteIfExists(image);
            browse(page, image, HEIGHT + BAR_HEIGHT * bars, scratch);
        } finally {
            delete(scratch);
        }
        if (!Files.exists(image)) {
            throw new IOException(browser + " has drawn no " + image);
        }
        return image;
    }

    private static String page(Section section, Figure figure) throws IOException {
        return HtmlReport.renderChart(section, figure);
    }

    private void browse(Path page, Path image, long height, Path scratch) throws IOException {
        List<String> command =
                List.of(
                        browser.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--hide-scrollbars",
                        "--user-data-dir=" + scratch.resolve("profile"),
                        "--force-device-scale-factor=" + PIXEL_RATIO,
                        "--window-size=" + WIDTH + "," + height,
                        "--screenshot=" + image,
                        page.toUri().toString());
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(scratch.resolve("browser.log").toFile())
                        .start();
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(browser + " has not drawn " + image + " in a minute");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while drawing " + image, e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Its title in lower case, with dashes for all that is not a letter or digit. */
    static String fileName(Figure figure) {
        String words = figure.title().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return words.replaceAll("^-|-$", "") + ".png";
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
