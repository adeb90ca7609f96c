"""Every screen of the product and each of its states, in one list: for pictures, for axe and for walks by keyboard.

`screens` has the list, `acts` what brings a page into a state, `places` the addresses in the demo, `looks` how
a page may look, `eyes` and `keyboard` what is asked of it, `examine` all of it at once.
`python -m tests.gallery FOLDER` takes the pictures.
"""
