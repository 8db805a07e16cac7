-- The same call again and again, from $BODY; the count goes out as JSON.
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = os.getenv("BODY")

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"calls":%d,"failed":%d,"us":%d}\n', summary.requests, failed, summary.duration))
end
