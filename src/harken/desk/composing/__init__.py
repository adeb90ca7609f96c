"""The composer: what stands in it, its draft on the server, its files, and sending.

A page shows one with `{% include "desk/composing/_composer.html" %}` and `composer` from `composer_for`; nothing in it
is known by an id that another composer on the same page could have.
"""
