#!/usr/bin/env python3
"""Signs and verifies tokens with gatehouse and with joserfc, each with the other's keys, for every algorithm.

  scripts/interop-jose.py [--binary PATH] [--verbose]

Keys travel as JWK in both directions, and as PEM from joserfc to gatehouse (which writes no PEM). Every good token is
also tampered with once, and must then be refused. joserfc is installed into .build/interop when it is missing; without
it the run is skipped with a word. Prints `N passed, M failed`; exit status 1 when one failed.
"""
import argparse, base64, json, os, subprocess, sys, tempfile, time, warnings

from borrowed import with_package

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.path.join(ROOT, ".build", "interop")


ap = argparse.ArgumentParser()
ap.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "gatehouse"))
ap.add_argument("--verbose", action="store_true")
args = ap.parse_args()
if not with_package("joserfc", "joserfc==1.8.0", HOME):
    print("interop: joserfc is not here and cannot be installed: skipped")
    sys.exit(0)
if not os.path.exists(args.binary):
    sys.exit(f"interop: {args.binary} is missing: swift build -c release --product gatehouse")

warnings.simplefilter("ignore")
import joserfc  # noqa: E402
from joserfc import jws  # noqa: E402
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey  # noqa: E402

# name: (algorithm in the header, what joserfc generates, what gatehouse generates)
EC = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1"}
CASES = {}
for bits in (256, 384, 512):
    CASES[f"HS{bits}"] = (f"HS{bits}", lambda b=bits: OctKey.generate_key(b), f"HS{bits}")
    for family in ("RS", "PS"):
        CASES[f"{family}{bits}"] = (f"{family}{bits}", lambda: RSAKey.generate_key(2048), f"{family}{bits}")
for name, curve in EC.items():
    CASES[name] = (name, lambda c=curve: ECKey.generate_key(c), name)
for curve in ("Ed25519", "Ed448"):
    CASES[f"EdDSA {curve}"] = ("EdDSA", lambda c=curve: OKPKey.generate_key(c), curve)
    CASES[curve] = (curve, lambda c=curve: OKPKey.generate_key(c), curve)

EVERY = sorted({case[0] for case in CASES.values()})
NOW = int(time.time())
passed = failed = 0
skipped = []
folder = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(folder.name, name)


def write(name, data):
    mode = "wb" if isinstance(data, bytes) else "w"
    with open(path(name), mode) as f:
        f.write(data)
    os.chmod(path(name), 0o600)
    return path(name)


def run(*arguments):
    made = subprocess.run([args.binary, *arguments], capture_output=True, text=True)
    if made.returncode:
        raise RuntimeError(f"gatehouse {arguments[0]} {arguments[1]}: {made.stderr.strip() or made.stdout.strip()}")
    return made.stdout.strip()


