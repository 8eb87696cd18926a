// A gallery: as many digits as there are, each with how sure the reader is of it. Runs once, after
// ink.js and digits.js.

const words = props.words;
const list = element.querySelector(".digits");
const told = element.querySelector(".problem");
const settleTabs = walkable(list);

function lay({ pixels, description, labels, readings }) {
  const bytes = bytesOf(pixels);
  const count = bytes.length / 784;
  list.setAttribute("aria-label", description);
  list.classList.toggle("many", count > 30);
  list.replaceChildren(
    ...Array.from({ length: count }, (_, index) => {
      const one = bytes.slice(784 * index, 784 * (index + 1));
      const { label, probability } = readings[index];
      const percent = Math.round(100 * probability);
      const name = `digit-${labels[index] ?? "mixed"}-${index + 1}`;
      const sentence = label === null ? words.unread : words.read;
      const title = sentence.replace("{label}", label).replace("{percent}", percent);
      const digit = { bytes: one, label: labels[index], name };
      const button = digitButton(digit, count > 30 ? 128 : 256, title, words);
      const sure = document.createElement("span");
      sure.className = "sure";
      sure.style.setProperty("--p", label === null ? 0 : probability);
      // What is read as another digit, or as none, is marked.
      sure.classList.toggle("doubtful", labels[index] !== null && label !== labels[index]);
      sure.textContent = label === null ? "?" : label === labels[index] ? `${percent} %` : `${label}: ${percent} %`;
      button.append(sure);
      return button;
    }),
  );
  settleTabs();
  for (const key of element.querySelectorAll(".tools button")) key.disabled = false;
}

// -- what can be taken away ------------------------------------------------------------------------

const current = follow(told, lay);

element.querySelector(".save-sheet").addEventListener("click", () => {
  const bytes = bytesOf(current().pixels);
  const count = bytes.length / 784;
  const columns = Math.min(count, count > 30 ? 10 : 5);
  const side = 112;
  const sheet = document.createElement("canvas");
  sheet.width = columns * side;
  sheet.height = Math.ceil(count / columns) * side;
  const context = sheet.getContext("2d");
  for (let i = 0; i < count; i++) {
    context.drawImage(digitCanvas(bytes, i, side), (i % columns) * side, Math.floor(i / columns) * side);
  }
  save(onPaper(sheet).toDataURL("image/png"), "digits.png");
});

element.querySelector(".save-zip").addEventListener("click", async () => {
  const { pixels, labels } = current();
  let answer;
  try {
    answer = await server.pack([pixels, labels]);
  } catch {
    answer = undefined;
  }
  told.textContent = answer?.file ? "" : (answer?.error ?? words.no_answer);
  if (answer?.file) save(`data:application/zip;base64,${answer.file}`, "digits.zip");
});
