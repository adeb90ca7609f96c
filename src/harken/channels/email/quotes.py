def visible_text(text, known=()):
    return text
