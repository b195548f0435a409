"""Pages for people: how they look, in which languages they speak, and what a browser may do with them.

templates/    HTML, by Jinja2; everything put into it is escaped
catalogues/   the words in Kazakh and Russian; the English ones stand in the templates themselves
assets/       one style sheet, and a few small scripts without which every page works too
"""
