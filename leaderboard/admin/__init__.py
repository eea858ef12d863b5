"""What organisers do: competitions, the queue, reruns, and letting people back in."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

# each registers what it is for
from leaderboard.admin import competitions, gradings, machines, people, quotas

__all__ = ["competitions", "gradings", "machines", "people", "quotas"]

admin.site.site_header = admin.site.site_title = "Overtake: organisers"
admin.site.index_title = "Competitions and gradings"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
