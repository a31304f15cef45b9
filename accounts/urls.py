"""Addresses of the accounts room: people, organisations, grants, the audit trail."""

from django.urls import path, re_path

from accounts.views import (
    audit,
    coverage,
    findings,
    givers,
    grants,
    organisations,
    readiness,
    second_person,
    session,
    tokens,
    users,
)

urlpatterns = [
    re_path(
        r"^account/(email|confirm-email|password/reset|password/set|login/code)/",
        session.closed_door,
        name="closed_door",
    ),
    path("office/membership/switch/", session.switch_membership, name="switch_membership"),
    path("office/organisations/", organisations.listing, name="organisations"),
    path("office/organisations/new/", organisations.new, name="organisation_new"),
    path("office/organisations/<id:pk>/", organisations.show, name="organisation"),
    path("office/organisations/<id:pk>/change/", organisations.change, name="organisation_change"),
    path("office/organisations/<id:pk>/switch/", organisations.switch, name="organisation_switch"),
    path("office/organisations/<id:pk>/memberships/", organisations.add_membership, name="membership_new"),
    path("office/organisations/<id:pk>/users/new/", users.new, name="user_new"),
    path("office/users/", users.listing, name="users"),
    path("office/users/<id:pk>/", users.show, name="user"),
    path("office/users/<id:pk>/opened/", users.opened, name="user_opened"),
    path("office/users/<id:pk>/<slug:name>/", users.act, name="user_act"),
    path("office/memberships/<id:pk>/end/", users.membership_end, name="membership_end"),
    path("office/grants/", grants.listing, name="grants"),
    path("office/grants/new/", grants.new, name="grant_new"),
    path("office/grants/tree/", givers.tree, name="grant_tree"),
    path("office/grants/<slug:holder_kind>/<id:pk>/revoke/", grants.take_back, name="grant_revoke"),
    path("office/confirmations/", second_person.listing, name="second_person"),
    path("office/confirmations/<slug:kind>/<id:pk>/<slug:name>/", second_person.answer, name="second_person_answer"),
    path("office/coverage/", coverage.gaps, name="coverage"),
    path("office/tokens/", tokens.listing, name="tokens"),
    path("office/tokens/<id:pk>/revoke/", tokens.revoke, name="token_revoke"),
    path("office/audit/", audit.listing, name="audit"),
    path("office/audit/verify/", audit.check, name="audit_verify"),
    path("office/audit/digests/", audit.digests, name="digests"),
    path("office/audit/digests/<id:pk>/", audit.digest_page, name="digest"),
    path("office/audit/digests/<id:pk>/file/", audit.digest_file, name="digest_file"),
    path("office/findings/", findings.listing, name="findings"),
    path("office/readiness/", readiness.show, name="readiness"),
]