def check(name, good, why=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
    if args.verbose or not good:
        print(f"{'ok  ' if good else 'FAIL'} {name} {why}")


def tampered(token):
    head, payload, signature = token.split(".")
    middle = len(signature) // 2
    other = "A" if signature[middle] != "A" else "B"
    return f"{head}.{payload}.{signature[:middle]}{other}{signature[middle + 1:]}"


def theirs_sign(key, algorithm, kid):
    header = {"alg": algorithm, "typ": "JWT"} | ({"kid": kid} if kid else {})
    payload = json.dumps({"sub": "theirs", "exp": NOW + 600, "n": 2**53 + 1})
    return jws.serialize_compact(header, payload.encode(), key, algorithms=EVERY)


def theirs_accept(token, key, algorithm, subject):
    try:
        return json.loads(jws.deserialize_compact(token, key, algorithms=[algorithm]).payload)["sub"] == subject
    except Exception:
        return False


def ours_sign(key_file, kid):
    named = ["--kid", kid] if kid else []
    return run("token", "sign", "--key-file", key_file, *named, "--claim", "sub=ours", "--exp", "+10m")


batch = []  # (name, token, key set, algorithm, wanted)


def ours_judge_later(name, token, keys, algorithm, wanted):
    batch.append((name, token, keys, algorithm, wanted))


def ours_judge_pem(name, token, pem, algorithm, wanted):
    config = {
        "version": 1, "api": {"type": "REST"},
        "keys": {"k": {"type": "pem", "alg": algorithm, "publicKeyFile": pem}},
        "authorizers": {"a": {"type": "TOKEN", "identitySource": "method.request.header.Authorization",
            "jwt": {"keys": ["k"], "algorithms": [algorithm], "issuer": None, "audience": None},
            "policy": [{"effect": "Allow", "resources": ["*"]}]}},
        "integrations": {"i": {"type": "MOCK"}},
        "routes": {"GET /x": {"authorizer": "a", "integration": "i"}},
    }
    made = subprocess.run([args.binary, "token", "verify", token, "--config", write("pem.json", json.dumps(config))],
        capture_output=True, text=True)
    check(name, (made.returncode == 0) == wanted, made.stdout.strip() + made.stderr.strip())


def one(name, algorithm, generate, ours):
    # Our key: private JWK, public set.
    private = path(f"{name}.jwk")
    public = run("jwks", "generate", "--alg", ours, "--kid", "ours", "--out", private)
    with open(private) as f:
        own = json.load(f)
    # A secret has no public half, and nothing of it is printed.
    keys = json.loads(public)["keys"] if public.startswith("{") else [dict(own)]
    for key in [own] + keys:
        # Where the algorithm has two names, the key may be used under both only if it names neither.
        if key.get("alg") != algorithm:
            key.pop("alg", None)
    write(f"{name}.jwk", json.dumps(own))
    kind = {"oct": OctKey, "RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}[own["kty"]]
    set_name = name.replace(" ", "-") + "-ours"
    write(set_name + ".json", json.dumps({"keys": keys}))

    token = theirs_sign(kind.import_key(own), algorithm, "ours")
    ours_judge_later(f"{name}: our key, theirs signs, ours verifies", token, set_name, algorithm, True)
    ours_judge_later(f"{name}: the same tampered with", tampered(token), set_name, algorithm, False)
    token = ours_sign(private, None)
    check(f"{name}: our key, ours signs, theirs verifies",
        theirs_accept(token, kind.import_key(keys[0]), algorithm, "ours"), token)
    check(f"{name}: the same tampered with",
        not theirs_accept(tampered(token), kind.import_key(keys[0]), algorithm, "ours"))

    # Their key as JWK.
    key = generate()
    theirs = key.as_dict(private=True) | {"kid": "theirs", "alg": algorithm}
    public = dict(theirs) if own["kty"] == "oct" else key.as_dict(private=False) | {"kid": "theirs", "alg": algorithm}
    set_name = name.replace(" ", "-") + "-theirs"
    write(set_name + ".json", json.dumps({"keys": [public]}))
    token = theirs_sign(key, algorithm, "theirs")
    ours_judge_later(f"{name}: their JWK, theirs signs, ours verifies", token, set_name, algorithm, True)
    ours_judge_later(f"{name}: the same tampered with", tampered(token), set_name, algorithm, False)
    token = ours_sign(write(f"{name}-theirs.jwk", json.dumps(theirs)), None)
    check(f"{name}: their JWK, ours signs, theirs verifies", theirs_accept(token, key, algorithm, "ours"), token)

    # Their key as PEM.
    if own["kty"] == "oct":
        return
    pem = write(f"{name}-public.pem", key.as_pem(private=False))
    token = theirs_sign(key, algorithm, None)
    ours_judge_pem(f"{name}: their PEM, theirs signs, ours verifies", token, pem, algorithm, True)
    ours_judge_pem(f"{name}: the same tampered with", tampered(token), pem, algorithm, False)
    token = ours_sign(write(f"{name}-private.pem", key.as_pem(private=True)), None)
    used = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["alg"]
    # A PEM names no algorithm: ours signs with the usual one of its kind.
    check(f"{name}: their PEM, ours signs with {used}, theirs verifies", theirs_accept(token, key, used, "ours"), token)


for name, (algorithm, generate, ours) in CASES.items():
    try:
        one(name, algorithm, generate, ours)
    except Exception as error:
        if "not supported" in str(error).lower() or "unsupported" in type(error).__name__.lower():
            skipped.append(f"{name} ({error})")
        else:
            check(name, False, repr(error))

lines = [{"id": str(i), "token": token, "keys": keys, "now": NOW, "config": {"algs": [algorithm], "requireExp": True}}
    for i, (_, token, keys, algorithm, _) in enumerate(batch)]
answers = run("token", "verify", "--batch", write("batch.jsonl", "".join(json.dumps(l) + "\n" for l in lines)),
    "--keys-dir", folder.name).splitlines()
for line in answers:
    answer = json.loads(line)
    name, _, _, _, wanted = batch[int(answer["id"])]
    good = (answer["outcome"] == "accept") == wanted
    if wanted and good:
        good = answer["claims"].get("n") == 2**53 + 1
    if not wanted:
        good = answer.get("code") == "bad_signature"
    check(name, good, line)
if len(answers) != len(batch):
    check("every line of the batch is answered", False)
for each in skipped:
    print(f"skipped: {each}")
print(f"joserfc {joserfc.__version__}: {passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
