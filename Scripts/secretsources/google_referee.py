"""Google's own library and joserfc, in an environment of their own. Not part of the package: run by its path.

`access CREDENTIALS ENDPOINT NAME` asks for a secret as google-cloud-secret-manager does.
`keys FOLDER` makes a key for each algorithm. `verify FOLDER ALGORITHM` verifies tokens from standard input.
"""

import json
import pathlib
import sys

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


def access(source, endpoint, name):
    import google.auth
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient
    from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
        SecretManagerServiceRestTransport,
    )
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
    if source == "metadata":
        from google.auth.compute_engine import Credentials
        credentials = Credentials(scopes=scopes)
    elif source == "default":
        credentials, _ = google.auth.default(scopes=scopes)
    else:
        credentials = from_document(source, scopes)
    transport = SecretManagerServiceRestTransport(
        host=endpoint.removeprefix("http://"), url_scheme="http", credentials=credentials, always_use_jwt_access=False)
    answer = SecretManagerServiceClient(transport=transport).access_secret_version(name=name, timeout=20)
    print("value", answer.payload.data.decode())


def from_document(source, scopes):
    """As google.auth reads it, without its question to cloudresourcemanager.googleapis.com for the project's name."""
    from google.auth import identity_pool
    from google.oauth2 import credentials, service_account
    document = json.loads(pathlib.Path(source).read_text())
    if document["type"] == "service_account":
        return service_account.Credentials.from_service_account_info(document, scopes=scopes)
    if document["type"] == "external_account":
        return identity_pool.Credentials.from_info(document, scopes=scopes)
    # A constant stands here for what the document says.
    credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT = document["token_uri"]
    return credentials.Credentials.from_authorized_user_info(document, scopes=scopes)


def private_key(algorithm):
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    curves = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
    if algorithm in curves:
        return ec.generate_private_key(curves[algorithm]())
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, {"2": 2048, "3": 3072, "5": 4096}[algorithm[2]])


def keys(folder):
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    for number, algorithm in enumerate(ALGORITHMS):
        # Every second in the older form, where there is one.
        form = PrivateFormat.TraditionalOpenSSL if number % 2 and algorithm != "EdDSA" else PrivateFormat.PKCS8
        pem = private_key(algorithm).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8 if algorithm == "EdDSA" else form, NoEncryption())
        (pathlib.Path(folder) / f"{algorithm}.pem").write_bytes(pem)


def verify(folder, algorithm):
    from joserfc import jws
    from joserfc.jwk import ECKey, OKPKey, RSAKey
    kind = OKPKey if algorithm == "EdDSA" else ECKey if algorithm.startswith("ES") else RSAKey
    key = kind.import_key((pathlib.Path(folder) / f"{algorithm}.pem").read_bytes())
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    good = bad = 0
    tokens = sys.stdin.read().split()
    for number, token in enumerate(tokens):
        read = jws.deserialize_compact(token, key, registry=registry)
        claims = json.loads(read.payload)
        text = "\u00e4\"\\\n" * (number % 7)
        if (claims["jti"], claims["iss"], claims["text"]) == (str(number), "issuer", text) and \
                read.headers() == {"alg": algorithm, "typ": "JWT", "kid": "key \"1\"/\u00fc", "nested": {"a": 1, "b": 2}}:
            good += 1
    for token in tokens[:20]:
        head, payload, signature = token.split(".")
        try:
            jws.deserialize_compact(f"{head}.{payload[:-2]}AA.{signature}", key, registry=registry)
        except Exception:
            bad += 1
    print(good, bad)


def assertion(folder, token):
    """Reads a service account's assertion after it was verified with the account's key."""
    from joserfc import jws
    from joserfc.jwk import RSAKey
    read = jws.deserialize_compact(
        token, RSAKey.import_key((pathlib.Path(folder) / "RS256.pem").read_bytes()), algorithms=["RS256"])
    print(json.dumps({"header": read.headers(), "claims": json.loads(read.payload)}))


if __name__ == "__main__":
    {"access": access, "keys": keys, "verify": verify, "assertion": assertion}[sys.argv[1]](*sys.argv[2:])
