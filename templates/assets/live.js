// Fetches the blocks beside an article, which are one file for the whole site, and puts each in its place.
// Without this script, or without the file, each place keeps its heading, which is a link to the list.
{
  const places = [...document.querySelectorAll(".awaited")];
  const same = (one, other) => one.dataset.block === other.dataset.block && one.dataset.theme === other.dataset.theme;

  // The whole blocks of a file, which may have been cut off; none of a page, as some hosts send for a file they lack.
  const blocksOf = (text) => {
    const file = new DOMParser().parseFromString(text.slice(0, text.lastIndexOf("</section>") + 10), "text/html");
    return file.doctype ? [] : [...file.querySelectorAll("[data-block]")];
  };

  const put = (blocks) => {
    const boxes = new Map(places.map((place) => [place, place.getBoundingClientRect()]));
    for (const [place, box] of boxes) {
      const block = blocks.find((block) => same(block, place));
      if (!block) {
        if (box.top > innerHeight) place.classList.remove("awaited"); // no room is kept where nobody sees it go
        continue;
      }
      if (box.bottom < innerHeight) block.classList.add(...place.classList); // what is seen below it stays where it is
      const focused = place.contains(document.activeElement);
      place.replaceWith(block);
      if (focused) block.querySelector("a").focus({ preventScroll: true });
    }
  };

  fetch(document.currentScript.dataset.fragment)
    .then((answer) => (answer.ok ? answer.text() : ""))
    .catch(() => "")
    .then((text) => put(blocksOf(text)));
}
