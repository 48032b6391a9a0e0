"""Keys and tokens of one benchmark run; needs PyPI's cryptography, but for HS256 alone."""
import base64, hashlib, hmac, json, os, secrets, time

ISSUER, AUDIENCE = "https://login.example.org", "orders"
ALGORITHMS = ("HS256", "RS256", "ES256", "ES384")
# Octets of one coordinate, and of each half of a signature.
WIDTHS = {"ES256": 32, "ES384": 48}


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def part(value):
    return base64url(json.dumps(value, separators=(",", ":")).encode())


class Keyring:
    """One key for each algorithm, made when it is first asked for; files go into `folder`."""

    def __init__(self, folder):
        self.folder = folder
        self.keys = {}
        os.makedirs(folder, exist_ok=True)

    def key(self, algorithm):
        if algorithm not in self.keys:
            if algorithm == "HS256":
                key = secrets.token_urlsafe(36).encode()
                text = key
            else:
                from cryptography.hazmat.primitives import serialization
                from cryptography.hazmat.primitives.asymmetric import ec, rsa
                key = {"RS256": lambda: rsa.generate_private_key(65537, 2048),
                       "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
                       "ES384": lambda: ec.generate_private_key(ec.SECP384R1())}[algorithm]()
                text = key.public_key().public_bytes(
                    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            with open(self.place(algorithm), "wb") as f:
                f.write(text)
            self.keys[algorithm] = key
        return self.keys[algorithm]

    def file(self, algorithm):
        """Holds the secret of HS256, the public key in PEM of the others."""
        self.key(algorithm)
        return self.place(algorithm)

    def place(self, algorithm):
        return os.path.join(self.folder, f"{algorithm}.{'secret' if algorithm == 'HS256' else 'pem'}")

    def secret(self):
        return self.key("HS256").decode()

    def jwks(self, algorithm):
        key, jwk = self.key(algorithm), {"kid": "k-" + algorithm, "alg": algorithm, "use": "sig"}
        if algorithm == "HS256":
            return {"keys": [jwk | {"kty": "oct", "k": base64url(key)}]}
        numbers = key.public_key().public_numbers()
        if algorithm == "RS256":
            return {"keys": [jwk | {"kty": "RSA", "n": base64url(numbers.n.to_bytes(256, "big")),
                                    "e": base64url(numbers.e.to_bytes(3, "big"))}]}
        width = WIDTHS[algorithm]
        return {"keys": [jwk | {"kty": "EC", "crv": "P-" + algorithm[2:], "x": base64url(numbers.x.to_bytes(width, "big")),
                                "y": base64url(numbers.y.to_bytes(width, "big"))}]}

    def signature(self, algorithm, text):
        key = self.key(algorithm)
        if algorithm == "HS256":
            return hmac.new(key, text, hashlib.sha256).digest()
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
        if algorithm == "RS256":
            return key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        digest = hashes.SHA256() if algorithm == "ES256" else hashes.SHA384()
        r, s = utils.decode_dss_signature(key.sign(text, ec.ECDSA(digest)))
        width = WIDTHS[algorithm]
        return r.to_bytes(width, "big") + s.to_bytes(width, "big")

    def unsigned(self, algorithm, number, **claims):
        now = int(time.time())
        head = {"alg": algorithm, "typ": "JWT", "kid": "k-" + algorithm}
        body = {"iss": ISSUER, "aud": AUDIENCE, "sub": f"user-{number}", "email": f"user{number}@example.org",
                "rank": "captain", "name": f"User Number {number}", "iat": now, "exp": now + 86400} | claims
        return part(head) + "." + part(body)

    def token(self, algorithm, number=0, **claims):
        text = self.unsigned(algorithm, number, **claims)
        return text + "." + base64url(self.signature(algorithm, text.encode()))

    def forged(self, algorithm, number):
        """Everything is right but the signature, whose halves are random numbers in range: it costs a full check."""
        halves = [(secrets.randbits(8 * WIDTHS[algorithm] - 2) + 1).to_bytes(WIDTHS[algorithm], "big") for _ in "rs"]
        return self.unsigned(algorithm, number) + "." + base64url(halves[0] + halves[1])

    def spoilt(self, algorithm):
        """Tokens that a full check refuses: name and token."""
        good = self.token(algorithm)
        at = good.rindex(".") + 10
        other = "HS384" if algorithm == "HS256" else "HS256"
        head = part({"alg": other, "typ": "JWT", "kid": "k-" + algorithm})
        return {
            "signature": good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1:],
            # Envoy's clock may be off by 60 seconds.
            "expired": self.token(algorithm, exp=int(time.time()) - 600),
            "issuer": self.token(algorithm, iss="https://login.example.net"),
            "audience": self.token(algorithm, aud="invoices"),
            "algorithm": head + good[good.index("."):],
        }
