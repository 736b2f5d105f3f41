"use strict";
(() => {
  const box = document.getElementById("q");
  const found = document.getElementById("found");
  const texts = (selector) =>
    Array.from(document.querySelectorAll(selector), (it) => [it, it.textContent.toLowerCase()]);
  const rows = texts("tbody tr");
  const cases = texts(".case");
  const cells = texts(".cell");
  const groups = Array.from(document.querySelectorAll(".group"));

  const show = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text) => words.every((word) => text.includes(word));
    let count = 0;
    for (const [row, text] of rows) {
      row.hidden = !fits(text);
      count += !row.hidden;
    }
    for (const [it, text] of cases) it.hidden = !fits(text);
    for (const group of groups) group.hidden = !group.querySelector(".case:not([hidden])");
    for (const [cell, text] of cells) cell.classList.toggle("off", !fits(text));
    document.body.classList.toggle("searching", words.length > 0);
    found.value = words.length ? `${count} of ${rows.length} attachments` : "";
  };
  const search = (query) => {
    box.value = query;
    show();
  };
  const follow = () => {
    if (!location.hash.startsWith("#q=")) return;
    try {
      search(decodeURIComponent(location.hash.slice(3)));
    } catch {
      search(location.hash.slice(3));
    }
  };
  const keep = () => history.replaceState(null, "", `#q=${encodeURIComponent(box.value)}`);

  box.addEventListener("input", () => {
    show();
    keep();
  });
  box.form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    const id = cell && cell.textContent.match(/\b(?:i|eni)-[0-9a-f]+/);
    if (!id) return;
    search(id[0]);
    keep();
  });
  addEventListener("hashchange", follow);
  document.getElementById("search").hidden = false;
  follow();
})();
