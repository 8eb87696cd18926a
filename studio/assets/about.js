// The confusion matrix answers a click with the digits of that cell. Runs once, after ink.js.

const { errors, words } = props;
let bytes = new Uint8Array(); // of the errors
const told = element.querySelector(".shown .told");
const shown = element.querySelector(".shown .tiles");

function tile(bytes, index, caption) {
  const figure = document.createElement("figure");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 112;
  drawInk(canvas, inkOf(bytes, index));
  const text = document.createElement("figcaption");
  text.textContent = caption;
  figure.append(canvas, text);
  return figure;
}

function show(is, readAs, sentence) {
  const some = errors.filter((e) => is === null || (e.is === is && e.read_as === readAs));
  told.textContent = sentence;
  shown.replaceChildren(
    ...some.map((e) =>
      tile(bytes, e.tile, words.caption.replace("{read}", e.read_as).replace("{is}", e.is)),
    ),
  );
  for (const key of element.querySelectorAll(".matrix button")) {
    key.setAttribute("aria-pressed", key.dataset.is == is && key.dataset.read == readAs);
  }
}

(async () => {
  const pictures = (await server.pictures()) ?? { tiles: "", real: "", made: "" };
  bytes = bytesOf(pictures.tiles);
  if (told) {
    element.querySelector(".matrix").addEventListener("click", (event) => {
      const key = event.target.closest("button");
      if (!key) return;
      const again = key.getAttribute("aria-pressed") === "true";
      if (again) return show(null, null, words.all);
      show(Number(key.dataset.is), Number(key.dataset.read), key.getAttribute("aria-label"));
    });
    show(null, null, words.all);
  }

  for (const list of element.querySelectorAll(".pair .tiles")) {
    const digits = bytesOf(pictures[list.dataset.of]);
    for (let i = 0; i < digits.length / 784; i++) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 112;
      drawInk(canvas, inkOf(digits, i));
      list.append(canvas);
    }
  }
})();
