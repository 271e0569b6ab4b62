// Thumbnails with sharp, written as its users write them: a pipeline for each size, from the same buffer.
// node thumbnails.mjs ROUNDS OUTPUT FILE... [--together] prints the milliseconds of each round by file.

import { readFile, writeFile } from "node:fs/promises";
import { join, parse } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";

import sharp from "sharp";

const SIZES = { small: 150, medium: 300, large: 600 };
const WARM_UP_ROUNDS = 3;

function thumbnail(original, size) {
  return sharp(original)
    .rotate() // as EXIF says
    .resize(size, size, { fit: "cover", position: "centre" })
    .jpeg({ quality: 80 })
    .toBuffer();
}

async function oneByOne(original) {
  const thumbnails = {};
  for (const [name, size] of Object.entries(SIZES)) {
    thumbnails[name] = await thumbnail(original, size);
  }
  return thumbnails;
}

async function together(original) {
  const pending = Object.entries(SIZES).map(async ([name, size]) => [name, await thumbnail(original, size)]);
  return Object.fromEntries(await Promise.all(pending));
}

async function milliseconds(makeThumbnails, file) {
  const original = await readFile(file);
  const start = performance.now();
  await makeThumbnails(original);
  return performance.now() - start;
}

async function measured(makeThumbnails, file, rounds, output) {
  const name = parse(file).name;
  for (let round = 0; round < WARM_UP_ROUNDS; round++) await milliseconds(makeThumbnails, file);
  const times = [];
  for (let round = 0; round < rounds; round++) times.push(await milliseconds(makeThumbnails, file));
  for (const [size, jpeg] of Object.entries(await makeThumbnails(await readFile(file)))) {
    await writeFile(join(output, `${name}-${size}.jpg`), jpeg);
  }
  return [name, times];
}

const { values, positionals } = parseArgs({ options: { together: { type: "boolean" } }, allowPositionals: true });
const [rounds, output, ...files] = positionals;
if (!values.together) sharp.concurrency(1);
const results = [];
for (const file of files) {
  results.push(await measured(values.together ? together : oneByOne, file, Number(rounds), output));
}
console.log(JSON.stringify(Object.fromEntries(results)));
