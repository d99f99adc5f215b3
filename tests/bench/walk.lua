-- wrk asks with a session drawn at random from a file of tokens, one a line: wrk -s walk.lua URL -- FILE HOST
local width = 44
local tokens, count, head

function init(arguments)
  local file = assert(io.open(arguments[1]))
  tokens = file:read("*a")
  file:close()
  count = math.floor(#tokens / width)
  head = "GET " .. wrk.path .. " HTTP/1.1\r\nHost: " .. arguments[2] .. "\r\nCookie: doorward="
  math.randomseed(7)
end

function request()
  local at = math.random(0, count - 1) * width
  return head .. tokens:sub(at + 1, at + 43) .. "\r\n\r\n"
end
