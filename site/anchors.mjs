// SPDX-License-Identifier: Apache-2.0
//
// VitePress looks whether linked pages are there, but not whether their headings are. This does.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const built = join(dirname(fileURLToPath(import.meta.url)), 'target', 'site');
const pages = readdirSync(built, { recursive: true })
    .filter((name) => name.endsWith('.html') && !name.startsWith('javadoc'))
    .map((name) => join(built, name));
const text = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]));

const broken = [];
for (const [page, html] of text) {
    for (const [, link] of html.matchAll(/href="([^"]*#[^"]+)"/g)) {
        if (/^[a-z]+:/.test(link)) {
            continue;
        }
        const base = pathToFileURL(link.startsWith('/') ? join(built, 'index.html') : page);
        const url = new URL(link.replace(/^\//, ''), base);
        const target = text.get(fileURLToPath(new URL(url.pathname.replace(/\/$/, '/index.html'), base)));
        const id = decodeURIComponent(url.hash.slice(1));
        if (target === undefined || !target.includes(`id="${id}"`)) {
            broken.push(`${relative(built, page)} -> ${link}`);
        }
    }
}
if (broken.length > 0) {
    console.error('headings that are not there:\n' + broken.join('\n'));
    process.exit(1);
}
