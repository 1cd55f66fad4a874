"""The channels' addresses."""

from django.urls import path

from messaging import file_views, many_views, views

urlpatterns = [
    path("channels/", views.channels_page, name="channels"),
    path("channels/new/", views.new_channel_page, name="channel-new"),
    path("channels/<str:channel_id>/", views.channel_page, name="channel"),
    path("handover/", views.handover_page, name="handover"),
    path("api/channels", views.channels, name="api-channels"),
    path("api/channels/shared", many_views.shared, name="api-channels-shared"),
    path("api/channels/read", many_views.read, name="api-channels-read"),
    path("api/channels/batch", many_views.batch, name="api-channels-batch"),
    path("api/channels/<str:channel_id>", views.channel, name="api-channel"),
    path("api/channels/<str:channel_id>/events", views.events, name="api-channel-events"),
    path("api/channels/<str:channel_id>/ids", views.ids, name="api-channel-ids"),
    path("api/channels/<str:channel_id>/headers", views.headers, name="api-channel-headers"),
    path("api/channels/<str:channel_id>/files/<str:file_id>", file_views.file, name="api-channel-file"),
    path("api/channels/<str:channel_id>/files/<str:file_id>/<int:index>", file_views.part, name="api-channel-file-part"),
    path("api/channels/<str:channel_id>/receipt", views.receipt, name="api-channel-receipt"),
]
