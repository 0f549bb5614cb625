"""Sphinx's configuration of the site; `build.py` puts its sources together."""

project = "Learning-rate schedules"
extensions = ["myst_nb"]
html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"type": "module"})]
html_context = {"default_mode": "auto"}
html_copy_source = html_show_sourcelink = False
html_theme_options = {
    "show_toc_level": 2, "use_download_button": False, "use_fullscreen_button": False,
    "search_bar_text": "Search the course", "home_page_in_toc": True,
    "footer_content_items": [], "navbar_persistent": [],  # one search: beside the contents
}  # fmt: skip
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_code_prompt_show, nb_code_prompt_hide = "Show the code that draws it", "Hide the code"
nb_mime_priority_overrides = [("html", "text/html", 1)]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
myst_title_to_header = False
mathjax_path = "mathjax/tex-chtml.js"
suppress_warnings = ["myst.header"]  # a notebook begins its parts at any level

