"""django-oauth-toolkit as an authorization server for the proofs, in one file.

    python django_oauth_toolkit.py prepare     makes the database, the client and the users
    gunicorn django_oauth_toolkit:application  serves it; /o/token/ is the token endpoint

Settings come from the environment: TESSERA_DATABASE (a file), TESSERA_LOG and TESSERA_LOG_KEY (see wire_log.py),
TESSERA_LIFETIME (seconds of an access token), TESSERA_GRACE (seconds), TESSERA_BUSY (seconds that SQLite waits for a
lock: little makes "database is locked" a natural fault), TESSERA_CLIENT_SECRET and TESSERA_PASSWORD.
"""

import os
import sys

import django
from django.conf import settings

settings.configure(
    DEBUG=False,
    SECRET_KEY="only-for-proofs-" + "0" * 40,
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["TESSERA_DATABASE"],
            "OPTIONS": {"timeout": float(os.environ.get("TESSERA_BUSY", "5"))},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # quick; the passwords are random
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": int(os.environ.get("TESSERA_LIFETIME", "3600")),
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": int(os.environ.get("TESSERA_GRACE", "0")),
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "SCOPES": {"read": "read"},
    },
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]


def prepare(users):
    from django.contrib.auth.models import User
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    Application.objects.create(
        name="proof", client_id="proof", client_secret=os.environ["TESSERA_CLIENT_SECRET"],
        client_type=Application.CLIENT_CONFIDENTIAL, authorization_grant_type=Application.GRANT_PASSWORD)
    for number in range(users):
        User.objects.create_user(f"user{number}", password=os.environ["TESSERA_PASSWORD"])


if __name__ == "__main__":
    if sys.argv[1:2] != ["prepare"]:
        sys.exit(__doc__)
    prepare(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
else:
    from wire_log import WireLog

    application = WireLog(
        get_wsgi_application(), os.environ["TESSERA_LOG"], os.environ["TESSERA_LOG_KEY"], "/o/token/")
