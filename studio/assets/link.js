// Settings to a link, and back. `rules` say what each may be, in the order of `values`; a link may come
// from anywhere, so what breaks them is left as it was.

const tab = () =>
  document.querySelector('#tabs [role="tab"][aria-selected="true"]')?.dataset.tabId ?? "draw";

function understood(text, { keys, low, high, whole, length }) {
  if (keys) return keys.includes(text) ? text : undefined;
  if (length) return text.length <= length && /^[0-9]+$/.test(text) ? text : undefined;
  const number = Number(text);
  const fine = text !== "" && number >= low && number <= high && (!whole || Number.isInteger(number));
  return fine ? number : undefined;
}

function linkTo(values) {
  const state = new URLSearchParams({ tab: tab() });
  Object.keys(rules).forEach((name, i) => {
    const rule = rules[name];
    if (!name.startsWith(`${state.get("tab")}.`) || values[i] === null) return;
    if (understood(String(values[i]), rule) === undefined) return;
    state.set(name.split(".")[1], rule.keys ? rule.keys.indexOf(values[i]) : values[i]);
  });
  return `#${state}`;
}

async function copy(values) {
  const button = document.querySelector("#title button");
  const before = (button.dataset.name ??= button.textContent);
  history.replaceState(null, "", linkTo(values));
  let told = words.copied;
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    told = words.failed;
  }
  button.textContent = told;
  setTimeout(() => (button.textContent = before), 2500);
}

async function opened(values) {
  const state = new URLSearchParams(location.hash.slice(1));
  const wanted = state.get("tab");
  const key = [...document.querySelectorAll('#tabs [role="tab"]')].find(
    (each) => each.dataset.tabId === wanted,
  );
  if (!key) return values;
  const found = Object.keys(rules).map((name, i) => {
    const [of, short] = name.split(".");
    const text = of === wanted ? state.get(short) : null;
    if (text === null) return values[i];
    const { keys } = rules[name];
    return understood(keys ? (keys[Number(text)] ?? "") : text, rules[name]) ?? values[i];
  });
  key.click();
  // A tab's settings are made when it is opened, and only then tell of their changes.
  const made = { generate: "#sheet .digit", morph: "#player .strip canvas" }[wanted];
  for (let frame = 0; made && !document.querySelector(made) && frame < 300; frame++) {
    await new Promise(requestAnimationFrame);
  }
  return found;
}
