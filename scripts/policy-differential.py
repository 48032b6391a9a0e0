#!/usr/bin/env python3
"""Compares policy decisions of two programs on generated documents and requests.

  policy-differential.py --reference FILE.py [--gateway CMD] [--count N] [--seed N] [--show N]

FILE.py must offer evaluate(policies, request) -> (decision, statement). Each disagreement is put into a class with a
reason; unexplained ones make the exit status 1.
"""
import argparse, collections, importlib.util, json, os, random, re, shlex, subprocess, sys, tempfile

API = "arn:aws:execute-api:eu-west-1:123456789012:api1"
STRINGS = ["String" + n for n in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")]
ORDERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS = STRINGS + ["Numeric" + o for o in ORDERS] + ["Date" + o for o in ORDERS] + [
    "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null"]
KEYS = ["aws:UserAgent", "aws:SourceIp", "aws:CurrentTime", "aws:MultiFactorAuthAge", "aws:SourceArn", "aws:TagKeys",
        "aws:SecureTransport", "x:key", "aws:username"]
TEXT = ["", "a", "A", "ab", "aB", "abc", "b", "a*", "*", "a?c", "a?", "?", "**", "*b*", "caf\u00e9", "cafe\u0301", "\u00c9", "\u00e9",
        "\U0001f600", "a\U0001f600b", "a\r\nb", "a:b", "${aws:username}", "x${aws:username}y", "${aws:username, 'dflt'}",
        "${no:key, 'd*'}", "${no:key}", "${*}", "${?}", "${$}", "${", "${}", "${a,b}", "$", "bob", "${aws:TagKeys}",
        "\u20ac", "\u20ac?", "?\u20ac", "*?", "*??", "${ aws:username }"]
NUMBERS = ["0", "-0", "1", "01", "10", "10.0", "9", "-5", "-5.50", "1e1", "1E+1", ".5", "5.", "0.1", " 7 ", "100000000000000000000000.1",
           "100000000000000000000000.2", "1700000000", "+3"]
DATES = ["2026", "2026-11", "2026-11-21", "2026-11-21T12:00Z", "2026-11-21T12:00:00Z", "2026-11-21T12:00:00.5Z", "2026-11-21T13:00:00+01:00",
         "2026-11-21T12:00:00", "1795262400", "1795262400.5", "-12345", "2024-02-29T23:59:59Z", "1969-12-31T23:59:59Z", "2026-11-21T00:00:00-23:30"]
BAD_DATES = ["2026-11-21t12:00:00Z", "2026-11-21T12", "1234", "now", "26-11-21"]
ADDRESSES = ["10.0.0.1", "10.1.2.3", "192.168.0.1", "255.255.255.255", "0.0.0.0", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "::", "::1", "::ffff:10.0.0.1",
             "fe80::1", "2001:db8:1234:5678:9abc:def0:1.2.3.4"]
BAD_ADDRESSES = ["10.0.0", "010.0.0.1", "10.0.0.256", "10.0.0.0/8", ":::1", "1::2::3", "12345::", "", "2001:db8::1::", ":1:2:3:4:5:6:7", "::1:2:3:4:5:6:7:8"]
NETWORKS = ["10.0.0.0/8", "10.1.2.3", "10.1.2.0/23", "0.0.0.0/0", "10.1.2.3/9", "::/0", "2001:db8::/32", "2001:db8::/33", "::1/128", "::ffff:0:0/96", "192.168.0.0/31"]
ARNS = [API + "/prod/GET/x", "arn:aws:iam::123456789012:role/app", "arn:aws:s3:::bucket/key:with:colons", "arn:aws:s3:::b", "notanarn", "a:b:c:d:e", "a:b:c:d:e:"]
ARN_PATTERNS = ["*", "arn:aws:iam::123456789012:role/*", "arn:*:*:*:*:*", "arn:aws:*:*:*:role/?pp", "arn:aws:s3:::*", "arn:aws:s3:::bucket/*", "a:b:c:d:e:*",
                "arn:aws:execute-api:*:123456789012:api1/*", "**", "arn:aws:iam:*", "arn:${aws:username}:s3:::b", "*:*:*:*:*:*", "a:b:c:d:e"]
BINARY = ["", "YQ==", "YWI=", "YWJj", "YR==", "QmluYXJ5"]
RESOURCES = ["*", API + "/*", API + "/prod/*", API + "/*/GET/*", API + "/prod/GET/pets", API + "/prod/GET/pets/*", API + "/prod/???/pets", API + "/prod/GET/*.json",
             "arn:aws:execute-api:*:*:*", "arn:aws:execute-api:*:*:api1/prod/*", "arn:aws:execute-api:eu-west-?:123456789012:api1/*/pets", "arn:*:*:*:*:*pets*",
             API + "/prod/GET/${aws:username}", API + "/prod/GET/${aws:username, 'pets'}/*", API + "/prod/GET/a${*}", API + "/prod/GET/*a*b", API + "/prod/GET/\u20ac*",
             API + "/prod/GET/?", API + "/prod/GET/*??", API + "/$default/*", "arn:aws:execute-api:eu-west-1:*/GET/x", "${aws:SourceArn}", API + "/prod/GET/**", API.upper() + "/*"]
SHORT = ["arn:aws:execute-api:*", "arn:aws:execute-api:eu-west-1:*", "arn:aws:execute-api", "arn:aws:s3:*"]
PATHS = ["pets", "pets/", "pets/1", "x", "bob", "a*", "ab", "aab", "a/b.json", "", "\u20ac", "\u20acx", "a:b:c", "${aws:username}", "\U0001f600", "a\u0000b"]
ACTIONS = ["execute-api:Invoke", "execute-api:*", "*", "EXECUTE-API:invoke", "execute-api:inv*", "s3:GetObject", "execute-api:InvalidateCache", "*:Invoke", "execute-api:Invok?", "execute-api:Invoke?"]

def values(r, op, for_request):
    name = re.sub("IfExists$", "", op.split(":")[-1])
    if name.startswith("String"): pool = TEXT
    elif name.startswith("Numeric"): pool = NUMBERS + (["abc", "", "1,0"] if for_request else [])
    elif name.startswith("Date"): pool = DATES + (BAD_DATES if for_request else [])
    elif name.endswith("IpAddress"): pool = ADDRESSES + BAD_ADDRESSES if for_request else NETWORKS
    elif name.startswith("Arn"): pool = ARNS if for_request else ARN_PATTERNS
    elif name == "BinaryEquals": pool = BINARY + (["Y", "YQ", "YQ=", "!!!!"] if for_request else [])
    elif name == "Bool": pool = ["true", "false", "True", "FALSE"] + ([True, False] if True else []) + (["yes"] if for_request else [])
    else: pool = TEXT if for_request else ["true", "false", True, False, "TRUE"]
    return r.choice(pool)

def policy_value(r, op):
    if r.random() < 0.01:
        return r.choice(["10.0.0.0/33", "tomorrow", "ten", "yes!", "1_0", "Infinity"])
    return values(r, op, False)

def case(r, number):
    ctx, statements = {}, []
    def condition():
        out = {}
        for _ in range(r.choice((1, 1, 1, 2))):
            base = r.choice(OPERATORS)
            op = r.choice(("", "", "", "ForAllValues:", "ForAnyValue:")) + base + (r.choice(("", "", "IfExists")) if base != "Null" else "")
            body = out.setdefault(op, {})
            for _ in range(r.choice((1, 1, 2))):
                key = r.choice(KEYS)
                key = key.upper() if r.random() < 0.1 else key
                n = r.choice((1, 1, 2, 3))
                body[key] = policy_value(r, op) if n == 1 and r.random() < .7 else [policy_value(r, op) for _ in range(n)]
                if r.random() < 0.75:
                    v = values(r, op, True) if r.random() < .6 else values(r, op, False)
                    ctx[key] = [values(r, op, True) for _ in range(r.randrange(0, 4))] if r.random() < .3 else v
        return out
    for i in range(r.choice((1, 1, 2, 3, 6))):
        s = {"Effect": r.choice(("Allow", "Allow", "Deny"))}
        if r.random() < .5: s["Sid"] = f"S{i}"
        acts = [r.choice(ACTIONS) for _ in range(r.choice((1, 1, 2)))] if r.random() < .4 else ["execute-api:Invoke"]
        s["NotAction" if r.random() < .1 else "Action"] = acts[0] if len(acts) == 1 and r.random() < .7 else acts
        pool = RESOURCES + (SHORT if r.random() < .02 else [])
        res = [r.choice(pool) for _ in range(r.choice((1, 1, 2, 4)))] if r.random() < .7 else ["*"]
        s["NotResource" if r.random() < .1 else "Resource"] = res[0] if len(res) == 1 and r.random() < .7 else res
        if r.random() < .7: s["Condition"] = condition()
        statements.append(s)
    if r.random() < .5: ctx["aws:username"] = r.choice(["bob", "aws", "a*", "pets", "", "\u20ac"])
    if r.random() < .02:
        victim = r.choice(statements)
        r.choice([lambda: victim.pop("Effect"), lambda: victim.update(Effect="allow"), lambda: victim.update(Action=[]), lambda: victim.update(Resource=3),
                  lambda: victim.update(Condition=[]), lambda: victim.update(Condition={"Strings": {}}), lambda: victim.update(Sid=1), lambda: victim.update(Action="Invoke")])()
    def document(part):
        d = {"Statement": part}
        if r.random() < .85: d["Version"] = r.choice(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"))
        return d
    cut = r.randrange(len(statements) + 1) if r.random() < .2 else len(statements)
    docs = [document(statements[:cut])] + ([document(statements[cut:])] if cut < len(statements) else [])
    return {"id": f"c{number}", "apiType": "REST", "policies": docs,
            "request": {"action": r.choice(["execute-api:Invoke"] * 8 + ["execute-api:InvalidateCache"]), "resource": API + "/" + r.choice(["prod", "$default"]) + "/" + r.choice(["GET", "POST"]) + "/" + r.choice(PATHS), "context": ctx}}

def explain(c, ours, theirs):
    text = json.dumps(c["policies"])
    if theirs[0] == "crash":
        return "the reference raises on this input: " + theirs[1]
    if ours[0] == "invalid" and theirs[0] != "invalid":
        if re.search(r'10\.0\.0\.0/33|tomorrow|"ten"|yes!|1_0|Infinity', text):
            return "a policy value that its operator cannot read: invalid here, silently false there"
    if re.search(r'\d{19,}', json.dumps(c)) and "Date" in text:
        return "epoch seconds of more than 18 digits: no date here, a far future there"
    if any(json.dumps(s) in text for s in SHORT):
        return "incomplete ARN: completed with * as the IAM User Guide says, no match there"
    return None

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--reference", required=True)
    ap.add_argument("--gateway", default="gatehouse")
    ap.add_argument("--count", type=int, default=100_000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--show", type=int, default=5)
    a = ap.parse_args()
    spec = importlib.util.spec_from_file_location("reference", a.reference)
    reference = importlib.util.module_from_spec(spec); spec.loader.exec_module(reference)
    r = random.Random(a.seed)
    cases = [case(r, i) for i in range(a.count)]
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "batch.jsonl")
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(json.dumps(c, ensure_ascii=False) + "\n" for c in cases)
        out = subprocess.run(shlex.split(a.gateway) + ["policy", "evaluate", "--batch", path], stdout=subprocess.PIPE, check=True).stdout
    answers = {row["id"]: (row["decision"], row["statement"]) for row in map(json.loads, out.decode().splitlines())}
    outcomes, classes, shown = collections.Counter(), collections.Counter(), 0
    for c in cases:
        try:
            theirs = reference.evaluate(c["policies"], c["request"])
        except Exception as e:
            theirs = ("crash", type(e).__name__)
        ours = answers.get(c["id"], ("none", None))
        outcomes[ours[0]] += 1
        if ours == tuple(theirs): continue
        why = explain(c, ours, theirs)
        classes[why or "UNEXPLAINED"] += 1
        if why is None and shown < a.show:
            shown += 1
            print("UNEXPLAINED", ours, theirs, json.dumps(c, ensure_ascii=False))
    print(f"{a.count} pairs, outcomes {dict(outcomes)}")
    for why, n in classes.most_common(): print(f"{n:7}  {why}")
    print(f"{sum(classes.values())} disagreements, {classes['UNEXPLAINED']} unexplained")
    return 1 if classes["UNEXPLAINED"] else 0

if __name__ == "__main__":
    sys.exit(main())
