// Fetches the blocks beside an article, which are one file for the whole site, and puts each in its place.
// Without this script, or without the file, each place keeps its heading, a link to the list.
const places = [...document.querySelectorAll("[data-fragment]")];
const same = (one, other) => one.dataset.block === other.dataset.block && one.dataset.theme === other.dataset.theme;
for (const url of new Set(places.map((place) => place.dataset.fragment))) {
  fetch(url)
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then((text) => {
      const blocks = [...new DOMParser().parseFromString(text, "text/html").querySelectorAll("[data-block]")];
      for (const place of places.filter((place) => place.dataset.fragment === url)) {
        const block = blocks.find((block) => same(block, place));
        if (!block) continue;
        block.classList.add(...place.classList); // its room stays reserved: nothing below it moves
        place.replaceWith(block);
      }
    })
    .catch(() => {});
}
