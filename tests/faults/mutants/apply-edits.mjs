/** @throws Error when a text to replace is not there: the mutant would be none. */
export function applyEdits(path, text, edits) {
  let edited = text;
  for (const { file, from, to } of edits) {
    if (!path.endsWith(file)) continue;
    if (!edited.includes(from)) throw new Error(`${file} has no such text: ${from}`);
    edited = edited.replace(from, () => to);
  }
  return edited;
}
