// For sites with `relative_dates: true`: dates of lists that are less than a day old say how long ago that was, and the
// day itself when the pointer rests on them. A page keeps its dates: what is relative is worked out where and when it
// is read, each minute again, so that no stored copy can grow false.

const DAY = 86_400_000, MINUTE = 60_000;
const days = new WeakMap();
const digits = text => /[٠-٩]/.test(text) ? "arab" : /[۰-۹]/.test(text) ? "arabext" : "latn";

const show = () => {
  const now = Date.now();
  for (const time of document.querySelectorAll(".facts time, .timeline time")) {
    // a day without its hour stands at midnight: how long ago it was is not known
    if (time.dateTime.includes("T00:00:00")) continue;
    if (!days.has(time)) days.set(time, time.textContent);
    const day = days.get(time), ago = now - Date.parse(time.dateTime), recent = ago >= 0 && ago < DAY;
    const minutes = Math.max(Math.floor(ago / MINUTE), 1);
    const words = () => new Intl.RelativeTimeFormat(`${document.documentElement.lang}-u-nu-${digits(day)}`, {numeric: "always"});
    const text = !recent ? day : minutes < 60 ? words().format(-minutes, "minute") : words().format(-Math.floor(minutes / 60), "hour");
    if (text === time.textContent) continue;
    time.textContent = text;
    recent ? time.title = day : time.removeAttribute("title");
  }
};

show();
setInterval(show, MINUTE);
// blocks that come later, as those of `fragments: live` do
new MutationObserver(show).observe(document.body, {childList: true, subtree: true});
