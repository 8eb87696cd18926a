// Ten digits, and a number, in the hand that drew one. Runs once, after ink.js, sketch.js and
// digits.js.

const words = props.words;
const PAUSE = 250; // milliseconds between questions while drawing

const ten = element.querySelector(".ten");
const line = element.querySelector("canvas.line");
const text = element.querySelector("input.number");
const told = element.querySelector(".told");
const problem = element.querySelector(".problem");
const settleTabs = walkable(ten);

const ask = newestOnly(imitate, PAUSE);
sketchOn(element, words, { changed: ask, failed: (sentence) => (problem.textContent = sentence) });

function show(answer) {
  problem.textContent = answer?.problem ?? "";
  told.textContent = answer?.told ?? "";
  const bytes = bytesOf(answer?.digits ?? "");
  ten.replaceChildren(
    ...Array.from({ length: bytes.length / 784 }, (_, label) => {
      const one = bytes.slice(784 * label, 784 * (label + 1));
      const digit = { bytes: one, label, name: `my-${label}` };
      return digitButton(digit, 160, String(label), words);
    }),
  );
  settleTabs();
  ten.setAttribute("aria-label", answer?.told ?? "");
  line.hidden = !answer?.line;
  if (answer?.line) drawLine(line, answer.line);
  line.setAttribute("aria-label", answer?.line ? text.value : "");
}

async function imitate() {
  if (isEmpty()) return show({ told: words.first });
  let answer;
  try {
    answer = await server.imitate([dataUrl(), text.value]);
  } catch {
    answer = undefined; // no connection; Gradio's own errors arrive as undefined, too
  }
  show(answer ?? { problem: words.no_answer });
}

text.addEventListener("input", () => ask(false));
