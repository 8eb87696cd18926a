// A gallery: as many canvases as there are digits. Runs once, after ink.js.

const list = element.querySelector(".digits");

function lay() {
  const value = props.value;
  const bytes = bytesOf(value.pixels);
  const count = bytes.length / 784;
  const side = count > 30 ? 64 : 128;
  list.setAttribute("aria-label", value.description);
  list.classList.toggle("many", count > 30);
  list.replaceChildren(
    ...Array.from({ length: count }, (_, index) => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = side * 2;
      drawInk(canvas, inkOf(bytes, index));
      return canvas;
    }),
  );
}

watch("value", lay);
lay();
