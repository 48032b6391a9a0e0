-- What wrk sends: $BENCH_REQUESTS names a file with "PATH TOKEN" on each line ("-" for no token), sent in turn.
-- $BENCH_METHOD and $BENCH_BODY hold for all of them.
local method, body = os.getenv("BENCH_METHOD") or "GET", os.getenv("BENCH_BODY")
local lines = {}
for line in io.lines(os.getenv("BENCH_REQUESTS")) do lines[#lines + 1] = line end

local function headers(token)
  local all = {["Host"] = os.getenv("BENCH_HOST")}
  if token ~= "-" then all["Authorization"] = "Bearer " .. token end
  if body then all["Content-Type"] = "application/json" end
  return all
end

local function split(line) return line:match("^(%S+) (%S+)$") end

function init(arguments)
  if #lines == 1 then
    local path, token = split(lines[1])
    wrk.method, wrk.path, wrk.headers, wrk.body = method, path, headers(token), body
  else
    for i, line in ipairs(lines) do
      local path, token = split(line)
      lines[i] = wrk.format(method, path, headers(token), body)
    end
  end
end

-- Without a function of this name wrk sends the same bytes each time, which costs it less.
if #lines > 1 then
  local at = 0
  function request()
    at = at % #lines + 1
    return lines[at]
  end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("BENCH {\"requests\":%d,\"micros\":%d,\"p50\":%d,\"p99\":%d,\"bytes\":%d,\"statuses\":%d,\"broken\":%d}\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.bytes, e.status,
    e.connect + e.read + e.write + e.timeout))
end
