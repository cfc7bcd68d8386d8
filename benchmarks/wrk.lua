-- Sends prepared requests in their order: `wrk … -s wrk.lua URL -- FILE again|once`. In FILE they are whole, with the
-- byte 0x1E between them. `once` ends with the last one. `done` prints one line of JSON.
local ffi = require("ffi")
ffi.cdef [[
  int kill(int pid, int signal);
  int getpid(void);
]]
local requests, sent, once, looked_at = {}, 0, false, false

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for one in file:read("*a"):gmatch("[^\30]+") do requests[#requests + 1] = one end
  file:close()
  once = arguments[2] == "once"
end

function request()
  -- wrk asks for one request before it begins, to see how many there are in it.
  if not looked_at then looked_at = true return requests[1] end
  sent = sent + 1
  if once and sent > #requests then
    -- The thread ends at once; the signal ends the wait of the program, which else goes on for all of the time.
    wrk.thread:stop()
    ffi.C.kill(ffi.C.getpid(), 2)
    return requests[#requests]
  end
  return requests[(sent - 1) % #requests + 1]
end

function done(summary, latency, rates)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "refused": %d, "lost": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
