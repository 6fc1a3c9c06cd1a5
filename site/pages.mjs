// SPDX-License-Identifier: Apache-2.0
//
// Lays out the project's Markdown as the site's pages, under target/pages: the README becomes the first
// page, everything else keeps its path, so that links between pages stay as they are. A link to what is
// no page, such as a source file, becomes its text; one to a page that is not there fails the build.

import {
    copyFileSync,
    cpSync,
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    writeFileSync,
} from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const site = dirname(fileURLToPath(import.meta.url));
const root = dirname(site);
const pages = join(site, 'target', 'pages');

function filesUnder(directory) {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
        const path = join(directory, entry.name);
        return entry.isDirectory() ? filesUnder(path) : [path];
    });
}

const sources = readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, name))
    .concat(filesUnder(join(root, 'docs')));
const known = new Set(sources.map((path) => relative(root, path)));

function place(path) {
    return path.replace(/(^|\/)README\.md$/, '$1index.md');
}

// Fenced code is left alone: what looks like a link there is code.
function outsideFences(text, change) {
    return text
        .split(/^(```[\s\S]*?^```)/m)
        .map((part) => (part.startsWith('```') ? part : change(part)))
        .join('');
}

function withLinksOfTheSite(path, text) {
    const broken = [];
    const changed = outsideFences(text, (part) =>
        part.replace(/(!?)\[([^\]]+)\]\(([^)\s]+)\)/g, (link, image, label, target) => {
            if (/^([a-z]+:|#)/.test(target)) {
                return link;
            }
            const [file, anchor] = target.split('#');
            const absolute = normalize(join(dirname(path), file)).replace(/\/$/, '');
            if (!existsSync(join(root, absolute))) {
                broken.push(target);
                return link;
            }
            if (!known.has(absolute)) {
                return image ? link : label;
            }
            if (image || !absolute.endsWith('.md')) {
                return link;
            }
            return `[${label}](${place(file)}${anchor ? '#' + anchor : ''})`;
        }),
    );
    if (broken.length > 0) {
        throw new Error(`${path}: links to what does not exist: ${broken.join(', ')}`);
    }
    return changed;
}

rmSync(pages, { recursive: true, force: true });
for (const source of sources) {
    const path = relative(root, source);
    const target = join(pages, place(path));
    mkdirSync(dirname(target), { recursive: true });
    if (path.endsWith('.md')) {
        writeFileSync(target, withLinksOfTheSite(path, readFileSync(source, 'utf8')));
    } else if (/\.(svg|png)$/.test(path)) {
        copyFileSync(source, target);
    } else if (statSync(source).isFile()) {
        // Downloads, under the very path by which a page names them.
        const download = join(pages, 'public', path);
        mkdirSync(dirname(download), { recursive: true });
        copyFileSync(source, download);
    }
}

const javadoc = join(root, 'target', 'reports', 'apidocs');
if (existsSync(javadoc)) {
    cpSync(javadoc, join(pages, 'public', 'javadoc'), { recursive: true });
}
