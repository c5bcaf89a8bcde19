// Search of a published site, in the browser. The index is made of scripts, for a page opened from a file may not fetch.
"use strict";
(() => {
  const BASE = new URL("../search/", document.currentScript.src);
  const FIELDS = { topic: "Topic", country: "Country", lang: "Language", site: "Outlet", year: "Year" };
  const OTHER_SHARDS = 64;
  const A_PAGE = 20;
  const MOST_PREFIXED = 400;
  const UNBROKEN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af" +
    "\u3005-\u303f\u{20000}-\u{3ffff}";
  const ALONE = new RegExp(`[${UNBROKEN}]`, "u");
  const loaded = new Map();
  const waiting = new Map();

  window.fivegwatchLoaded = (name, content) => loaded.set(name, content);

  /** The content of a file of the index; an empty object when there is no such file. */
  function load(name) {
    if (loaded.has(name)) return Promise.resolve(loaded.get(name));
    if (!waiting.has(name)) {
      waiting.set(name, new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = new URL(`${name}.js`, BASE).href;
        script.onload = () => resolve(loaded.get(name) || {});
        script.onerror = () => resolve({});
        document.head.append(script);
      }));
    }
    return waiting.get(name);
  }

  /** The same tokens as `desk/site/search_tokens.py` makes. */
  function tokensOf(text) {
    const folded = text.normalize("NFKC").toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
    const tokens = [];
    for (const [run] of folded.matchAll(/[\p{L}\p{N}]+/gu)) {
      let word = "";
      for (const character of run) {
        if (ALONE.test(character)) {
          if (word) tokens.push(word);
          tokens.push(character);
          word = "";
        } else word += character;
      }
      if (word) tokens.push(word);
    }
    return tokens;
  }

  function shardOf(token) {
    const first = token.slice(0, 2);
    return /^[a-z0-9]+$/.test(first) ? `words-${first}` : `words-x${token.codePointAt(0) % OTHER_SHARDS}`;
  }

  function decode(text) {
    let last = 0;
    return (text || "").split(" ").filter(Boolean).map((part) => (last = part[0] === "=" ? parseInt(part.slice(1), 36) : last + parseInt(part, 36)));
  }

  /** What the reader typed: groups of alternatives, each to be met or not. */
  function parse(text) {
    const groups = [];
    let either = false;
    for (const [, minus, title, quoted, word] of text.matchAll(/(-?)(title:)?(?:["“„«]([^"”“»]*)["”“»]?|(\S+))/gu)) {
      if (word === "OR" && !title) { either = groups.length > 0; continue; }
      const prefix = Boolean(word && word.endsWith("*"));
      const tokens = tokensOf(quoted ?? word);
      if (!tokens.length) continue;
      const one = { tokens, prefix, title: Boolean(title) };
      if (either) groups[groups.length - 1].any.push(one);
      else groups.push({ any: [one], not: Boolean(minus) });
      either = false;
    }
    return groups;
  }

  async function storiesWith(token, prefix, title) {
    const names = [shardOf(token)];
    if (prefix && /^[a-z0-9]$/.test(token)) for (const next of "abcdefghijklmnopqrstuvwxyz0123456789") names.push(`words-${token}${next}`);
    const key = (title ? "^" : "") + token;
    const found = new Set();
    for (const name of names) {
      const shard = await load(name);
      const keys = prefix ? Object.keys(shard).filter((one) => one.startsWith(key)).slice(0, MOST_PREFIXED) : [key];
      for (const one of keys) if (Object.hasOwn(shard, one)) decode(shard[one]).forEach((number) => found.add(number));
    }
    return found;
  }

  async function matches(one) {
    let all = null;
    for (const [at, token] of one.tokens.entries()) {
      const some = await storiesWith(token, one.prefix && at === one.tokens.length - 1, one.title);
      all = all === null ? some : new Set([...all].filter((number) => some.has(number)));
    }
    return all;
  }

  /** The stories that meet every group, each with its points: one for a headline that has the words. */
  async function hitsOf(groups, rows) {
    let points = null;
    for (const group of groups) {
      const some = new Map();
      for (const one of group.any) {
        for (const number of await matches(one)) some.set(number, some.get(number) || 0);
        for (const number of await matches({ ...one, title: true })) some.set(number, 1);
      }
      if (group.not) {
        points ??= new Map([...rows.keys()].map((number) => [number, 0]));
        for (const number of some.keys()) points.delete(number);
      } else if (points === null) points = some;
      else points = new Map([...points].filter(([number]) => some.has(number)).map(([number, sum]) => [number, sum + some.get(number)]));
    }
    return points ?? new Map([...rows.keys()].map((number) => [number, 0]));
  }

  function attributesOf(row, values) {
    const of = (list, field) => list.map((at) => values[field][at][0].toLowerCase());
    return { day: row[0], year: [row[0].slice(0, 4)].filter(Boolean), lang: of(row[1], "lang"), site: of(row[2], "site"), topic: of(row[3], "topic"), country: of(row[4], "country") };
  }

  function node(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function addressWith(state, changes) {
    const next = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...state, page: "", ...changes })) if (value) next.set(name, value);
    return `?${next}`;
  }

  async function show() {
    const state = Object.fromEntries(new URLSearchParams(location.search));
    const form = document.getElementById("search-form");
    for (const name of ["q", "after", "before", "order"]) form.elements[name].value = state[name] || "";
    for (const name of Object.keys(FIELDS)) if (state[name]) form.append(node("input", { type: "hidden", name, value: state[name] }));
    const head = document.getElementById("find");
    if (head) head.value = state.q || "";
    const { values, rows, heads } = await load("stories");
    const label = (field, value) => field === "year" ? value : (values[field].find(([one]) => one.toLowerCase() === value) || [value, value])[1];
    const chosen = Object.keys(FIELDS).filter((field) => state[field]);
    const text = [state.q || "", ...chosen.map((field) => label(field, state[field].toLowerCase()))].filter(Boolean).join(" · ");
    if (text) document.title = `${text} · fivegwatch`;
    const known = new Map(rows.map((row, number) => [number, row]).filter(([, row]) => row).map(([number, row]) => [number, attributesOf(row, values)]));
    let hits = [...await hitsOf(parse(state.q || ""), known)].filter(([number]) => known.has(number));
    hits = hits.filter(([number]) => {
      const story = known.get(number);
      return chosen.every((field) => story[field].includes(state[field].toLowerCase())) &&
        (!state.after || story.day >= state.after) && (!state.before || (story.day && story.day < state.before));
    });
    const newest = (a, b) => known.get(b[0]).day.localeCompare(known.get(a[0]).day) || a[0] - b[0];
    hits.sort(state.order === "newest" ? newest : (a, b) => b[1] - a[1] || newest(a, b));
    document.getElementById("hits").textContent = hits.length === 1 ? "1 hit" : `${hits.length.toLocaleString("en")} hits`;
    showChosen(state, chosen, label);
    showFacets(state, hits, known, label);
    await showHits(state, hits, known, heads, label);
    document.body.dataset.searched = "yes";
  }

  function showChosen(state, chosen, label) {
    document.getElementById("search-chosen").replaceChildren(...chosen.map((field) => node("a", { class: "chip chosen", href: addressWith(state, { [field]: "" }) },
      node("span", { class: "hidden" }, "Remove the filter "), `${FIELDS[field]}: ${label(field, state[field].toLowerCase())} `, node("span", { "aria-hidden": "true" }, "×"))));
  }

  function showFacets(state, hits, known, label) {
    const parts = Object.entries(FIELDS).map(([field, name]) => {
      const counts = new Map();
      for (const [number] of hits) for (const value of known.get(number)[field]) counts.set(value, (counts.get(value) || 0) + 1);
      const most = [...counts].sort((a, b) => field === "year" ? b[0].localeCompare(a[0]) : b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, 15);
      const items = most.map(([value, count]) => {
        const set = (state[field] || "").toLowerCase() === value;
        return node("li", {}, node("a", { href: addressWith(state, { [field]: set ? "" : value }), "aria-current": set ? "true" : "" }, label(field, value)),
          node("span", { class: "number" }, count.toLocaleString("en")));
      });
      return items.length ? node("details", { open: ["topic", "country", "year"].includes(field) || state[field] ? "open" : "" }, node("summary", {}, name), node("ul", {}, ...items)) : "";
    });
    document.getElementById("search-facets").replaceChildren(...parts);
  }

  async function showHits(state, hits, known, heads, label) {
    const pages = Math.max(1, Math.ceil(hits.length / A_PAGE));
    const page = Math.min(pages, Math.max(1, Number.parseInt(state.page, 10) || 1));
    const shown = hits.slice((page - 1) * A_PAGE, page * A_PAGE);
    const files = await Promise.all(shown.map(([number]) => load(`heads-${Math.floor(number / heads)}`)));
    const items = shown.map(([number], at) => {
      const [id, title, beginning] = files[at][number] || ["", "(not in the index)", ""];
      const story = known.get(number);
      const lang = story.lang[0] || "";
      return node("li", {},
        node("p", { class: "meta" }, [story.day || "undated", ...story.site, ...story.lang.map((value) => label("lang", value))].join(" · ")),
        node("h3", {}, node("a", { href: `story/${id}.html` }, node("bdi", { lang, dir: "auto" }, title || "(no headline)"))),
        node("p", { class: "snippet", lang, dir: "auto" }, beginning ? `${beginning}…` : ""));
    });
    document.getElementById("search-hits").replaceChildren(...items);
    const turn = [];
    if (page > 1) turn.push(node("a", { href: addressWith(state, { page: page - 1 }), rel: "prev" }, "Previous"));
    if (pages > 1) turn.push(` Page ${page} of ${pages} `);
    if (page < pages) turn.push(node("a", { href: addressWith(state, { page: page + 1 }), rel: "next" }, "Next"));
    document.getElementById("search-turn").replaceChildren(...turn);
  }

  show();
})();
