-- For wrk: asks questions in conversations that server.py has started. LUUKKU_BENCH names its file: lines "id TAB token", an empty line, then questions as JSON strings.
local conversations, questions = {}, {}
local run = tostring(os.time()) .. "-"

for line in io.lines(os.getenv("LUUKKU_BENCH")) do
  local id, token = line:match("^([^\t]+)\t([^\t]+)$")
  if id then
    conversations[#conversations + 1] = { path = "/api/v1/conversations/" .. id .. "/messages", headers = { ["Content-Type"] = "application/json", Authorization = "Bearer " .. token } }
  elseif #line > 0 then
    questions[#questions + 1] = line
  end
end

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local asked = 0
function request()
  local i = asked * 2 + number
  asked = asked + 1
  local c = conversations[i % #conversations + 1]
  return wrk.format("POST", c.path, c.headers, '{"client_id":"' .. run .. i .. '","text":' .. questions[i % #questions + 1] .. "}")
end


function done(summary, latency, requests)
  io.write(string.format('JSON {"requests":%d,"seconds":%.3f,"p50":%.3f,"p90":%.3f,"p99":%.3f,"max":%.3f,"not_200":%d,"socket_errors":%d}\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
