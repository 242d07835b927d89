/* Keys for people who decide all day. Every page works without this file.
 *
 * J and K move along the list (or to the next and previous case), Enter opens because the row's link has the focus, / goes
 * to the search box, Escape closes an explanation. Single letters can trouble people who speak to their computer, so they
 * can be switched off; the choice stays in this browser. */
"use strict";

(() => {
  const KEPT = "weiheng.keys";
  const links = [...document.querySelectorAll(".row-link")];

  function areOn() {
    try {
      return localStorage.getItem(KEPT) !== "off";
    } catch {
      return true; // storage is switched off: the keys are on
    }
  }

  function setOn(on) {
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      /* holds for this page only */
    }
  }

  function move(step) {
    const at = links.indexOf(document.activeElement.closest("tr")?.querySelector(".row-link"));
    const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
    if (links[next]) {
      links[next].focus();
      links[next].closest("tr").scrollIntoView({ block: "nearest" });
    }
  }

  function isTyping(target) {
    return target instanceof Element && target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.querySelectorAll(".hit").forEach((hit) => hit.classList.add("closed"));
      if (isTyping(event.target)) event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !areOn()) return;
    const key = event.key.toLowerCase();
    const link = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const search = document.getElementById("search");
    if (key === "/" && search) {
      search.focus();
      search.select();
    } else if (link) {
      link.click();
    } else if (links.length && (key === "j" || key === "k")) {
      move(key === "j" ? 1 : -1);
    } else {
      return;
    }
    event.preventDefault();
  });

  /* An explanation stands below its line; here it is moved under its own mark, as far as the box allows. */
  function place(hit) {
    const why = hit.querySelector(".why");
    const box = hit.closest(".whole, .segments").getBoundingClientRect();
    const mark = hit.querySelector("a").getClientRects()[0];
    const room = box.width - why.offsetWidth;
    why.style.left = `${Math.max(0, Math.min(mark.left - box.left, room))}px`;
  }

  document.querySelectorAll(".hit").forEach((hit) => {
    const open = () => {
      hit.classList.remove("closed");
      place(hit);
    };
    hit.addEventListener("mouseenter", open);
    hit.addEventListener("focusin", open);
  });

  /* The navigation is longer than a low window: the page one is on is brought into sight. */
  document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  /* A form that would be refused as too large is not sent, and stays as it was written. */
  const { uploadMax, uploadTold } = document.body.dataset;
  document.querySelectorAll("input[type=file]").forEach((field) => {
    field.addEventListener("change", () => {
      const total = [...field.files].reduce((sum, file) => sum + file.size, 0);
      field.setCustomValidity(total > Number(uploadMax) ? uploadTold : "");
      field.reportValidity();
    });
  });

  /* What goes on in the background is looked at again while somebody looks at it. */
  const goesOn = document.querySelector("[data-look-again]");
  if (goesOn) {
    const again = () => (document.hidden ? setTimeout(again, 1000) : location.reload());
    setTimeout(again, 1000 * goesOn.dataset.lookAgain);
  }

  const shown = document.querySelector("[data-keys-switch]");
  if (shown) {
    const say = () => {
      shown.textContent = areOn() ? shown.dataset.on : shown.dataset.off;
      shown.setAttribute("aria-pressed", String(areOn()));
    };
    shown.hidden = false;
    shown.addEventListener("click", () => {
      setOn(!areOn());
      say();
    });
    say();
  }
})();
