"""What every browser test shares: how Chromium is started, the windows, and what is asked of any page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

from tests.console import PASSWORD

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
    "--accept-lang=zh-CN",  # what Chromium reads where a context says nothing of its own
]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

# Every text against the first opaque ground behind it; what is below 4.5 to 1 (3 to 1 for large text) comes back.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const painted = new Map();  // a page has thousands of texts and a dozen colours
  const rgba = (colour) => {
    if (!painted.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      painted.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return painted.get(colour);
  };
  const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [r, g, b].map((v) => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = rgba(getComputedStyle(at).backgroundColor);
      if (found[3] > 250) return found;
    }
    return rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "#000" : "#fff");
  };
  const weak = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgba(style.color)), light(ground(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) weak.push(`${ratio.toFixed(2)} ${walk.currentNode.data.trim().slice(0, 30)}`);
  }
  return weak;
}"""
UNNAMED = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((e) => e.checkVisibility())
  .filter((e) => !(e.textContent.trim() || e.labels?.length || e.getAttribute("aria-label")))
  .map((e) => e.outerHTML)"""
DOUBLED = (
    """() => [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)"""
)

_COLOURS_ARE_THERE = "Promise.all(document.getAnimations().map((each) => each.finished))"  # they fade over

_AXE = Axe().axe_script
_RULES = '{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"]}'
_BUT_CONTRAST = _RULES.removesuffix("}") + ', rules: {"color-contrast": {enabled: false}}}'
_CONTRAST_ALONE = '{runOnly: {type: "rule", values: ["color-contrast"]}, resultTypes: ["violations"]}'
_BROKEN = """axe.run({exclude: ["[data-alike]"]}, %s).then((found) => found.violations.flatMap((rule) =>
  rule.nodes.map((node) =>
  `${rule.id}: ${node.target.join(" ")} ${node.failureSummary.split("\\n").slice(1).join(" ")}`)))"""

# A page with all rules has 16,000 elements, which take axe minutes, and is made of the same few things over and over:
# of children alike, axe is shown the first ones. Contrast, names and ids are looked at in all of them, above.
_MARK_ALIKE = """() => {
  if (document.querySelectorAll("*").length < 4000) return;
  for (const parent of document.querySelectorAll("main *")) {
    const seen = {};
    for (const child of parent.children) {
      const like = `${child.tagName} ${child.className}`;
      seen[like] = (seen[like] || 0) + 1;
      if (seen[like] > 6) child.dataset.alike = "";
    }
  }
}"""


def check_access(page, *, has_colours=True):
    """On a desk, WCAG 2.2 AA as far as axe can tell, in the window's colours; then whether the others can be read."""
    if page.viewport_size["width"] < DESK["width"]:
        return
    page.evaluate(_AXE)
    page.evaluate(_MARK_ALIKE)
    assert page.evaluate(_BROKEN % (_RULES if has_colours else _BUT_CONTRAST)) == [], page.url
    if not has_colours or page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"):
        return
    page.emulate_media(color_scheme="dark")
    page.evaluate(_COLOURS_ARE_THERE)
    assert page.evaluate(CONTRAST) == [], page.url
    assert page.evaluate(_BROKEN % _CONTRAST_ALONE) == [], page.url
    page.emulate_media(color_scheme="light")


def check_page(page, language="zh-CN", *, has_colours=True):
    """It fits its window, every text can be read, every control has a name, no id is there twice, axe finds nothing.

    Without ``has_colours`` axe is not asked about them, which takes it longest: in another language they are the same.
    """
    page.wait_for_load_state("load")  # before its style sheets have come, a page has other colours
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    assert page.evaluate(CONTRAST) == [], page.url
    assert page.evaluate(UNNAMED) == [], page.url
    assert page.evaluate(DOUBLED) == [], page.url
    assert page.evaluate("document.documentElement.lang") == language
    check_access(page, has_colours=has_colours)


def sign_in(page, console):
    """Sign the usual officer in at the console of that address."""
    page.goto(f"{console}/sign-in")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state()


def check_page_everywhere(page, windows=((DESK, "light"), (PHONE, "light"), (PHONE, "dark"))):
    """The same in several windows and colours, without loading it for each; a desk in light looks at dark by itself."""
    for viewport, scheme in windows:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        page.evaluate(_COLOURS_ARE_THERE)
        check_page(page)
