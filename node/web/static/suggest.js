// Suggestions while somebody types: a combobox with a list (WAI-ARIA Authoring Practices, "list
// autocomplete with manual selection"). Nothing depends on it: without it the form searches.
for (const input of document.querySelectorAll("input[data-suggest]")) listen(input);

function make(tag, className, attributes = {}) {
  const made = Object.assign(document.createElement(tag), { className });
  set(made, attributes);
  return made;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function listen(input) {
  const kinds = JSON.parse(input.dataset.suggest);
  const list = make("ul", "suggestions", { role: "listbox", "aria-label": input.dataset.named });
  const told = make("p", "unseen", { role: "status" });
  let options = [];
  let at = -1;
  let timer;
  let asking;

  list.id = "suggestions";
  input.after(list, told);
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id });
  show([]);

  const later = () => (timer = setTimeout(ask, 150));
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    asking?.abort();
    show([]);
    if (!event.isComposing) later();
  });
  input.addEventListener("compositionend", later);
  input.addEventListener("blur", () => show([]));
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    // The place before the first option is the field itself.
    const places = options.length + 1;
    if (step && places > 1) point(((at + 1 + step + places) % places) - 1);
    else if (key === "ArrowDown") ask();
    else if (key === "Enter" && at >= 0) choose(at);
    else if (key === "Escape" && places > 1) show([]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const number = options.indexOf(event.target.closest("li"));
    if (number >= 0) choose(number);
  });

  async function ask() {
    const q = input.value.trim();
    if (q.length < 2) return;
    asking = new AbortController();
    try {
      const address = `/api/v1/suggest?${new URLSearchParams({ q, limit: 12 })}`;
      const answer = await fetch(address, { signal: asking.signal });
      if (answer.ok && document.activeElement === input) show((await answer.json()).items);
    } catch {
      show([]); // the form still searches
    }
  }

  function show(items) {
    const seen = new Set();
    const wanted = ({ kind, text }) => kinds[kind] && !seen.has(text) && seen.add(text);
    options = items.filter(wanted).slice(0, 8).map(optionOf);
    list.replaceChildren(...options);
    list.hidden = !options.length;
    set(input, { "aria-expanded": !list.hidden });
    told.textContent = options.length ? `${input.dataset.found} ${options.length}` : "";
    point(-1);
  }

  function optionOf({ kind, text, language }, number) {
    const option = make("li", "", { role: "option", id: `${list.id}-${number}` });
    const words = make("span", "", { dir: "auto", lang: language === "und" ? "" : language });
    const what = make("span", "suggestion-kind");
    words.textContent = text;
    what.textContent = kinds[kind];
    option.append(words, " ", what);
    return option;
  }

  function point(number) {
    at = number;
    options.forEach((option, place) => set(option, { "aria-selected": place === at }));
    options[at]?.scrollIntoView({ block: "nearest" });
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else set(input, { "aria-activedescendant": options[at].id });
  }

  function choose(number) {
    input.value = options[number].firstChild.textContent;
    show([]);
    input.form.requestSubmit();
  }
}
