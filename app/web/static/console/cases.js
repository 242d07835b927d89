/* Deciding by keys, drafts that are kept while they are written, and a page that notices when it is stale.
 *
 * A and V choose a verdict and go to what is still missing: the reason, or the field its button names (`data-needs`: the
 * policy of a violation, the ground of a refusal, an amount); with everything there, or with Ctrl+Enter, it is sent. Every deed is an ordinary form, so all of this works without the file, only slower. */
"use strict";

(() => {
  const form = document.getElementById("decide");
  const reason = document.getElementById("reason");
  const told = document.querySelector("[data-chosen]");
  const note = document.querySelector("[data-note]");
  const dialog = document.querySelector("[data-keys-dialog]");
  let chosen = null;

  const keysAreOn = () => {
    try {
      return localStorage.getItem("weiheng.keys") !== "off";
    } catch {
      return true;
    }
  };
  const isTyping = (target) =>
    target instanceof Element && target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;

  const needed = (button) => document.getElementById(button.dataset.needs ?? "");

  function sayChosen() {
    const field = chosen && needed(chosen);
    const value = field?.value && (field.selectedOptions?.[0].textContent.trim() ?? field.value);
    if (chosen) told.textContent = [chosen.textContent.trim().replace(/\s+[AV]$/, ""), value, "Ctrl+Enter"].filter(Boolean).join(" · ");
  }

  function send(button) {
    const field = needed(button);
    if (field && !field.value.trim()) field.focus();
    else form.requestSubmit(button);
  }

  function choose(button) {
    chosen = button;
    form.querySelectorAll("[data-verdict]").forEach((each) => each.classList.toggle("chosen", each === button));
    sayChosen();
    if (!reason.value.trim()) reason.focus();
    else send(button);
  }
  form?.addEventListener("change", sayChosen);

  document.addEventListener("keydown", (event) => {
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("#decide") && chosen) {
      event.preventDefault();
      send(chosen);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !keysAreOn()) return;
    const key = event.key.toLowerCase();
    if (key === "?" && dialog) {
      dialog.showModal();
    } else if (form && form.querySelector(`[data-verdict="${CSS.escape(key)}"]`)) {
      choose(form.querySelector(`[data-verdict="${CSS.escape(key)}"]`));
    } else if (key === "x" && document.activeElement.closest("tr")) {
      document.activeElement.closest("tr").querySelector("[data-choose]")?.click();
    } else if (key === "n" && note) {
      note.focus();
    } else if (key === "e" || key === "r") {
      const summary = document.querySelector(`summary[data-key="${key}"]`);
      if (!summary) return;
      summary.parentElement.open = true;
      summary.parentElement.querySelector("input:not([type=hidden]), textarea").focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.querySelectorAll("[data-phrase]").forEach((button) => {
    button.addEventListener("click", () => {
      reason.value = reason.value.trim() ? `${reason.value.trim()}；${button.dataset.phrase}` : button.dataset.phrase;
      const policy = document.getElementById("policy");
      if (policy && !policy.value && button.dataset.policy) {
        policy.value = button.dataset.policy;
      }
      reason.focus();
    });
  });

  /* a draft goes to the server a moment after the last key, so that it is there after a reload and on another screen */
  const draftForm = document.querySelector("[data-draft]");
  if (draftForm && note) {
    const kept = draftForm.querySelector("[data-draft-told]");
    let timer = null;
    const keep = async () => {
      const body = new URLSearchParams({ csrf_token: draftForm.elements.csrf_token.value, text: note.value });
      try {
        const answer = await fetch(draftForm.dataset.draft, { method: "POST", body });
        if (answer.ok) kept.textContent = draftForm.dataset.kept;
      } catch {
        kept.textContent = "";
      }
    };
    note.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 600);
    });
  }

  /* an address that is sent on: selected, and in the clipboard */
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const field = button.parentElement.querySelector("input");
    button.hidden = false;
    button.addEventListener("click", () => {
      field.select();
      if (document.execCommand("copy")) button.textContent = button.dataset.copied;
    });
  });

  /* many at once */
  const boxes = [...document.querySelectorAll("[data-choose]")];
  const all = document.querySelector("[data-choose-all]");
  const count = document.querySelector("[data-chosen-count]");
  if (boxes.length && count) {
    const say = () => {
      const chosenBoxes = boxes.filter((box) => box.checked).length;
      count.querySelector("b").textContent = String(chosenBoxes);
      if (all) all.checked = chosenBoxes === boxes.length;
    };
    count.hidden = false;
    boxes.forEach((box) => box.addEventListener("change", say));
    if (all) {
      all.hidden = false;
      all.addEventListener("change", () => {
        boxes.forEach((box) => { box.checked = all.checked; });
        say();
      });
    }
    say();
  }

  /* one cheap question every fifteen seconds while the page is looked at; 304 while nothing has changed */
  const pulsing = document.querySelector("[data-pulse]");
  if (pulsing) {
    const stale = document.querySelector("[data-stale]");
    const look = async () => {
      if (document.hidden) return;
      let said;
      try {
        const answer = await fetch(pulsing.dataset.pulse, { cache: "no-cache" });
        if (!answer.ok) return;
        said = await answer.json();
      } catch {
        return;
      }
      document.querySelectorAll("[data-count]").forEach((place) => {
        const number = said[place.dataset.count];
        place.textContent = number > 10000 ? "10,000+" : number.toLocaleString("en-US");
      });
      if (stale && said.stamp !== undefined && String(said.stamp) !== pulsing.dataset.stamp) {
        stale.querySelector("[data-stale-text]").textContent = said.told;
        stale.hidden = false;
      }
    };
    setInterval(look, 15000);
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
  }
})();
