// The search box of every page: `/` leads to it, and what searches is fetched when a reader comes to it, before there are words.
// On the page of an address that is not there it holds that address's words.
{
  const find = () => document.querySelector("form[role=search] input[name=q]");
  addEventListener("keydown", event => {
    const box = find();
    const busy = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || !box || busy || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  const box = find();
  box?.addEventListener("focus", async () => {
    const {base, script} = box.form.dataset, coming = path => fetch(base + path).catch(() => 0);
    if (!script) return;
    fetch(script).catch(() => 0);
    const head = await coming("search/index.json").then(answer => answer.json()).catch(() => ({}));
    if (head.language) coming(head.language);
    if (head.frozen) coming(`search/${head.frozen}/directory.json`);
  }, {once: true});
  if (document.body.classList.contains("page-missing") && box?.form.dataset.base) {
    // The last part of the address that has letters: folders name themes, not what was looked for.
    let words = location.pathname.slice(box.form.dataset.base.length - 1);
    try { words = decodeURIComponent(words); } catch { /* not one of ours */ }
    words = words.replace(/(index)?\.html?$/, "").split("/").findLast(part => /\p{L}/u.test(part)) || "";
    box.value = words.replace(/[^\p{L}\p{M}\p{N}]+/gu, " ").trim().slice(0, 100);
  }
}
