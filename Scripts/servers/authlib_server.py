"""An authorization server on Authlib for the proofs, in one file: one-time refresh tokens; a reuse ends the login.

    gunicorn --workers 1 authlib_server:application

/token is the token endpoint. It keeps everything in memory. Settings come from the environment: TESSERA_LOG and
TESSERA_LOG_KEY (see wire_log.py), TESSERA_LIFETIME, TESSERA_CLIENT_SECRET and TESSERA_PASSWORD.
"""

import os
import threading
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from flask import Flask

from wire_log import WireLog

LIFETIME = int(os.environ.get("TESSERA_LIFETIME", "3600"))
lock = threading.Lock()
tokens = []


class Client(ClientMixin):
    client_id = "proof"

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return False

    def check_client_secret(self, client_secret):
        return client_secret == os.environ["TESSERA_CLIENT_SECRET"]

    def check_endpoint_auth_method(self, method, endpoint):
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type):
        return False

    def check_grant_type(self, grant_type):
        return grant_type in ("password", "refresh_token")


class Token(TokenMixin):
    def __init__(self, values, user, family):
        self.values, self.user, self.family = values, user, family
        self.spent = self.ended = False
        self.issued = time.time()

    def check_client(self, client):
        return client.client_id == "proof"

    def get_scope(self):
        return self.values.get("scope", "")

    def get_expires_in(self):
        return self.values["expires_in"]

    def is_expired(self):
        return self.issued + self.values["expires_in"] < time.time()

    def is_revoked(self):
        return self.spent or self.ended

    def get_user(self):
        return self.user

    def get_client(self):
        return client


client = Client()


def save_token(values, request):
    with lock:
        family = getattr(request.refresh_token, "family", None) or object()
        tokens.append(Token(values, request.user, family))


class Password(grants.ResourceOwnerPasswordCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def authenticate_user(self, username, password):
        return username if password == os.environ["TESSERA_PASSWORD"] else None


class Refresh(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        with lock:
            token = next((each for each in tokens if each.values.get("refresh_token") == refresh_token), None)
            if token is None or token.ended:
                return None
            if token.spent:  # RFC 9700 §4.14.2: all tokens of the login, the newest too
                for each in tokens:
                    each.ended = each.ended or each.family is token.family
                return None
            token.spent = True  # at once: of two that come together, the second is a reuse
            return token

    def authenticate_user(self, refresh_token):
        return refresh_token.user

    def revoke_old_credential(self, refresh_token):
        refresh_token.spent = True


app = Flask(__name__)
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"password": LIFETIME, "refresh_token": LIFETIME}
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
server = AuthorizationServer(app, query_client=lambda name: client if name == "proof" else None, save_token=save_token)
server.register_grant(Password)
server.register_grant(Refresh)


@app.route("/token", methods=["POST"])
def token():
    return server.create_token_response()


application = WireLog(app, os.environ["TESSERA_LOG"], os.environ["TESSERA_LOG_KEY"], "/token")
