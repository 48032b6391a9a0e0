"""A case of the comparison, read from its name: none, RS256, RS256x1000, RS256-nocache, post, 100k-c8, none-c1000@2."""
import re

ALGORITHMS = ("HS256", "RS256", "ES256", "ES384")
SMALL = '{"id":42,"items":[{"sku":"a-1","count":2},{"sku":"b-7","count":1}],"note":"leave at the door","express":true}'


class Case:
    def __init__(self, name):
        found = re.fullmatch(r"(none|post|100k|10m|[A-Z]{2}\d{3})(?:x(\d+))?(-nocache)?(?:-c(\d+))?(?:@(\d+))?", name)
        if not found or (found[1] not in ALGORITHMS and (found[1][0].isupper() or found[2] or found[3])):
            raise ValueError(f"{name}: not a case; one is " + __doc__.split(": ")[1])
        kind = found[1]
        self.name = name
        self.algorithm = kind if kind in ALGORITHMS else None
        self.tokens = int(found[2] or 1)
        self.cache = not found[3]
        self.connections = int(found[4] or (8 if kind == "10m" else 64))
        self.workers = int(found[5] or 1)
        self.paths = ["/" + kind] if kind in ("100k", "10m") else ["/api/items?id=42"]
        self.method, self.body = ("POST", SMALL) if kind == "post" else ("GET", None)
        # Not in names: growth.py sets them.
        self.routes, self.entries = 0, 0

    @property
    def small(self):
        return self.paths[0] not in ("/100k", "/10m")
