// Thumbnails with sharp, as developers usually write them: a pipeline for each size, from the same buffer.
// node thumbnails.mjs ROUNDS FILE... prints the milliseconds of each round by format.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { performance } from "node:perf_hooks";

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

async function makeThumbnails(original) {
  const thumbnails = {};
  for (const [name, size] of Object.entries(SIZES)) {
    thumbnails[name] = await thumbnail(original, size);
  }
  return thumbnails;
}

async function milliseconds(file) {
  const original = await readFile(file);
  const start = performance.now();
  await makeThumbnails(original);
  return performance.now() - start;
}

async function measured(file, rounds) {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) await milliseconds(file);
  const times = [];
  for (let round = 0; round < rounds; round++) times.push(await milliseconds(file));
  return [extname(file).slice(1), times];
}

const [rounds, ...files] = process.argv.slice(2);
sharp.concurrency(1);
const results = [];
for (const file of files) results.push(await measured(file, Number(rounds)));
console.log(JSON.stringify(Object.fromEntries(results)));
