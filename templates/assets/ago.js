// For sites with `relative_dates: true`: dates of lists that are less than a day old say how long ago that was, and the
// day itself when the pointer rests on them. A page keeps its dates: what is relative is worked out where and when it
// is read, each minute again, so that no stored copy can grow false.

const DAY = 86_400_000, MINUTE = 60_000;
const digits = text => /[٠-٩]/.test(text) ? "arab" : /[۰-۹]/.test(text) ? "arabext" : "latn";

const dates = [...document.querySelectorAll(".facts time, .timeline time")]
  // a day without its hour stands at midnight: how long ago it was is not known
  .filter(time => !time.dateTime.includes("T00:00:00"))
  .map(time => ({time, at: Date.parse(time.dateTime), text: time.textContent}));

const show = () => {
  const now = Date.now();
  for (const {time, at, text} of dates) {
    const minutes = Math.max(Math.floor((now - at) / MINUTE), 1), recent = now >= at && now - at < DAY;
    if (recent) {
      const words = new Intl.RelativeTimeFormat(`${document.documentElement.lang}-u-nu-${digits(text)}`, {numeric: "always"});
      time.textContent = minutes < 60 ? words.format(-minutes, "minute") : words.format(-Math.floor(minutes / 60), "hour");
      time.title = text;
    } else if (time.title) {
      time.textContent = text;
      time.removeAttribute("title");
    }
  }
};

if (dates.some(date => Math.abs(Date.now() - date.at) < DAY)) {
  show();
  setInterval(show, MINUTE);
}
