// What is typed stays in this browser until it is handed in: a closed tab loses nothing. It is offered
// when the form is opened again and never put in by itself.

const MOST = 3; // drafts that are kept
const UNSAID = new Set(["csrfmiddlewaretoken", "action", "keep"]);

// The fields of a form as they are kept; files and tokens are not.
export const pairsOf = (entries) => [...entries].filter(([name, value]) => typeof value === "string" && !UNSAID.has(name));

// What a draft says, without the fields of the ways that it is not written in.
export function meaning(pairs) {
  const way = pairs.find(([name]) => name === "way")?.[1];
  return JSON.stringify(pairs.filter(([name]) => name !== "source" || way !== "form"));
}

// The drafts with this one in front; the one that the same page wrote before is replaced.
export const added = (drafts, draft) => [draft, ...drafts.filter(({ page }) => page !== draft.page)].slice(0, MOST);

// The drafts that say something else than the form does.
export const different = (drafts, shown) => drafts.filter(({ pairs }) => meaning(pairs) !== meaning(shown));

export function keeper(form, restore) {
  const key = `overtake-draft-${form.dataset.draft}`;
  const page = `${Date.now()}-${Math.random()}`;
  const known = Boolean(form.dataset.draft);
  let [kept, timer, lost] = [false, 0, false];

  const shown = () => pairsOf(new FormData(form));
  function read() {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "[]");
    } catch {
      return [];
    }
  }
  function write(drafts) {
    try {
      if (drafts.length) localStorage.setItem(key, JSON.stringify(drafts));
      else localStorage.removeItem(key);
      lost = false;
    } catch {
      lost = true; // no room, or forbidden: then the browser asks before it leaves
    }
  }
  function save() {
    clearTimeout(timer);
    timer = 0;
    kept = true;
    write(added(read(), { page, at: new Date().toISOString(), pairs: shown() }));
  }
  // unlessKept: only if something was typed before, so that looking around keeps nothing
  function keep({ unlessKept = false } = {}) {
    if (!known || (unlessKept && !kept)) return;
    clearTimeout(timer);
    kept = true;
    timer = setTimeout(save, 300);
  }
  function forgetHandedIn() {
    const cookie = `handed_in=${form.dataset.competition}`;
    if (!document.cookie.split("; ").includes(cookie)) return;
    document.cookie = "handed_in=; max-age=0; path=/; samesite=lax";
    write([]);
  }
  function offer() {
    const notice = document.querySelector("#draft");
    if (!known || !notice) return;
    forgetHandedIn();
    const [first] = different(read(), shown());
    notice.hidden = !first;
    if (!first) return;
    const when = new Date(first.at);
    notice.querySelector("time").dateTime = first.at;
    notice.querySelector("time").textContent = when.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    const forget = () => write(read().filter((draft) => draft.page !== first.page));
    notice.querySelector("[data-take]").onclick = async () => {
      if (kept) save();
      await restore(first.pairs);
      forget();
      save();
      offer();
    };
    notice.querySelector("[data-forget]").onclick = () => {
      forget();
      offer();
    };
  }

  const leave = () => timer && save();
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  window.addEventListener("beforeunload", (event) => {
    leave();
    if (lost) event.preventDefault();
  });
  return { keep, offer };
}
