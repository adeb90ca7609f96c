"""Addresses below `/<workspace>/`: nouns, and what is done to them by their verb."""

from django.urls import include, path

from harken.desk import assigning, mentions, moving, paper, searching, views
from harken.desk.composing import drafts, files
from harken.desk.inbox import acting, keeping
from harken.desk.inbox import pages as inbox
from harken.desk.lock.views import lock
from harken.desk.presence import views as presence
from harken.desk.previews import views as previews
from harken.desk.tags import views as tags

app_name = "desk"

urlpatterns = [
    path("", views.home, name="home"),
    path("keys/", views.keys, name="keys"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/troubles/", inbox.troubles, name="troubles"),
    path("inbox/held/", inbox.held, name="held"),
    path("inbox/rows/", inbox.rows, name="rows"),
    path("inbox/acts/", acting.acts, name="acts"),
    path("inbox/acts/<int:action_id>/", acting.act, name="act"),
    path("inbox/colleagues/", assigning.colleagues, name="colleagues"),
    path("colleagues/", mentions.mentionable, name="mentionable"),
    path("colleagues/called/", mentions.called, name="called"),
    path("views/", keeping.saved_views, name="saved_views"),
    path("views/<int:view_id>/", keeping.saved_view, name="saved_view"),
    path("views/<int:view_id>/removal", keeping.removal, name="removal"),
    path("tickets/<int:number>/assignee", assigning.assignee, name="assignee"),
    path("search/", searching.search, name="search"),
    path("tickets/<int:number>/", views.ticket, name="ticket"),
    path("tickets/<int:number>/tags/", tags.on_ticket, name="ticket-tags"),
    path("tags/", tags.known, name="tags-known"),
    path("settings/tags/", tags.settings, name="tags"),
    path("settings/tags/<int:tag_id>/", tags.one, name="tag"),
    path("tickets/<int:number>/paper/", paper.paper, name="paper"),
    path("tickets/<int:number>/messages/", views.messages, name="messages"),
    path("tickets/<int:number>/composer", views.composer, name="composer"),
    path("tickets/<int:number>/draft", drafts.draft, name="draft"),
    path("here/", presence.everybody, name="here"),
    path("tickets/<int:number>/lock", lock, name="lock"),
    path("tickets/<int:number>/readers", presence.reading, name="readers"),
    path("tickets/<int:number>/draft/place", drafts.draft_place, name="draft_place"),
    path("tickets/<int:number>/draft/files/", files.draft_files, name="draft_files"),
    path("tickets/<int:number>/draft/files/<int:file_id>", files.draft_file, name="draft_file"),
    path("tickets/<int:number>/closure", views.closure, name="closure"),
    path("messages/<int:message_id>/body", views.body, name="body"),
    path("messages/<int:message_id>/place", moving.place, name="place"),
    path("messages/<int:message_id>/deliveries/", views.deliveries, name="deliveries"),
    path("files/<int:attachment_id>/", previews.preview, name="preview"),
    path("files/<int:attachment_id>/pages/<int:number>.png", previews.page, name="preview-page"),
    path("", include("harken.desk.own.urls")),
    path("", include("harken.desk.sending.urls")),
    path("", include("harken.desk.people.urls")),
    path("", include("harken.desk.beginning.urls")),
    path("", include("harken.desk.room.urls")),
    path("", include("harken.desk.replies.urls")),
    path("", include("harken.desk.states.urls")),
    path("", include("harken.desk.settings.urls")),
]
