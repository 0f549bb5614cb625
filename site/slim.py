"""The theme's icons without those that no page shows: they are a third of a page's weight."""

import re

# name:[width, height, [aliases], "code", "path"], as Font Awesome's script writes them
ICON = re.compile(r'"?([\w-]+)"?:\[\d+,\d+,\[[^\]]*\],"[0-9a-f]+",(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?')
SHOWN = re.compile(r"\bfa-([a-z0-9-]+)")


def icons(out):
    """Keep in the site `out` the icons that its pages, and the theme's own scripts, name."""
    scripts = out / "_static/scripts"
    place = scripts / "fontawesome.js"
    named = [path for path in [*out.glob("*.html"), *scripts.glob("*.js")] if path != place]
    kept = {name for path in named for name in SHOWN.findall(path.read_text())}
    text = place.read_text()
    place.write_text(ICON.sub(lambda found: found[0] if found[1] in kept else "", text))
    for rest in scripts.glob("*.map"):
        rest.unlink()
